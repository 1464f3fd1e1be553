//! Integers, and what is like them.

use super::body::{Body, Rep, Target};
use super::numbers::{Arithmetic, Operand};
use crate::heap::Value;
use crate::vm::op::Reg;
use wasm_encoder::{BlockType, ValType};

use Operand::Register as R;

impl Body<'_> {
    pub(super) fn bits(
        &mut self,
        op: u32,
        dst: Reg,
        a: Operand,
        b: Operand,
        with: impl FnOnce(&mut Self),
    ) {
        self.keep_unless_int(a);
        self.keep_unless_int(b);
        self.checked(op, |body, no| {
            body.ints_or(&[a, b], no);
            body.known_int(a);
            body.known_int(b);
            with(body);
            body.set_int(dst);
        });
    }

    /// An operator of the assembler over two integers, which wraps, or two floats.
    pub(super) fn wrapping(&mut self, op: u32, with: Arithmetic, dst: Reg, a: Operand, b: Operand) {
        let ints = |body: &mut Self| {
            body.known_int(a);
            body.known_int(b);
            match with {
                Arithmetic::Add => body.sink().i32_add(),
                Arithmetic::Sub => body.sink().i32_sub(),
                Arithmetic::Mul => body.sink().i32_mul(),
            };
        };
        if self.rep_of(a) == Rep::Int && self.rep_of(b) == Rep::Int {
            ints(self);
            return self.set_int(dst);
        }
        let (Operand::Register(x), Operand::Register(y)) = (a, b) else {
            self.keep_unless_int(a);
            self.keep_unless_int(b);
            return self.checked(op, |body, no| {
                body.ints_or(&[a, b], no);
                ints(body);
                body.set_int(dst);
            });
        };
        self.keep_value(x);
        self.keep_value(y);
        self.checked(op, |body, no| {
            let done = body.open();
            let floats = body.open();
            body.ints_or(&[a, b], floats);
            ints(body);
            body.value_of_int();
            body.store_value(dst);
            body.branch(done);
            body.close(floats);
            let float = Value::reference(0).bits() as i64;
            for register in [x, y] {
                body.value(register);
                body.sink().i64_const(float).i64_ge_u();
                body.seldom(no);
            }
            for register in [x, y] {
                body.value(register);
                body.sink().f64_reinterpret_i64();
            }
            match with {
                Arithmetic::Add => body.sink().f64_add(),
                Arithmetic::Sub => body.sink().f64_sub(),
                Arithmetic::Mul => body.sink().f64_mul(),
            };
            body.sink().i64_reinterpret_f64();
            body.store_value(dst);
            body.close(done);
            body.set_rep(dst, Rep::Any);
        });
    }

    /// By a constant that is neither 0 nor -1. -0 and floats are left to the interpreter.
    pub(super) fn remainder(&mut self, op: u32, dst: Reg, a: Reg, value: i32) {
        if self.unit.wide.contains(&op) {
            return self.helped(op, false, &[a], Some(dst));
        }
        self.keep_unless_int(R(a));
        self.checked(op, |body, no| {
            body.ints_or(&[R(a)], no);
            let rest = body.temporary(ValType::I32, 0);
            body.known_int(R(a));
            body.sink().i32_const(value).i32_rem_s().local_tee(rest).i32_eqz();
            let is_zero = body.open_if(BlockType::Empty);
            body.known_int(R(a));
            body.sink().i32_const(0).i32_lt_s();
            body.seldom(no);
            body.close(is_zero);
            body.sink().local_get(rest);
            body.set_int(dst);
        });
    }

    /// The lower 32 bits of a number.
    pub(super) fn truncated(&mut self, op: u32, dst: Reg, a: Reg) {
        if self.rep(a) == Rep::Int {
            return self.copy(dst, a);
        }
        self.checked(op, |body, no| {
            let int = body.temporary(ValType::I32, 0);
            let number = body.temporary(ValType::F64, 0);
            let to_int = body.layout().to_int;
            body.number_or(R(a), no);
            let mut sink = body.sink();
            sink.local_tee(number).i32_trunc_sat_f64_s().local_tee(int).f64_convert_i32_s();
            sink.local_get(number).f64_trunc().f64_ne();
            let is_large = body.open_if(BlockType::Empty);
            body.sink().local_get(number).call(to_int).local_set(int);
            body.close(is_large);
            body.sink().local_get(int);
            body.set_int(dst);
        });
    }

    /// Whether a bool is true, as a number on the stack; goes to `no` if it is none.
    pub(super) fn is_true(&mut self, a: Reg, no: Target) {
        let truth = self.temporary(ValType::I64, 1);
        self.value(a);
        let mut sink = self.sink();
        sink.local_tee(truth).i64_const(-2).i64_and();
        sink.i64_const(Value::FALSE.bits() as i64).i64_ne();
        self.seldom(no);
        self.sink().local_get(truth).i32_wrap_i64().i32_const(1).i32_and();
    }

    /// The bool of a number on the stack.
    pub(super) fn bool(&mut self) {
        self.sink().i64_extend_i32_u().i64_const(Value::FALSE.bits() as i64).i64_or();
    }

    /// A shift that takes the integer for one without a sign.
    pub(super) fn unsigned(&mut self, op: u32, dst: Reg, a: Reg, b: Reg) {
        let is_wide = self.unit.wide.contains(&op);
        self.keep_unless_int(R(a));
        self.keep_unless_int(R(b));
        self.checked(op, |body, no| {
            body.ints_or(&[R(a), R(b)], no);
            body.known_int(R(a));
            body.known_int(R(b));
            body.sink().i32_shr_u();
            if is_wide {
                body.sink().f64_convert_i32_u();
                return body.set_number(dst);
            }
            let int = body.temporary(ValType::I32, 0);
            body.sink().local_tee(int).i32_const(0).i32_lt_s();
            body.seldom(no);
            body.sink().local_get(int);
            body.set_int(dst);
        });
    }

    /// The remainder of two integers that are not negative here, of others by the machine.
    pub(super) fn remainder_of(&mut self, op: u32, dst: Reg, a: Reg, b: Reg) {
        self.keep_unless_int(R(a));
        self.keep_unless_int(R(b));
        self.done_or_helped(op, false, &[a, b], dst, |body, others| {
            body.ints_or(&[R(a), R(b)], others);
            body.known_int(R(a));
            body.sink().i32_const(0).i32_lt_s();
            body.branch_if(others);
            body.known_int(R(b));
            body.sink().i32_const(0).i32_le_s();
            body.branch_if(others);
            body.known_int(R(a));
            body.known_int(R(b));
            body.sink().i32_rem_u();
            body.value_of_int();
            body.store_value(dst);
        });
    }

    /// Whether a condition takes a value for true.
    pub(super) fn truth(&mut self, op: u32, dst: Reg, a: Reg) {
        match self.rep(a) {
            Rep::Int => {
                self.known_int(R(a));
                self.sink().i32_const(0).i32_ne();
                self.bool();
                return self.set_value(dst);
            }
            Rep::Num => {
                let number = self.number_local(a);
                let mut sink = self.sink();
                sink.local_get(number).f64_const(0.0.into()).f64_ne();
                sink.local_get(number).local_get(number).f64_eq().i32_and();
                self.bool();
                return self.set_value(dst);
            }
            Rep::Any | Rep::Unset => {}
        }
        let before = self.state.clone();
        let value = self.temporary(ValType::I64, 1);
        let done = self.open();
        self.value(a);
        self.sink().local_set(value);
        // A bool is itself, null and undefined are not true.
        for (kind, constant) in [(Value::FALSE, None), (Value::NULL, Some(Value::FALSE))] {
            let other = self.open();
            let mut sink = self.sink();
            sink.local_get(value).i64_const(-2).i64_and().i64_const(kind.bits() as i64).i64_ne();
            self.branch_if(other);
            match constant {
                Some(constant) => self.sink().i64_const(constant.bits() as i64),
                None => self.sink().local_get(value),
            };
            self.store_value(dst);
            self.branch(done);
            self.close(other);
        }
        let other = self.open();
        self.ints_or(&[R(a)], other);
        self.known_int(R(a));
        self.sink().i32_const(0).i32_ne();
        self.bool();
        self.store_value(dst);
        self.branch(done);
        self.close(other);
        self.state = before;
        self.helped(op, false, &[a], Some(dst));
        self.close(done);
    }
}
