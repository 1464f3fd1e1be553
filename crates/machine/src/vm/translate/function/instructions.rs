//! What the translation asks of instructions.

use crate::vm::code::Visible;
use crate::vm::op::Comparison;
use bytecode::{Instruction, VerifiedFunction};

/// Whether the registers must be exactly the visible state before this instruction.
pub(super) fn must_observe(instruction: &Instruction) -> bool {
    use Instruction::*;
    let allocates = matches!(instruction, New(_) | NewArray | NewMutex | ToStr | Concat | Spawn(_))
        || matches!(instruction, JsText | JsChar | ListPush(_));
    allocates
        || matches!(instruction, Call(_) | Await | Yield | Sleep | Lock | Block | Stall)
        || matches!(instruction, Poll | Collect | Stop | Handshake)
}

/// Whether each instruction is the first or the target of a jump.
pub(super) fn leaders(verified: &VerifiedFunction) -> Vec<bool> {
    let instructions = verified.instructions();
    let mut leaders = vec![false; instructions.len()];
    leaders[0] = true;
    for (at, instruction) in instructions.iter().enumerate() {
        if let Some(target) = instruction.target()
            && verified.height(at as Visible).is_some()
        {
            leaders[target as usize] = true;
        }
    }
    leaders
}

/// The comparison that an instruction makes.
pub(super) fn comparison(instruction: &Instruction) -> Option<Comparison> {
    Some(match instruction {
        Instruction::Lt => Comparison::Lt,
        Instruction::Le => Comparison::Le,
        Instruction::Gt => Comparison::Gt,
        Instruction::Ge => Comparison::Ge,
        Instruction::Eq => Comparison::Eq,
        Instruction::Ne => Comparison::Ne,
        _ => return None,
    })
}
