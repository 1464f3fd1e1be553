//! Strips: a loop whose back-edge polls every n-th time, or only looks now and then, goes so many turns with no more than
//! the comparison that ends it; one that polls at every turn with no more than that and its poll. The limit is the nearer
//! of the loop's own and of the turn that does more; how many turns were made follows from the counter, and so do their
//! counts.

use super::body::{BASE, Body, Rep, at};
use super::flow::{near, successors, target};
use super::lists::writes;
use super::numbers::Operand;
use super::polls::{LOOKS, Often};
use super::registers::Counter;
use super::{Unit, cell};
use crate::vm::op::{Jump, Op, Reg};
use wasm_encoder::{BlockType, ValType};

use Operand::Register as R;

/// A loop that may go in strips: its operations from the first to the turn, with no other loop and no call in it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Strip {
    head: u32,
    turn: u32,
    counter: Reg,
    step: i32,
    limit: Operand,
    often: Often,
    /// Instructions of a turn, where all of them have the same.
    turn_length: i32,
    /// Locals: the counter when turns were counted last, and where the strip ends.
    locals: Option<(u32, u32)>,
}

/// Whether an entry is a turn whose counter and limit have held integers there.
pub(super) fn is_turn_of_ints(unit: &Unit<'_>, entry: u32) -> bool {
    let is_int = |register: Reg| unit.known_at(entry, register.into()) == Rep::Int;
    match unit.code.ops()[entry as usize] {
        Op::Turn { a, b, .. } | Op::SumTurn { a, b, .. } => is_int(a) && is_int(b),
        Op::TurnInt { a, .. } | Op::SumTurnConst { a, .. } => is_int(a),
        _ => false,
    }
}

/// Turns that poll, after which those are counted that were made: some microseconds.
const COUNTED: i32 = 4096;

impl Strip {
    /// Those of a function, as it is entered.
    pub(super) fn all(unit: &Unit<'_>, function: u16, entry: Option<u32>) -> Vec<Self> {
        let turns = unit.ops(function).filter_map(|(at, op)| Self::of(unit, at, op));
        let mut found: Vec<Self> = turns.filter(|strip| strip.is_alone(unit, entry)).collect();
        if !found.is_empty() {
            let ways = unit.ops(function).flat_map(|(at, _)| {
                successors(unit.code.ops(), at).into_iter().map(move |to| (at, to))
            });
            let jumps: Vec<(u32, u32)> = ways.filter(|(at, to)| *to != at + 1).collect();
            found.retain(|strip| !jumps.iter().any(|jump| strip.is_entered_by(*jump)));
        }
        found
    }

    fn of(unit: &Unit<'_>, turn: u32, op: &Op) -> Option<Self> {
        let (step, counter, limit, every, to) = match *op {
            Op::Turn { step, a, b, every, to } | Op::SumTurn { step, a, b, every, to, .. } => {
                (step, a, R(b), every, to)
            }
            Op::TurnInt { step, a, value, every, to } => (step, a, Operand::Int(value), every, to),
            Op::SumTurnConst { step, a, index, every, to, .. } => {
                let limit = unit.constants[usize::from(index)].low_int();
                (step, a, Operand::Int(limit), every, to)
            }
            _ => return None,
        };
        let (head, often) = (target(turn, near(to)), unit.often(turn, every));
        let (step, turn_length) = (step.into(), near(to).adjust);
        let strip = Self { head, turn, counter, step, limit, often, turn_length, locals: None };
        let pays = match often {
            Often::Never => !unit.layout.profile,
            Often::Always => !unit.layout.profile || strip.has_one_path(unit),
            Often::Every(_) | Often::Adapted(_) => true,
        };
        (pays && step > 0 && head <= turn).then_some(strip)
    }

    /// Whether all its turns have the same operations, and only the last of them polls.
    fn has_one_path(&self, unit: &Unit<'_>) -> bool {
        (self.head..self.turn).all(|at| {
            let polls = unit.code.counts()[at as usize].slot != 0;
            !polls && successors(unit.code.ops(), at) == [at + 1]
        })
    }

    fn contains(&self, op: u32) -> bool {
        (self.head..=self.turn).contains(&op)
    }

    fn is_before_turn(&self, op: u32) -> bool {
        self.contains(op) && op != self.turn
    }

    /// Whether a jump from elsewhere leads into its middle.
    fn is_entered_by(&self, (at, to): (u32, u32)) -> bool {
        !self.contains(at) && self.contains(to) && to != self.head
    }

