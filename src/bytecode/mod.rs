//! Instruction set, module format, assembler, disassembler, verifier, poll policy.
