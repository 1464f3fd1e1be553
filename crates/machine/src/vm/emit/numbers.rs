//! Numbers: operands that are looked at, arithmetic, comparisons.

use super::body::{BASE, Body, Rep, Target};
use crate::heap::Value;
use crate::vm::op::{Comparison, Reg};
use wasm_encoder::{BlockType, ValType};

/// An operand: a register, or an integer that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operand {
    Register(Reg),
    Int(i32),
}

/// An operator over numbers as JavaScript has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arithmetic {
    Add,
    Sub,
    Mul,
}

const INT: i64 = Value::int(0).bits() as i64;
const REFERENCE: i64 = Value::reference(0).bits() as i64;

impl Body<'_> {
    pub(super) fn rep_of(&self, operand: Operand) -> Rep {
        match operand {
            Operand::Register(register) => self.rep(register),
            Operand::Int(_) => Rep::Int,
        }
    }

    /// Puts an operand's value on the stack.
    pub(super) fn value_of(&mut self, operand: Operand) {
        match operand {
            Operand::Register(register) => self.value(register),
            Operand::Int(int) => {
                self.sink().i64_const(Value::int(int).bits() as i64);
            }
        }
    }

    /// Puts an operand that is an integer for certain on the stack.
    pub(super) fn known_int(&mut self, operand: Operand) {
        match operand {
            Operand::Int(int) => {
                self.sink().i32_const(int);
            }
            Operand::Register(register) => match self.rep(register) {
                Rep::Int => {
                    let int = self.int_local(register);
                    self.sink().local_get(int);
                }
                // The caller has looked.
                Rep::Any | Rep::Unset => {
                    let value = self.value_local(register);
                    self.sink().local_get(value).i32_wrap_i64();
                }
                Rep::Num => {
                    unreachable!("a number is kept as a value before it is taken for an integer")
                }
            },
        }
    }

    /// From now on a register that is not known to be an integer is a value, which is looked at more than once.
    pub(super) fn keep_unless_int(&mut self, operand: Operand) {
        if let Operand::Register(register) = operand
            && self.rep(register) == Rep::Num
        {
            self.keep_value(register);
        }
    }

    /// Whether the operands that are not known to be integers are, as a condition on the stack; `false`: all are known.
    fn are_ints(&mut self, operands: &[Operand]) -> bool {
        let mut any = false;
        for operand in operands {
            if self.rep_of(*operand) == Rep::Int {
                continue;
            }
            self.value_of(*operand);
            if any {
                self.sink().i64_and();
            }
            any = true;
        }
        if any {
            self.sink().i64_const(INT).i64_ge_u();
        }
        any
    }

    /// Goes to `no` if an operand is no integer.
    pub(super) fn ints_or(&mut self, operands: &[Operand], no: Target) {
        if self.are_ints(operands) {
            self.sink().i32_eqz();
            self.seldom(no);
        }
    }

    /// Puts an operand on the stack as a float; goes to `no` if it is no number.
    pub(super) fn number_or(&mut self, operand: Operand, no: Target) {
        match operand {
            Operand::Int(int) => {
                self.sink().f64_const(f64::from(int).into());
            }
            Operand::Register(register) => match self.rep(register) {
                Rep::Int => {
                    let int = self.int_local(register);
                    self.sink().local_get(int).f64_convert_i32_s();
                }
                Rep::Num => {
                    let number = self.number_local(register);
                    self.sink().local_get(number);
                }
                Rep::Any | Rep::Unset => {
                    let value = self.value_local(register);
                    self.sink().local_get(value).i64_const(REFERENCE).i64_lt_u();
                    let is_float = self.open_if(BlockType::Result(ValType::F64));
                    self.sink().local_get(value).f64_reinterpret_i64();
                    self.otherwise();
                    self.sink().local_get(value).i64_const(INT).i64_lt_u();
                    self.seldom(no);
                    self.sink().local_get(value).i32_wrap_i64().f64_convert_i32_s();
                    self.close(is_float);
                }
            },
        }
    }

    /// `dst = a operator b`.
    pub(super) fn arithmetic(
        &mut self,
        op: u32,
        with: Arithmetic,
        dst: Reg,
        a: Operand,
        b: Operand,
    ) {
        let reps = [self.rep_of(a), self.rep_of(b)];
        let is_wide = self.unit.wide.contains(&op);
        if reps.contains(&Rep::Num) || is_wide || (with == Arithmetic::Mul && reps == [Rep::Any; 2])
        {
            return self.checked(op, |body, no| {
                body.floats(with, a, b, no);
                body.set_number(dst);
            });
        }
        if reps == [Rep::Int; 2] {
            return self.checked(op, |body, no| {
                body.sum_of_ints(with, a, b, no);
                body.set_int(dst);
            });
        }
        // Two integers give one, mostly; otherwise both are floats.
        self.checked(op, |body, no| {
            let done = body.open();
            let floats = body.open();
            body.ints_or(&[a, b], floats);
            body.sum_of_ints(with, a, b, floats);
            body.value_of_int();
            body.store_value(dst);
            body.branch(done);
            body.close(floats);
            body.floats(with, a, b, no);
            let number = body.temporary(ValType::F64, 0);
            body.sink().local_set(number);
            body.value_of_number(number);
            body.store_value(dst);
            body.close(done);
            body.set_rep(dst, Rep::Any);
        });
    }

    /// Sets the local for values of a register, whose form the caller sets.
    pub(super) fn store_value(&mut self, register: Reg) {
        let local = self.value_local(register);
        self.sink().local_set(local);
    }

    /// The float result of an operator.
    pub(super) fn floats(&mut self, with: Arithmetic, a: Operand, b: Operand, no: Target) {
        self.number_or(a, no);
        self.number_or(b, no);
        match with {
            Arithmetic::Add => self.sink().f64_add(),
            Arithmetic::Sub => self.sink().f64_sub(),
            Arithmetic::Mul => self.sink().f64_mul(),
        };
    }

    /// The result of an operator over two integers that is one; otherwise goes to `no`.
    pub(super) fn sum_of_ints(&mut self, with: Arithmetic, a: Operand, b: Operand, no: Target) {
        let long = self.temporary(ValType::I64, 0);
        let int = self.temporary(ValType::I32, 0);
        self.known_int(a);
        self.sink().i64_extend_i32_s();
        self.known_int(b);
        self.sink().i64_extend_i32_s();
        let mut sink = self.sink();
        match with {
            Arithmetic::Add => sink.i64_add(),
            Arithmetic::Sub => sink.i64_sub(),
            Arithmetic::Mul => sink.i64_mul(),
        };
        sink.local_tee(long).i32_wrap_i64().local_tee(int);
        sink.i64_extend_i32_s().local_get(long).i64_ne();
        self.seldom(no);
        if with == Arithmetic::Mul {
            // A product of 0 with a negative number is -0.
            self.sink().local_get(int).i32_eqz();
            let is_zero = self.open_if(BlockType::Empty);
            self.known_int(a);
            self.known_int(b);
            self.sink().i32_or().i32_const(0).i32_lt_s();
            self.seldom(no);
            self.close(is_zero);
        }
        self.sink().local_get(int);
    }

    /// Code of an operation that may find what only the interpreter does: it goes to the target, and leaves there as
    /// before the operation.
    pub(super) fn checked(&mut self, op: u32, code: impl FnOnce(&mut Self, Target)) {
        let before = self.state.clone();
        let done = self.open();
        let no = self.open();
        code(self, no);
        let after = self.state.clone();
        self.branch(done);
        self.close(no);
        self.state = before;
        self.exit(op);
        self.close(done);
        self.state = after;
    }

    /// Whether a comparison of two operands holds, as a number on the stack. Goes to `no` if they are no numbers and
    /// cannot be compared here.
    pub(super) fn compare(
        &mut self,
        op: u32,
        with: Comparison,
        a: Operand,
        b: Operand,
        no: Target,
    ) {
        let reps = [self.rep_of(a), self.rep_of(b)];
        if reps == [Rep::Int; 2] {
            self.known_int(a);
            self.known_int(b);
            return self.holds_of_ints(with);
        }
        let holds = self.temporary(ValType::I32, 0);
        let done = self.open();
        if !reps.contains(&Rep::Num) {
            let others = self.open();
            self.ints_or(&[a, b], others);
            self.known_int(a);
            self.known_int(b);
            self.holds_of_ints(with);
            self.sink().local_set(holds);
            self.branch(done);
            self.close(others);
        }
        let values = self.open();
        self.number_or(a, values);
        let number = self.temporary(ValType::F64, 0);
        self.sink().local_set(number);
        self.number_or(b, values);
        let other = self.temporary(ValType::F64, 1);
        self.sink().local_set(other).local_get(number).local_get(other);
        self.holds_of_floats(with);
        self.sink().local_set(holds);
        self.branch(done);
        self.close(values);
        // What is no number.
        let (left, right) = (self.temporary(ValType::I64, 0), self.temporary(ValType::I64, 1));
        self.value_of(a);
        self.sink().local_set(left);
        self.value_of(b);
        self.sink().local_set(right);
        if matches!(with, Comparison::Eq | Comparison::Ne) {
            // Of two references both may lead to strings, which are equal by what they hold.
            let equal = i32::from(with == Comparison::Eq);
            self.sink().local_get(left).local_get(right).i64_eq().local_tee(holds);
            self.sink().i32_const(1 - equal).i32_xor().local_set(holds);
            self.sink().local_get(left).local_get(right).i64_eq();
            self.branch_if(done);
            for value in [left, right] {
                self.is_reference(value);
                self.sink().i32_eqz();
                self.branch_if(done);
            }
        }
        let compare = self.layout().compare;
        let mut sink = self.sink();
        sink.i32_const(op as i32).i32_const(with as i32).local_get(left).local_get(right);
        sink.local_get(BASE).call(compare).local_tee(holds).i32_const(2).i32_eq();
        self.seldom(no);
        self.close(done);
        self.sink().local_get(holds);
    }

    fn holds_of_ints(&mut self, with: Comparison) {
        use Comparison::*;
        let mut sink = self.sink();
        match with {
            Lt | NotGe => sink.i32_lt_s(),
            Le | NotGt => sink.i32_le_s(),
            Gt | NotLe => sink.i32_gt_s(),
            Ge | NotLt => sink.i32_ge_s(),
            Eq => sink.i32_eq(),
            Ne => sink.i32_ne(),
        };
    }

    fn holds_of_floats(&mut self, with: Comparison) {
        use Comparison::*;
        let mut sink = self.sink();
        match with {
            Lt | NotLt => sink.f64_lt(),
            Le | NotLe => sink.f64_le(),
            Gt | NotGt => sink.f64_gt(),
            Ge | NotGe => sink.f64_ge(),
            Eq => sink.f64_eq(),
            Ne => sink.f64_ne(),
        };
        if matches!(with, NotLt | NotLe | NotGt | NotGe) {
            sink.i32_eqz();
        }
    }
}
