//! Text to modules and back: TypeScript (docs/typescript.md), the assembler (docs/assembler.md), the disassembler, and
//! programs with their descriptions before they run.

mod asm;
mod diagnostic;
mod disasm;
mod placement;
mod pool;
mod program;
mod suggest;
mod ts;
pub mod views;

pub use asm::{
    Assembly, assemble, assemble_verified, assemble_with_map, assemble_with_warnings, set_polls,
};
pub use diagnostic::{Diagnostic, Severity};
pub use disasm::{ListingLine, as_written, disassemble, disassemble_for_editing, listing};
pub use program::{Program, Source};
pub use ts::compile;
