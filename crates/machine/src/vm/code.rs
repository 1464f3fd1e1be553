//! A whole program in decoded form, with the map between it and the visible instructions.
//!
//! Every function exists in two forms ([`Form`]). A task's top frame is in one of them; each frame below
//! returns into the form of its return address. A task can change form wherever both forms can be entered:
//! there the registers are exactly the visible state, so only addresses change.

use std::sync::Arc;

use super::op::Op;
use bytecode::CodePlace;

/// Visible index of an instruction inside its function.
pub(super) type Visible = u32;

/// A decoded form of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// The form that runs without a debugger.
    Fast,
    /// The form for a debugger: it can be entered before every instruction, and checks there whether to stop.
    Debug,
}

/// No operation stands for this instruction alone.
const NONE: u32 = u32::MAX;

/// Index of the operation behind the call that every task's first frame pretends to return to.
pub(super) const HALT: u32 = 1;

/// The decoded operations of all functions, one after the other.
#[derive(Debug)]
pub(super) struct Code {
    /// Shared and never changed: tasks keep addresses of operations, which stay valid when a [`Code`] is moved.
    ops: Arc<[Op]>,
    /// For each operation the visible instruction that may trap or be observed there.
    at: Box<[Visible]>,
    /// For each operation its function and the last visible instruction it stands for: the jump of a
    /// fused branch.
    places: Box<[CodePlace]>,
    /// Where each function begins: all in the fast form, then all in the debugger's.
    starts: Box<[u32]>,
    /// For each function of `starts` and visible instruction: the operation before which registers
    /// are exactly what is visible there, or `NONE`.
    observable: Box<[Box<[u32]>]>,
    /// For each function the number of its first instruction among those of all functions.
    numbers: Box<[u32]>,
    /// Instructions of all functions.
    instructions: u32,
    /// For each operation what to count when it polls. Only used when profiling.
    counts: Box<[Count]>,
}

/// The counts of an operation that polls.
#[derive(Debug, Clone, Copy)]
pub(super) struct Count {
    /// The index of the counter: the id of the poll site plus one, or 0 without a site.
    pub(super) slot: u32,
    /// Visible instructions of the function before the poll, as if the function were one straight line.
    pub(super) ends: Visible,
}

/// Collects the parts of a [`Code`].
#[derive(Debug)]
pub(super) struct CodeBuilder {
    pub(super) ops: Vec<Op>,
    pub(super) at: Vec<Visible>,
    pub(super) places: Vec<CodePlace>,
    pub(super) starts: Vec<u32>,
    pub(super) observable: Vec<Box<[u32]>>,
    pub(super) sites: Vec<u32>,
    numbers: Vec<u32>,
    instructions: u32,
}

impl CodeBuilder {
    pub(super) fn new() -> Self {
        let mut builder = Self {
            ops: Vec::new(),
            at: Vec::new(),
            places: Vec::new(),
            starts: Vec::new(),
            observable: Vec::new(),
            sites: Vec::new(),
            numbers: Vec::new(),
            instructions: 0,
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
        let row = self.starts.len().saturating_sub(1);
        let function = (row % self.numbers.len().max(1)) as u16;
        self.places.push(CodePlace { function, instruction: last });
        self.sites.push(NONE);
        index
    }

    /// Puts an operation before the one with an index, which is no jump, nor is one of those behind it.
    pub(super) fn insert(&mut self, index: usize, op: Op, last: Visible) {
        self.ops.insert(index, op);
        self.at.insert(index, self.at[index]);
        let place = CodePlace { instruction: last, ..self.places[index] };
        self.places.insert(index, place);
        self.sites.insert(index, NONE);
    }

    /// Begins the next function. All functions come in one form, then all in the other.
    pub(super) fn begin_function(&mut self, instructions: usize, form: Form) {
        self.starts.push(self.ops.len() as u32);
        self.observable.push(vec![NONE; instructions].into());
        if form == Form::Fast {
            self.numbers.push(self.instructions);
            self.instructions += instructions as u32;
        }
    }

    /// Where a function begins in a form.
    pub(super) fn start(&self, function: u16, form: Form) -> u32 {
        self.starts[row(self.numbers.len(), function, form)]
    }

    /// The number of a function's instruction among those of all functions.
    pub(super) fn number(&self, function: u16, visible: Visible) -> u32 {
        self.numbers[function as usize] + visible
    }

    /// Notes that before the next operation the registers are exactly the visible state at `visible`.
    pub(super) fn observe(&mut self, visible: Visible) {
        let next = self.ops.len() as u32;
        if let Some(map) = self.observable.last_mut() {
            map[visible as usize] = next;
        }
    }

    pub(super) fn finish(self) -> Code {
        let counts = self.ops.iter().enumerate().map(|(index, op)| Count {
            slot: self.sites[index].wrapping_add(1),
            // A back-edge polls when it has been taken.
            ends: match op.polls_before() {
                true => self.at[index],
                false => self.places[index].instruction + 1,
            },
        });
        Code {
            counts: counts.collect(),
            ops: self.ops.into(),
            at: self.at.into(),
            places: self.places.into(),
            starts: self.starts.into(),
            observable: self.observable.into(),
            numbers: self.numbers.into(),
            instructions: self.instructions,
        }
    }
}

fn row(functions: usize, function: u16, form: Form) -> usize {
    match form {
        Form::Fast => function as usize,
        Form::Debug => functions + function as usize,
    }
}

impl Code {
    /// The first operation; operations are at `ops() + index`.
    pub(super) fn ops(&self) -> &[Op] {
        &self.ops
    }

