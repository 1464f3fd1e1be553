//! Instruction set, module format, verifier, bounds of paths without a poll, poll policy.
//!
//! A program's way: bytes → [`Module`] → [`VerifiedModule`], the only kind that workers accept.

mod bounds;
pub mod checksum;
pub mod code;
pub mod codec;
mod float;
mod float_text;
mod format;
mod instruction;
mod kind;
pub mod limits;
mod module;
mod natural;
pub mod opcode;
mod operand;
mod policy;
mod reference;
mod source;
pub mod text;
mod verified;
mod verify;

pub use bounds::{Bound, CodePlace, PathBound, Why, Within, call_circles, elide, longest_paths};
pub use code::{CodeError, JumpTooFar, encode_code};
pub use codec::{LoadError, Mistake};
pub use float::parse_float;
pub use float_text::{float_plain, float_text};
pub use format::{MAGIC, VERSION, decode, encode};
pub use instruction::{Instruction, Target};
pub use kind::Kinds;
pub use module::{Constant, Function, Global, Module, Shape};
pub use opcode::{OPCODES, OpcodeInfo, OperandKind, StackSlot, opcode};
pub use policy::{PollKind, PollPolicy};
pub use reference::{Entry, reference, reference_markdown};
pub use source::{Mark, MarkKind, Passage, name_in_source};
pub use text::{shown, visible};
pub use verified::{ADAPTS, PollSite, Variable, VerifiedFunction, VerifiedModule};
pub use verify::{VerifyError, verify};
