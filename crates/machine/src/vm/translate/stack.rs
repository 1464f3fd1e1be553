//! A model of the operand stack while translating.

use crate::vm::op::{Op, Reg};

/// Where an operand is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operand {
    /// In its own slot.
    Slot,
    /// Still in a local.
    Local(Reg),
    /// A number that was not loaded yet.
    Int(i32),
    /// An entry of the table of constants that was not loaded yet.
    Const(u32),
}

/// The operands at a point of a function, bottom first.
#[derive(Debug)]
pub(super) struct OperandStack {
    locals: Reg,
    operands: Vec<Operand>,
    /// Operands below this height are known to be in their slots.
    settled: usize,
}

impl OperandStack {
    pub(super) fn new(locals: Reg) -> Self {
        Self { locals, operands: Vec::new(), settled: 0 }
    }

    pub(super) fn height(&self) -> usize {
        self.operands.len()
    }

    /// Register of the slot at a height.
    pub(super) fn slot(&self, height: usize) -> Reg {
        self.locals + height as Reg
    }

    /// Register of the slot that the next push fills.
    pub(super) fn next_slot(&self) -> Reg {
        self.slot(self.height())
    }

    pub(super) fn push(&mut self, operand: Operand) {
        self.operands.push(operand);
    }

    pub(super) fn pop(&mut self) -> Operand {
        debug_assert!(!self.operands.is_empty(), "the verifier counts operands");
        let top = self.operands.pop().unwrap_or(Operand::Slot);
        self.settled = self.settled.min(self.height());
        top
    }

    pub(super) fn top(&self) -> Operand {
        self.operands.last().copied().unwrap_or(Operand::Slot)
    }

    /// Starts again with `height` operands, all in their slots.
    pub(super) fn reset(&mut self, height: usize) {
        self.operands.clear();
        self.operands.resize(height, Operand::Slot);
        self.settled = height;
    }

    /// The operation that brings the operand at a height into a register; `None` if it is there already.
    pub(super) fn load(&self, operand: Operand, height: usize, dst: Reg) -> Option<Op> {
        match operand {
            Operand::Slot if self.slot(height) == dst => None,
            Operand::Slot => Some(Op::Move { dst, a: self.slot(height) }),
            Operand::Local(a) if a == dst => None,
            Operand::Local(a) => Some(Op::Move { dst, a }),
            Operand::Int(value) => Some(Op::Int { dst, value }),
            Operand::Const(index) => Some(Op::Const { dst, index }),
        }
    }

    /// Puts operands into their slots: all, or only those that are still in a given local. `emit` receives the
    /// operations for this.
    pub(super) fn settle(&mut self, only: Option<Reg>, mut emit: impl FnMut(Op)) {
        for height in self.settled..self.height() {
            let operand = self.operands[height];
            if only.is_some_and(|local| operand != Operand::Local(local)) {
                continue;
            }
            if let Some(op) = self.load(operand, height, self.slot(height)) {
                emit(op);
            }
            self.operands[height] = Operand::Slot;
        }
        if only.is_none() {
            self.settled = self.height();
        }
    }
}
