//! Instruction set, module format, assembler, disassembler, verifier, poll policy.
//!
//! A program's way: text or bytes → [`Module`] → [`VerifiedModule`], the only kind
//! that workers accept.

mod instruction;
mod module;
mod policy;
mod verified;

pub use instruction::{Instruction, Target};
pub use module::{Constant, Function, Global, Module, Shape};
pub use policy::{PollKind, PollPolicy};
pub use verified::{PollSite, VerifiedFunction, VerifiedModule};
