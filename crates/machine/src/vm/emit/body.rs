//! The body of one compiled function: its registers, its blocks, and the ways out of it.
//!
//! A register is in one of three forms, known at each place of the code: as the machine's value, as an integer, or as
//! a number. The forms at the beginning of a block are what all ways to it have in common. They are found by emitting
//! the blocks until nothing changes, and then the code is emitted for good.

use super::flow::Flow;
use super::lists::Loop;
use super::numbers::Operand::Register as R;
use super::strips::{self, Strip};
use super::{Layout, Unit, cell};
use crate::vm::code::{Code, Form};
use crate::vm::op::{Op, Reg};
use wasm_encoder::{BlockType, InstructionSink, MemArg, ValType};

/// The form in which a register's value is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rep {
    /// Nothing that anybody reads.
    Unset,
    /// A value as the heap has it.
    Any,
    /// An integer.
    Int,
    /// A number as JavaScript has it, by its float: an integer where it is one.
    Num,
}

impl Rep {
    fn join(self, other: Self) -> Self {
        match (self, other) {
            (a, b) if a == b => a,
            (Self::Unset, _) | (_, Self::Unset) => Self::Unset,
            (Self::Int, Self::Num) | (Self::Num, Self::Int) => Self::Num,
            _ => Self::Any,
        }
    }
}

/// What an open construct is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Label {
    /// The way out of the function.
    Left,
    /// The code of this block follows its end.
    Before(usize),
    /// The loop that begins with this block.
    Loop(usize),
    /// Within the code of an operation.
    Inner,
}

/// A construct to which code inside of it can branch.
#[derive(Debug, Clone, Copy)]
pub(super) struct Target(usize);

/// A function from its beginning, or from a place that the interpreter enters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Piece {
    pub(super) function: u16,
    /// The operation of a place; `None`: from the beginning, with parameters.
    pub(super) entry: Option<u32>,
}

pub(super) struct Body<'a> {
    pub(super) unit: &'a Unit<'a>,
    pub(super) flow: Flow,
    pub(super) registers: usize,
    /// Whether this only finds the forms of registers.
    dry: bool,
    changed: bool,
    pub(super) code: Vec<u8>,
    /// Where branches stand that are seldom taken.
    hints: Vec<u32>,
    /// Where polls stand, with the operation that each is of.
    polls: Vec<(u32, u32)>,
    labels: Vec<Label>,
    /// The forms where code is emitted now.
    pub(super) state: Vec<Rep>,
    /// The forms at the beginning of each block, where a way to it is known.
    ins: Vec<Option<Vec<Rep>>>,
    pub(super) parameters: usize,
    pub(super) locals: Vec<ValType>,
    pub(super) values: Vec<Option<u32>>,
    pub(super) ints: Vec<Option<u32>>,
    pub(super) numbers: Vec<Option<u32>>,
    pub(super) temporaries: Vec<(ValType, u32)>,
    pub(super) strips: Vec<Strip>,
    pub(super) loops: Vec<Loop>,
    /// The operation whose code is emitted, and its block.
    pub(super) at: u32,
    pub(super) block: usize,
    /// Locals of counters that a worker has in memory, where they are used: see [`Counter`].
    pub(super) counters: [Option<u32>; 2],
}

/// A function's code.
pub(super) struct Written {
    pub(super) locals: Vec<ValType>,
    pub(super) code: Vec<u8>,
    /// Where branches stand that are seldom taken.
    pub(super) hints: Vec<u32>,
    /// Where polls stand, with the operation that each is of.
    pub(super) polls: Vec<(u32, u32)>,
}

/// Parameters of every compiled function: where its registers and its frame are, and the count.
pub(super) const REGS: u32 = 0;
pub(super) const FRAMES: u32 = 1;
pub(super) const BASE: u32 = 2;
pub(super) const FIXED: usize = 3;

pub(super) fn at(offset: u32) -> MemArg {
    MemArg { offset: offset.into(), align: 3, memory_index: 0 }
}

pub(super) fn at32(offset: u32) -> MemArg {
    MemArg { offset: offset.into(), align: 2, memory_index: 0 }
}

