//! Strips: a loop whose back-edge polls every n-th time, or only looks now and then, goes so many turns with no more than
//! the comparison that ends it. Its limit is the nearer of the loop's own and of that turn; how many turns were made
//! follows from the counter.

use super::Unit;
use super::body::{Body, Rep};
use super::flow::{near, successors, target};
use super::numbers::Operand;
use super::polls::LOOKS;
use super::registers::Counter;
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
    /// One of so many turns polls; 0: none.
    every: u16,
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
        let is_rare = every > 1 || (every == 0 && !unit.layout.profile);
        let head = target(turn, near(to));
        let strip = Self { head, turn, counter, step: step.into(), limit, every, locals: None };
        (is_rare && step > 0 && head <= turn).then_some(strip)
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

/// Whether an operation may write a register, or calls what may.
fn may_write(op: &Op, register: Reg) -> bool {
    match *op {
        Op::Swap { a, b } => a == register || b == register,
        Op::Enter { from, to } => (from..to).contains(&register),
        Op::Call { .. } | Op::CallUnpolled { .. } | Op::Spawn { .. } => true,
        mut other => other.destination_mut().is_some_and(|dst| *dst == register),
    }
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
        let (Some((start, _)), 2..) = (strip.locals, strip.every) else { return };
        let turns = self.counter_local(Counter::Turns);
        let counter = self.int_local(strip.counter);
        let mut sink = self.sink();
        sink.local_get(turns).local_get(counter).local_get(start).i32_sub();
        if strip.step > 1 {
            sink.i32_const(strip.step).i32_div_u();
        }
        sink.i32_add().local_set(turns);
    }

    /// The turn of a loop that goes in strips. What is no such turn is left to the operations that follow.
    pub(super) fn strip_turn(&mut self, strip: Strip, sum: Option<(Reg, Reg)>, to: Jump) {
        let Strip { turn: op, counter: a, step, limit, every, .. } = strip;
        let Some((start, end)) = strip.locals else { return };
        let before = self.state.clone();
        let counter = self.int_local(a);
        let next = self.temporary(ValType::I32, 5);
        let no = self.open();
        let seldom = self.open();
        self.sink().local_get(counter).i32_const(step).i32_add().local_tee(next);
        self.sink().local_get(end).i32_ge_s();
        self.seldom(seldom);
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
        if every == 0 {
            self.looks_once(op);
        } else {
            self.polls(op, every);
        }
        if let Some((sum, term)) = sum {
            self.sum(sum, term, no);
        }
        if every > 0 {
            self.counts(op, every);
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
        self.sink().local_get(start).i64_extend_i32_s().local_tee(from);
        match strip.every {
            0 => {
                self.sink().i64_const(i64::from(LOOKS) * i64::from(strip.step));
            }
            every => {
                let turns = self.counter_local(Counter::Turns);
                let mut sink = self.sink();
                sink.i64_const(every.into()).local_get(turns).i64_extend_i32_u().i64_sub();
                sink.i64_const(strip.step.into()).i64_mul();
            }
        }
        self.sink().i64_add().local_set(far);
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
