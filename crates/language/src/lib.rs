//! Text to modules and back: the assembler, whose language docs/assembler.md describes, the
//! disassembler, and programs with their descriptions before they run.

mod asm;
mod disasm;
mod program;
pub mod views;

pub use asm::{
    Assembly, Diagnostic, Severity, assemble, assemble_verified, assemble_with_map,
    assemble_with_warnings, set_polls,
};
pub use disasm::{ListingLine, as_written, disassemble, disassemble_for_editing, listing};
pub use program::{Program, Source};