pub(super) fn at8(offset: u32) -> MemArg {
    MemArg { offset: offset.into(), align: 0, memory_index: 0 }
}

impl<'a> Body<'a> {
    /// `None`: it has a form that is left to the interpreter.
    pub(super) fn new(unit: &'a Unit<'a>, piece: Piece) -> Option<Self> {
        let code: &Code = unit.code;
        let from = code.start(piece.function, Form::Fast);
        let end = unit.end_of(piece.function);
        let is_peeled = piece.entry.is_some_and(|entry| strips::is_turn_of_ints(unit, entry));
        let flow = Flow::new(code.ops(), from, end, piece.entry.unwrap_or(from), is_peeled)?;
        let registers = usize::from(unit.registers(piece.function));
        let parameters = match piece.entry {
            None => unit.parameters(piece.function),
            Some(_) => 0,
        };
        let mut values = vec![None; registers];
        for (register, value) in values.iter_mut().take(parameters).enumerate() {
            *value = Some((FIXED + register) as u32);
        }
        let blocks = flow.blocks.len();
        let loops = Loop::all(unit, &flow);
        let mut body = Self {
            unit,
            flow,
            registers,
            dry: true,
            changed: false,
            code: Vec::new(),
            hints: Vec::new(),
            polls: Vec::new(),
            labels: Vec::new(),
            state: Vec::new(),
            ins: vec![None; blocks],
            parameters,
            locals: Vec::new(),
            values,
            ints: vec![None; registers],
            numbers: vec![None; registers],
            temporaries: Vec::new(),
            strips: Strip::all(unit, piece.function, piece.entry),
            loops,
            at: 0,
            block: 0,
            counters: [None; 2],
        };
        let first = match piece.entry {
            None => (0..registers)
                .map(|register| if register < parameters { Rep::Any } else { Rep::Unset })
                .collect(),
            Some(entry) => (0..registers).map(|register| unit.known_at(entry, register)).collect(),
        };
        // Before its first operation, which may be the beginning of a loop.
        body.ins[0] = Some(first);
        Some(body)
    }

    pub(super) fn emit(mut self, piece: Piece) -> Written {
        loop {
            self.changed = false;
            for block in 0..self.flow.blocks.len() {
                if let Some(state) = self.ins[block].clone() {
                    self.state = state;
                    self.operations(block);
                }
                self.code.clear();
                self.hints.clear();
                self.polls.clear();
                self.labels.clear();
            }
            if !self.changed {
                break;
            }
        }
        self.dry = false;
        // Every value has its local before the way out is emitted.
        for register in 0..self.registers {
            self.value_local(register as Reg);
        }
        let left = self.open_block(Label::Left);
        self.load_counters();
        if let Some(entry) = piece.entry {
            for register in 0..self.registers {
                let local = self.value_local(register as Reg);
                let offset = register as u32 * 8;
                self.sink().local_get(REGS).i64_load(at(offset)).local_set(local);
            }
            self.look(entry);
        }
        self.begin_strip(0);
        self.enter_first_loop();
        self.tree(0);
        self.close(left);
        self.way_out();
        self.sink().end();
        Written { locals: self.locals, code: self.code, hints: self.hints, polls: self.polls }
    }

    /// Whether registers hold what they held wherever this place was entered before: if not, the interpreter goes on.
    fn look(&mut self, entry: u32) {
        self.state = vec![Rep::Any; self.registers];
        let known: Vec<Rep> =
            (0..self.registers).map(|register| self.unit.known_at(entry, register)).collect();
        if known == self.state {
            return;
        }
        self.checked(entry, |body, no| {
            for (register, known) in (0..).zip(&known) {
                if *known == Rep::Any {
                    continue;
                }
                let value = body.value_local(register);
                if *known == Rep::Int {
                    body.ints_or(&[R(register)], no);
                    let int = body.int_local(register);
                    body.sink().local_get(value).i32_wrap_i64().local_set(int);
                    continue;
                }
                let number = body.number_local(register);
                body.number_or(R(register), no);
                body.sink().local_set(number);
                // Assembler may have a float that is a whole number, which is no integer for it.
                body.value_of_number(number);
                body.sink().local_get(value).i64_ne();
                body.seldom(no);
            }
            body.state = known;
        });
        self.fit(0);
    }