    /// Whether nothing else goes back within it, nothing else writes counter or limit, and it is not entered in its
    /// middle.
    fn is_alone(&self, unit: &Unit<'_>, entry: Option<u32>) -> bool {
        let ops = unit.code.ops();
        let entered = entry
            .is_some_and(|entry| self.contains(entry) && entry != self.head && entry != self.turn);
        let is_kept = |register: Reg| register == self.counter || self.limit == R(register);
        let sum = match ops[self.turn as usize] {
            Op::SumTurn { sum, .. } | Op::SumTurnConst { sum, .. } => Some(sum),
            _ => None,
        };
        !entered
            && self.limit != R(self.counter)
            && !sum.is_some_and(is_kept)
            && (self.head..self.turn).all(|at| {
                let op = &ops[at as usize];
                let limit = matches!(self.limit, R(limit) if may_write(op, limit));
                let writes = limit || may_write(op, self.counter);
                !writes && successors(ops, at).iter().all(|next| *next > at)
            })
    }
}

/// Whether an operation may write a register, or calls something.
fn may_write(op: &Op, register: Reg) -> bool {
    matches!(op, Op::Call { .. } | Op::CallUnpolled { .. }) || writes(op, register)
}

impl Body<'_> {
    /// Whether its counter and its limit are integers.
    fn applies(&self, strip: &Strip) -> bool {
        let is_int = |register: Reg| self.form_at(strip.head, register) == Some(Rep::Int);
        let limit = match strip.limit {
            R(limit) => is_int(limit),
            Operand::Int(_) => true,
        };
        limit && is_int(strip.counter)
    }

    fn strip(&mut self, is: impl Fn(&Strip) -> bool) -> Option<Strip> {
        let index = self.strips.iter().position(is)?;
        if !self.applies(&self.strips[index]) {
            return None;
        }
        if self.strips[index].locals.is_none() {
            let locals = (self.new_local(ValType::I32), self.new_local(ValType::I32));
            self.strips[index].locals = Some(locals);
        }
        Some(self.strips[index])
    }

    /// The strip that a turn ends.
    pub(super) fn strip_at(&mut self, turn: u32) -> Option<Strip> {
        if self.is_peeled() {
            return None;
        }
        self.strip(|strip| strip.turn == turn)
    }

    /// Before the beginning of a loop: the first turn counts.
    pub(super) fn begin_strip(&mut self, block: usize) {
        let first = self.flow.blocks[block].first;
        if self.flow.block_at(first) != Some(block) {
            return;
        }
        let Some(strip) = self.strip(|strip| strip.head == first) else { return };
        let Some((start, end)) = strip.locals else { return };
        let counter = self.int_local(strip.counter);
        self.sink().local_get(counter).local_set(start).i32_const(i32::MIN).local_set(end);
    }

    /// Before a way that leaves a strip.
    pub(super) fn leave_strip(&mut self, to: u32) {
        let at = self.at;
        if self.strips.iter().any(|strip| strip.is_before_turn(at) && !strip.contains(to)) {
            self.settle_strip();
        }
    }

    /// Counts the turns that were made since they were counted last, where an operation before the turn goes elsewhere.
    pub(super) fn settle_strip(&mut self) {
        let at = self.at;
        if !self.is_peeled()
            && let Some(strip) = self.strip(|strip| strip.is_before_turn(at))
        {
            self.settle(strip);
        }
    }

    fn settle(&mut self, strip: Strip) {
        let Some((start, _)) = strip.locals else { return };
        match strip.often {
            Often::Never => {}
            Often::Always => self.settle_polls(strip, start),
            Often::Every(_) | Often::Adapted(_) => {
                let turns = self.counter_local(Counter::Turns);
                self.sink().local_get(turns);
                self.turns_since(strip, start);
                self.sink().i32_add().local_set(turns);
            }
        }
    }

    fn turns_since(&mut self, strip: Strip, start: u32) {
        let counter = self.int_local(strip.counter);
        let mut sink = self.sink();
        sink.local_get(counter).local_get(start).i32_sub();
        if strip.step > 1 {
            sink.i32_const(strip.step).i32_div_u();
        }
    }

    /// Counts polls of a strip's turns: all but the first of them end the same path.
    fn settle_polls(&mut self, strip: Strip, start: u32) {
        if !self.layout().profile {
            return;
        }
        let count = self.unit.code.counts()[strip.turn as usize];
        let (hits, cell, longest) = (self.layout().hits, self.layout().cell, self.layout().longest);
        let counter = self.int_local(strip.counter);
        let length = i64::from(strip.turn_length);
        self.sink().local_get(counter).local_get(start).i32_ne();
        let made = self.open_if(BlockType::Empty);
        let mut sink = self.sink();
        sink.global_get(hits).global_get(hits).i64_load(at(count.slot * 8));
        self.turns_since(strip, start);
        let mut sink = self.sink();
        sink.i64_extend_i32_u().i64_add().i64_store(at(count.slot * 8));
        sink.global_get(cell).local_get(BASE).i64_const(i64::from(count.ends) - length).i64_add();
        sink.i64_store(at(cell::BEGAN));
        sink.i64_const(length).global_get(cell).i64_load(at(cell::LONGEST)).i64_gt_u();
        let exceeds = self.open_seldom();
        self.sink().i32_const(strip.turn as i32).i64_const(length).call(longest);
        self.close(exceeds);
        self.close(made);
    }

    /// The turn of a loop that goes in strips. What is no such turn is left to the operations that follow.
    pub(super) fn strip_turn(&mut self, strip: Strip, sum: Option<(Reg, Reg)>, to: Jump) {
        let Strip { turn: op, counter: a, step, limit, often, .. } = strip;
        let Some((start, end)) = strip.locals else { return };
        let before = self.state.clone();
        let counter = self.int_local(a);
        let next = self.temporary(ValType::I32, 5);
        let no = self.open();
        let seldom = self.open();
        self.sink().local_get(counter).i32_const(step).i32_add().local_tee(next);
        self.sink().local_get(end).i32_ge_s();
        self.seldom(seldom);
        if let Often::Always = often {
            self.is_requested(op);
            let stops = self.open_seldom();
            self.settle(strip);
            self.exit(op);
            self.close(stops);
        }
        if let Some((sum, term)) = sum {
            self.sum(sum, term, seldom);
        }
        self.turned_to(strip, next, to);
        self.close(seldom);
        self.state.clone_from(&before);
        self.settle(strip);
        self.sink().local_get(counter).local_set(start);
        // It has wrapped around, or the loop ends.
        self.sink().local_get(counter).local_get(next).i32_ge_s();
        self.seldom(no);
        self.sink().local_get(next);
        self.known_int(limit);
        self.sink().i32_ge_s();
        self.seldom(no);
        match often {
            Often::Never => self.looks_once(op),
            _ => self.polls(op, often),
        }
        if let Some((sum, term)) = sum {
            self.sum(sum, term, no);
        }
        if !matches!(often, Often::Never) {
            self.counts(op, often);
        }
        self.sink().local_get(next).local_set(start);
        self.set_end(strip, start, end);
        self.turned_to(strip, next, to);
        self.close(no);
        self.state = before;
    }

    fn turned_to(&mut self, strip: Strip, next: u32, to: Jump) {
        self.sink().local_get(next);
        self.set_int(strip.counter);
        self.adjust(to);
        self.go_on(strip.head);
    }

    /// The strip from here on: to the loop's end, to the turn that polls, or to where the counter could wrap around.
    fn set_end(&mut self, strip: Strip, start: u32, end: u32) {
        let last = i64::from(i32::MAX) - i64::from(strip.step) + 1;
        let far = self.temporary(ValType::I64, 0);
        let from = self.temporary(ValType::I64, 1);
        self.sink().local_get(start).i64_extend_i32_s().local_set(from);
        if self.room(strip.often) {
            let mut sink = self.sink();
            sink.i64_extend_i32_s().i64_const(strip.step.into()).i64_mul();
            sink.local_get(from).i64_add();
        } else {
            self.sink().i64_const(last);
        }
        self.sink().local_set(far);
        self.nearer(far, |body| {
            body.known_int(strip.limit);
            body.sink().i64_extend_i32_s();
        });
        self.nearer(far, |body| {
            body.sink().i64_const(last);
        });
        // Where there is no room for a turn each of them comes here.
        let mut sink = self.sink();
        sink.local_get(far).i32_wrap_i64().i32_const(i32::MIN);
        sink.local_get(far).local_get(from).i64_gt_s().select().local_set(end);
    }

    /// Puts on the stack in how many turns one is to do more, where that is not only the last one.
    fn room(&mut self, often: Often) -> bool {
        match often {
            Often::Never => {
                self.sink().i32_const(LOOKS);
            }
            Often::Always if self.layout().profile => {
                self.sink().i32_const(COUNTED);
            }
            Often::Always => return false,
            Often::Every(_) | Often::Adapted(_) => {
                let turns = self.counter_local(Counter::Turns);
                self.turns_between(often);
                self.sink().local_get(turns).i32_sub();
            }
        }
        true
    }

    fn nearer(&mut self, far: u32, other: impl Fn(&mut Self)) {
        self.sink().local_get(far);
        other(self);
        self.sink().i64_gt_s();
        let is_nearer = self.open_if(BlockType::Empty);
        other(self);
        self.sink().local_set(far);
        self.close(is_nearer);
    }
}
