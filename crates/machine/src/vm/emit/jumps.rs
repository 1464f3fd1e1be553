//! Jumps, and the turns of loops.

use super::body::{BASE, Body, Rep, Target};
use super::flow::target;
use super::numbers::{Arithmetic, Operand};
use crate::vm::op::{Comparison, Jump, Reg};
use wasm_encoder::{BlockType, ValType};

use Operand::Register as R;

impl Body<'_> {
    pub(super) fn jump(&mut self, op: u32, to: Jump) -> bool {
        self.adjust(to);
        self.go_to(target(op, to));
        false
    }

    pub(super) fn adjust(&mut self, to: Jump) {
        self.sink().local_get(BASE).i64_const(to.adjust.into()).i64_add().local_set(BASE);
    }

    /// Takes a jump on the condition on the stack. `every`: a back-edge that polls so.
    pub(super) fn jump_if(&mut self, op: u32, every: Option<u16>, to: Jump) {
        let state = self.state.clone();
        let taken = self.open_if(BlockType::Empty);
        match every {
            None => self.jump(op, to),
            Some(every) => self.back(op, every, to),
        };
        self.close(taken);
        self.state = state;
    }

    /// Takes a back-edge that polls every n-th time; 0: never. Where it polls and finds something to do, the interpreter
    /// takes it.
    pub(super) fn back(&mut self, op: u32, every: u16, to: Jump) -> bool {
        self.passes(op, self.unit.often(op, every));
        self.jump(op, to)
    }

    pub(super) fn comparing(
        &mut self,
        op: u32,
        with: Comparison,
        a: Operand,
        b: Operand,
        back: bool,
        to: Jump,
    ) -> bool {
        let holds = self.temporary(ValType::I32, 4);
        self.checked(op, |body, no| {
            body.compare(op, with, a, b, no);
            body.sink().local_set(holds);
        });
        self.sink().local_get(holds);
        self.jump_if(op, back.then_some(1), to);
        true
    }

    pub(super) fn branch_on(
        &mut self,
        op: u32,
        on: bool,
        a: Reg,
        every: Option<u16>,
        to: Jump,
    ) -> bool {
        let holds = self.temporary(ValType::I32, 4);
        self.checked(op, |body, no| {
            body.is_true(a, no);
            body.sink().local_set(holds);
        });
        self.sink().local_get(holds);
        if !on {
            self.sink().i32_eqz();
        }
        self.jump_if(op, every, to);
        true
    }

    /// A counter's step and the back-edge behind it; what is no such turn is left to the operations that follow, or to
    /// the interpreter where they do not: then no way leads behind it.
    #[allow(clippy::too_many_arguments, reason = "the operands of one operation")]
    pub(super) fn turn(
        &mut self,
        op: u32,
        sum: Option<(Reg, Reg)>,
        step: Operand,
        a: Reg,
        limit: Operand,
        every: u16,
        to: Jump,
    ) -> bool {
        if let Some(strip) = self.strip_at(op) {
            self.strip_turn(strip, sum, to);
            return true;
        }
        let before = self.state.clone();
        let next = self.temporary(ValType::I32, 5);
        let no = self.open();
        // A number that may be an integer is one, if it is: the operations that follow look.
        if [self.rep(a), self.rep_of(limit), self.rep_of(step)].contains(&Rep::Num) {
            self.branch(no);
            self.close(no);
            return true;
        }
        self.ints_or(&[R(a), limit, step], no);
        self.known_int(R(a));
        self.known_int(step);
        self.sink().i32_add().local_tee(next);
        // It has not wrapped around.
        if let Operand::Int(step) = step {
            self.known_int(R(a));
            if step < 0 {
                self.sink().i32_gt_s();
            } else {
                self.sink().i32_lt_s();
            }
        } else {
            self.known_int(R(a));
            self.sink().i32_lt_s();
            self.known_int(step);
            self.sink().i32_const(0).i32_lt_s().i32_ne();
        }
        self.seldom(no);
        self.sink().local_get(next);
        self.known_int(limit);
        self.sink().i32_ge_s();
        self.seldom(no);
        let often = self.unit.often(op, every);
        match sum {
            None => self.passes(op, often),
            Some((sum, term)) => {
                self.polls(op, often);
                self.sum(sum, term, no);
                self.counts(op, often);
            }
        }
        self.sink().local_get(next);
        self.set_int(a);
        self.jump(op, to);
        self.close(no);
        self.state = before;
        if self.is_peeled() { self.leaves(op) } else { true }
    }

    /// `sum += term` where both are numbers; otherwise goes to `no`.
    pub(super) fn sum(&mut self, sum: Reg, term: Reg, no: Target) {
        let reps = [self.rep(sum), self.rep(term)];
        if reps == [Rep::Int; 2] {
            self.sum_of_ints(Arithmetic::Add, R(sum), R(term), no);
            return self.set_int(sum);
        }
        if reps.contains(&Rep::Num) {
            self.floats(Arithmetic::Add, R(sum), R(term), no);
            return self.set_number(sum);
        }
        let done = self.open();
        let floats = self.open();
        self.ints_or(&[R(sum), R(term)], floats);
        self.sum_of_ints(Arithmetic::Add, R(sum), R(term), no);
        self.value_of_int();
        self.store_value(sum);
        self.branch(done);
        self.close(floats);
        self.floats(Arithmetic::Add, R(sum), R(term), no);
        let number = self.temporary(ValType::F64, 0);
        self.sink().local_set(number);
        self.value_of_number(number);
        self.store_value(sum);
        self.close(done);
        self.set_rep(sum, Rep::Any);
    }
}