    /// The address of an operation. The interpreter reaches all other operations from it.
    ///
    /// # Panics
    /// If there is no such operation.
    pub(super) fn address(&self, op: u32) -> *const Op {
        assert!((op as usize) < self.ops.len(), "operation {op} of {}", self.ops.len());
        self.ops.as_ptr().wrapping_add(op as usize)
    }

    /// The index of an operation of this code.
    pub(super) fn index(&self, op: *const Op) -> u32 {
        ((op as usize - self.ops.as_ptr() as usize) / size_of::<Op>()) as u32
    }

    /// The visible instruction that may trap or be observed at an operation.
    pub(super) fn at(&self, op: u32) -> Visible {
        self.at[op as usize]
    }

    /// The last visible instruction that an operation stands for, and its function. The two operations before
    /// all functions count as part of the first one.
    #[inline(always)]
    pub(super) fn place(&self, op: u32) -> CodePlace {
        self.places[op as usize]
    }

    /// Where a function begins in a form.
    pub(super) fn start(&self, function: u16, form: Form) -> u32 {
        self.starts[row(self.numbers.len(), function, form)]
    }

    /// The function that an operation belongs to, as in [`place`](Self::place).
    pub(super) fn function(&self, op: u32) -> u16 {
        self.place(op).function
    }

    /// The form that an operation belongs to. The two operations before all functions count as part of the
    /// fast form.
    pub(super) fn form(&self, op: u32) -> Form {
        if op < self.starts[self.numbers.len()] { Form::Fast } else { Form::Debug }
    }

    /// The operation at which a frame before a visible instruction can go on, if the form can be entered there.
    /// The debugger's form can be entered at every instruction that a path reaches.
    pub(super) fn entry(&self, function: u16, visible: Visible, form: Form) -> Option<u32> {
        let map = self.observable.get(row(self.numbers.len(), function, form))?;
        map.get(visible as usize).copied().filter(|op| *op != NONE)
    }

    /// The operation of a call; registers are exact before it in either form.
    pub(super) fn call(&self, function: u16, visible: Visible, form: Form) -> Option<u32> {
        let entry = self.entry(function, visible, form)?;
        Some(if form == Form::Debug { entry + 1 } else { entry })
    }

    /// The number of a function's instruction among those of all functions.
    pub(super) fn number(&self, function: u16, visible: Visible) -> u32 {
        self.numbers[function as usize] + visible
    }

    /// Instructions of all functions.
    pub(super) fn instructions(&self) -> u32 {
        self.instructions
    }

    /// The places of the fast form at which a task may be saved between two runs of the loop: where functions and loops
    /// begin, polls before an instruction, and calls that are called back.
    pub(super) fn entries(&self) -> impl Iterator<Item = u32> {
        let end = self.starts[self.numbers.len()];
        let starts = self.starts[..self.numbers.len()].iter().copied();
        let polls = (HALT + 1..end).filter(|at| {
            let op = &self.ops[*at as usize];
            op.polls_before() || matches!(op, Op::CallUnpolled { recursive: true, .. })
        });
        let loops = (HALT + 1..end).filter_map(move |at| {
            let mut op = self.ops[at as usize];
            let delta = match op {
                Op::Call { .. } | Op::CallUnpolled { .. } => return None,
                Op::Turn { to, .. }
                | Op::TurnInt { to, .. }
                | Op::TurnBy { to, .. }
                | Op::SumTurn { to, .. }
                | Op::SumTurnConst { to, .. } => to.delta.into(),
                _ => op.jump_mut()?.delta,
            };
            (delta <= 0).then(|| at.wrapping_add_signed(delta))
        });
        starts.chain(polls).chain(loops)
    }

    /// What to count for each operation, in the order of [`ops`](Self::ops).
    pub(super) fn counts(&self) -> &[Count] {
        &self.counts
    }
}
