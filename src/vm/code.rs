//! A whole program in decoded form, with the map between it and the visible instructions.

use super::op::Op;

/// Visible index of an instruction inside its function.
pub(super) type Visible = u32;

/// No operation stands for this instruction alone.
const NONE: u32 = u32::MAX;

/// Index of the operation behind the call that every task's first frame pretends to return to.
pub(super) const HALT: u32 = 1;

/// The decoded operations of all functions, one after the other.
#[derive(Debug)]
pub(super) struct Code {
    ops: Box<[Op]>,
    /// For each operation the visible instruction that may trap or be observed there.
    at: Box<[Visible]>,
    /// For each operation the last visible instruction it stands for: the jump of a fused branch.
    last: Box<[Visible]>,
    /// Where each function begins.
    starts: Box<[u32]>,
    /// For each function and visible instruction: the operation before which registers are exactly
    /// what is visible there, or `NONE`.
    #[allow(dead_code, reason = "where a debugger's form takes over a frame")]
    observable: Box<[Box<[u32]>]>,
    /// For each operation its poll site's id, or `NONE`; only looked at when profiling.
    sites: Box<[u32]>,
}

/// Collects the parts of a [`Code`].
#[derive(Debug)]
pub(super) struct CodeBuilder {
    pub(super) ops: Vec<Op>,
    pub(super) at: Vec<Visible>,
    pub(super) last: Vec<Visible>,
    pub(super) starts: Vec<u32>,
    pub(super) observable: Vec<Box<[u32]>>,
    pub(super) sites: Vec<u32>,
}

impl CodeBuilder {
    pub(super) fn new() -> Self {
        let mut builder = Self {
            ops: Vec::new(),
            at: Vec::new(),
            last: Vec::new(),
            starts: Vec::new(),
            observable: Vec::new(),
            sites: Vec::new(),
        };
        let nowhere = super::op::Jump { delta: 0, adjust: 0 };
        builder.push(Op::Call { window: 0, need: 0, to: nowhere }, 0, 0);
        debug_assert_eq!(builder.ops.len() as u32, HALT);
        builder.push(Op::Halt, 0, 0);
        builder
    }

    pub(super) fn push(&mut self, op: Op, at: Visible, last: Visible) -> u32 {
        let index = self.ops.len() as u32;
        self.ops.push(op);
        self.at.push(at);
        self.last.push(last);
        self.sites.push(NONE);
        index
    }

    pub(super) fn begin_function(&mut self, instructions: usize) -> u32 {
        let start = self.ops.len() as u32;
        self.starts.push(start);
        self.observable.push(vec![NONE; instructions].into());
        start
    }

    /// Notes that before the next operation registers are what is visible at `visible`.
    pub(super) fn observe(&mut self, visible: Visible) {
        let next = self.ops.len() as u32;
        if let Some(map) = self.observable.last_mut() {
            map[visible as usize] = next;
        }
    }

    pub(super) fn finish(self) -> Code {
        Code {
            ops: self.ops.into(),
            at: self.at.into(),
            last: self.last.into(),
            starts: self.starts.into(),
            observable: self.observable.into(),
            sites: self.sites.into(),
        }
    }
}

impl Code {
    /// The first operation; operations are at `ops() + index`.
    pub(super) fn ops(&self) -> &[Op] {
        &self.ops
    }

    /// The visible instruction that may trap or be observed at an operation.
    pub(super) fn at(&self, op: u32) -> Visible {
        self.at[op as usize]
    }

    /// The last visible instruction an operation stands for.
    pub(super) fn last(&self, op: u32) -> Visible {
        self.last[op as usize]
    }

    /// Where a function begins.
    pub(super) fn start(&self, function: u16) -> u32 {
        self.starts[function as usize]
    }

    /// The function an operation belongs to. The two operations in front of all functions count as
    /// the first one's.
    pub(super) fn function(&self, op: u32) -> u16 {
        self.starts.partition_point(|start| *start <= op).saturating_sub(1) as u16
    }

    /// The operation at which a frame can go on that stands before a visible instruction, if the
    /// form can be entered there.
    #[allow(dead_code, reason = "where a debugger's form takes over a frame")]
    pub(super) fn entry(&self, function: u16, visible: Visible) -> Option<u32> {
        let map = self.observable.get(function as usize)?;
        map.get(visible as usize).copied().filter(|op| *op != NONE)
    }

    /// The poll site an operation stands for.
    pub(super) fn site(&self, op: u32) -> Option<u32> {
        Some(self.sites[op as usize]).filter(|site| *site != NONE)
    }
}