    pub(super) fn sink(&mut self) -> InstructionSink<'_> {
        InstructionSink::new(&mut self.code)
    }

    pub(super) fn layout(&self) -> &'a Layout {
        self.unit.layout
    }

    // Structure.

    fn tree(&mut self, block: usize) {
        let merges = self.flow.merges(block);
        let is_loop = self.flow.blocks[block].is_loop;
        if is_loop {
            self.sink().loop_(BlockType::Empty);
            self.labels.push(Label::Loop(block));
        }
        self.within(block, &merges);
        if is_loop {
            self.labels.pop();
            // No way leads behind a loop but its branches.
            self.sink().end().unreachable();
        }
    }

    fn within(&mut self, block: usize, merges: &[usize]) {
        let Some((merge, rest)) = merges.split_first() else {
            match self.ins[block].clone() {
                Some(state) => {
                    self.state = state;
                    self.operations(block);
                }
                None => {
                    self.sink().unreachable();
                }
            }
            return;
        };
        self.sink().block(BlockType::Empty);
        self.labels.push(Label::Before(*merge));
        self.within(block, rest);
        self.labels.pop();
        self.sink().unreachable().end();
        self.tree(*merge);
    }

    fn operations(&mut self, block: usize) {
        let (first, end) = (self.flow.blocks[block].first, self.flow.blocks[block].end);
        // Blocks that follow may be emitted in the middle of an operation.
        let before = (self.at, self.block);
        self.block = block;
        let goes_on = (first..end).all(|at| {
            self.at = at;
            self.operation(at)
        });
        if goes_on {
            self.go_to(end);
        }
        (self.at, self.block) = before;
    }

    /// Whether it is the turn before a loop that is entered there.
    pub(super) fn is_peeled(&self) -> bool {
        self.flow.is_peeled && self.block == 0
    }

    /// The forms at the beginning of the first block.
    pub(super) fn forms_of_first(&self) -> Vec<Rep> {
        self.ins[0].clone().unwrap_or_else(|| vec![Rep::Any; self.registers])
    }

    pub(super) fn form_at(&self, op: u32, register: Reg) -> Option<Rep> {
        let block = self.flow.block_at(op)?;
        Some(self.ins[block].as_ref()?[usize::from(register)])
    }

    /// Goes to the block that begins at an operation.
    pub(super) fn go_to(&mut self, op: u32) {
        let Some(block) = self.flow.block_at(op) else {
            // Behind an operation that ends the path.
            self.sink().unreachable();
            return;
        };
        if self.dry {
            let joined = match &self.ins[block] {
                None => self.state.clone(),
                Some(other) => other.iter().zip(&self.state).map(|(a, b)| a.join(*b)).collect(),
            };
            if self.ins[block].as_ref() != Some(&joined) {
                self.ins[block] = Some(joined);
                self.changed = true;
            }
            return;
        }
        self.fit(block);
        self.leave_strip(op);
        self.begin_strip(block);
        self.enter_loop(block);
        self.branch_to(block);
    }

    fn branch_to(&mut self, block: usize) {
        let label = self.labels.iter().rposition(
            |label| matches!(label, Label::Loop(of) | Label::Before(of) if *of == block),
        );
        match label {
            Some(label) => self.branch(Target(label)),
            None => self.tree(block),
        }
    }

    /// Goes to the beginning of the loop of a strip, within the strip.
    pub(super) fn go_on(&mut self, op: u32) {
        match self.flow.block_at(op).filter(|_| !self.dry) {
            Some(block) => {
                self.fit(block);
                self.branch_to(block);
            }
            None => self.go_to(op),
        }
    }

    /// Brings registers into the forms that a block begins with.
    fn fit(&mut self, block: usize) {
        let Some(wanted) = self.ins[block].clone() else { return };
        for (register, wanted) in wanted.into_iter().enumerate() {
            let register = register as Reg;
            match (self.rep(register), wanted) {
                (Rep::Int | Rep::Num, Rep::Any) => self.keep_value(register),
                (Rep::Int, Rep::Num) => {
                    let int = self.int_local(register);
                    self.sink().local_get(int).f64_convert_i32_s();
                    self.set_number(register);
                }
                _ => {}
            }
        }
    }

    /// Opens a construct within an operation.
    pub(super) fn open(&mut self) -> Target {
        self.open_block(Label::Inner)
    }

    fn open_block(&mut self, label: Label) -> Target {
        self.sink().block(BlockType::Empty);
        self.opened(label)
    }

    fn opened(&mut self, label: Label) -> Target {
        self.labels.push(label);
        Target(self.labels.len() - 1)
    }

    /// Opens what is done if the number on the stack is not 0.
    pub(super) fn open_if(&mut self, result: BlockType) -> Target {
        self.sink().if_(result);
        self.opened(Label::Inner)
    }

    /// Opens what is seldom done, if the number on the stack is not 0.
    pub(super) fn open_seldom(&mut self) -> Target {
        self.hint();
        self.open_if(BlockType::Empty)
    }

    /// The branch that follows is seldom taken.
    fn hint(&mut self) {
        self.hints.push(self.code.len() as u32);
    }

    /// A poll of an operation follows.
    pub(super) fn polls_here(&mut self, op: u32) {
        self.polls.push((self.code.len() as u32, op));
    }

    pub(super) fn otherwise(&mut self) {
        self.sink().else_();
    }

    pub(super) fn close(&mut self, target: Target) {
        debug_assert_eq!(target.0 + 1, self.labels.len());
        self.labels.pop();
        self.sink().end();
    }

    fn depth(&self, target: Target) -> u32 {
        (self.labels.len() - 1 - target.0) as u32
    }

    /// To the end of a construct, or the beginning of a loop.
    pub(super) fn branch(&mut self, target: Target) {
        let depth = self.depth(target);
        self.sink().br(depth);
    }

    /// The same, if the number on the stack is not 0.
    pub(super) fn branch_if(&mut self, target: Target) {
        let depth = self.depth(target);
        self.sink().br_if(depth);
    }

    /// The same, which is seldom.
    pub(super) fn seldom(&mut self, target: Target) {
        self.hint();
        self.branch_if(target);
    }

    // Ways out.

    /// Leaves to the interpreter, which goes on with an operation.
    pub(super) fn exit(&mut self, op: u32) {
        if self.dry {
            return;
        }
        self.settle_strip();
        for register in 0..self.registers {
            self.put_value(register as Reg);
        }
        let place = self.place_local();
        self.sink().i32_const(op as i32).local_set(place);
        self.branch(Target(0));
    }

    fn place_local(&mut self) -> u32 {
        self.temporary(ValType::I32, 1)
    }

    /// Behind the block of all code: the state goes to memory.
    fn way_out(&mut self) {
        self.keep_counters();
        for register in 0..self.registers {
            let local = self.value_local(register as Reg);
            self.sink().local_get(REGS).local_get(local).i64_store(at(register as u32 * 8));
        }
        let place = self.place_local();
        let base = self.layout().cell;
        let mut sink = self.sink();
        sink.global_get(base).local_get(place).i32_store(at32(cell::PLACE));
        sink.global_get(base).local_get(REGS).i32_store(at32(cell::REGS));
        sink.global_get(base).local_get(FRAMES).i32_store(at32(cell::FRAMES));
        sink.global_get(base).local_get(BASE).i64_store(at(cell::BASE));
        sink.i64_const(super::LEFT).local_get(BASE);
    }

    /// Leaves after a call that has left: this frame goes to memory as one that waits for it, and goes on at `back`.
    pub(super) fn leave_call(&mut self, window: Reg, back: u32) {
        const BYTES: u32 = size_of::<Op>() as u32;
        let ops = self.layout().ops;
        if self.dry {
            return;
        }
        for register in 0..window {
            if self.rep(register) != Rep::Unset {
                self.sink().local_get(REGS);
                self.value(register);
                self.sink().i64_store(at(u32::from(register) * 8));
            }
        }
        let mut sink = self.sink();
        sink.local_get(FRAMES).global_get(ops).i32_const((back * BYTES) as i32).i32_add();
        sink.i32_store(at32(0));
        sink.i64_const(super::LEFT).local_get(BASE).return_();
    }
}
