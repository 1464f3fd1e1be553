//! Instruction set, module format, assembler, disassembler, verifier, poll policy.
//!
//! A program's way: text or bytes → [`Module`] → [`VerifiedModule`], the only kind
//! that workers accept.

mod asm;
mod bounds;
mod code;
mod disasm;
mod float;
mod format;
mod instruction;
mod kind;
pub mod limits;
mod module;
mod opcode;
mod policy;
mod reference;
mod text;
mod verified;
mod verify;

pub use asm::{
    Assembly, Diagnostic, Severity, assemble, assemble_verified, assemble_with_map,
    assemble_with_warnings, set_polls,
};
pub use bounds::{Bound, CodePlace, PathBound, Why, call_circles, longest_paths};
pub use code::{CodeError, JumpTooFar, encode_code};
pub use disasm::{ListingLine, disassemble, disassemble_for_editing, listing};
pub(crate) use float::parse_float;
pub use format::{LoadError, MAGIC, VERSION, decode, encode};
pub use instruction::{Instruction, Target};
pub use kind::Kinds;
pub use module::{Constant, Function, Global, Module, Shape};
pub use opcode::{OPCODES, OpcodeInfo, OperandKind, StackSlot, opcode};
pub use policy::{PollKind, PollPolicy};
pub use reference::{Entry, reference, reference_markdown};
pub use text::{shown, visible};
pub use verified::{PollSite, VerifiedFunction, VerifiedModule};
pub use verify::{VerifyError, verify};
