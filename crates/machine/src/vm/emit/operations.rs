//! The code of each operation.

use super::body::{Body, Rep};
use super::flow::near;
use super::numbers::{Arithmetic, Operand};
use crate::heap::Value;
use crate::vm::js::JsOperator;
use crate::vm::op::{Explicit, Op, Reg};

use Operand::Register as R;

impl Body<'_> {
    /// Emits an operation. `false`: no way leads behind it.
    pub(super) fn operation(&mut self, op: u32) -> bool {
        use Arithmetic::{Add, Mul, Sub};
        let operation = self.unit.code.ops()[op as usize];
        if let Some((with, a, b, back, to)) = operation.comparing() {
            return self.comparing(op, with, R(a), b.map_or_else(Operand::Int, R), back, to);
        }
        match operation {
            Op::Enter { from, to } => {
                for register in from..to {
                    self.sink().i64_const(Value::NULL.bits() as i64);
                    self.set_value(register);
                }
            }
            Op::Move { dst, a } => self.copy(dst, a),
            Op::Swap { a, b } => {
                self.keep_value(a);
                self.keep_value(b);
                self.value(a);
                self.value(b);
                self.set_value(a);
                self.set_value(b);
            }
            Op::Int { dst, value } => {
                self.sink().i32_const(value);
                self.set_int(dst);
            }
            Op::Const { dst, index } => self.constant(dst, index),
            Op::GlobalLoad { dst, index } => {
                let globals = self.layout().globals;
                self.sink().global_get(globals);
                self.load(u32::from(index) * 8);
                self.set_value(dst);
            }
            Op::GlobalStore { index, a } => {
                let globals = self.layout().globals;
                self.sink().global_get(globals);
                self.store(u32::from(index) * 8, a);
            }

            Op::Add { dst, a, b } => self.wrapping(op, Add, dst, R(a), R(b)),
            Op::Sub { dst, a, b } => self.wrapping(op, Sub, dst, R(a), R(b)),
            Op::Mul { dst, a, b } => self.wrapping(op, Mul, dst, R(a), R(b)),
            Op::AddInt { dst, a, value } => self.wrapping(op, Add, dst, R(a), Operand::Int(value)),
            Op::SubInt { dst, a, value } => self.wrapping(op, Sub, dst, R(a), Operand::Int(value)),
            Op::MulInt { dst, a, value } => self.wrapping(op, Mul, dst, R(a), Operand::Int(value)),
            Op::DivInt { dst, a, value } => self.bits(op, dst, R(a), Operand::Int(value), |body| {
                body.sink().i32_div_s();
            }),
            Op::RemInt { dst, a, value } => self.bits(op, dst, R(a), Operand::Int(value), |body| {
                body.sink().i32_rem_s();
            }),
            Op::And { dst, a, b } => self.bits(op, dst, R(a), R(b), |body| {
                body.sink().i32_and();
            }),
            Op::Or { dst, a, b } => self.bits(op, dst, R(a), R(b), |body| {
                body.sink().i32_or();
            }),
            Op::Xor { dst, a, b } => self.bits(op, dst, R(a), R(b), |body| {
                body.sink().i32_xor();
            }),
            Op::Shl { dst, a, b } => self.bits(op, dst, R(a), R(b), |body| {
                body.sink().i32_shl();
            }),
            Op::Shr { dst, a, b } => self.bits(op, dst, R(a), R(b), |body| {
                body.sink().i32_shr_s();
            }),
            Op::AndInt { dst, a, value } => self.bits(op, dst, R(a), Operand::Int(value), |body| {
                body.sink().i32_and();
            }),
            Op::ShlInt { dst, a, value } => self.bits(op, dst, R(a), Operand::Int(value), |body| {
                body.sink().i32_shl();
            }),
            Op::ShrInt { dst, a, value } => self.bits(op, dst, R(a), Operand::Int(value), |body| {
                body.sink().i32_shr_s();
            }),
            Op::Not { dst, a } => self.checked(op, |body, no| {
                body.is_true(a, no);
                body.sink().i32_eqz();
                body.bool();
                body.set_value(dst);
            }),
            Op::Compare { with, dst, a, b } => self.checked(op, |body, no| {
                body.compare(op, with, R(a), R(b), no);
                body.bool();
                body.set_value(dst);
            }),

            Op::JsAdd { dst, a, b } => self.arithmetic(op, Add, dst, R(a), R(b)),
            Op::JsAddInt { dst, a, value } => {
                self.arithmetic(op, Add, dst, R(a), Operand::Int(value));
            }
            Op::JsSub { dst, a, b } => self.arithmetic(op, Sub, dst, R(a), R(b)),
            Op::JsMul { dst, a, b } => self.arithmetic(op, Mul, dst, R(a), R(b)),
            Op::JsMulInt { dst, a, value } => {
                self.arithmetic(op, Mul, dst, R(a), Operand::Int(value));
            }
            Op::JsDiv { dst, a, b } => self.checked(op, |body, no| {
                body.number_or(R(a), no);
                body.number_or(R(b), no);
                body.sink().f64_div();
                body.set_number(dst);
            }),
            Op::JsRemInt { dst, a, value } => self.remainder(op, dst, a, value),
            Op::JsInt { dst, a } => self.truncated(op, dst, a),
            Op::JsFloor { dst, a } => match self.rep(a) {
                Rep::Int => self.copy(dst, a),
                _ => self.checked(op, |body, no| {
                    body.number_or(R(a), no);
                    body.sink().f64_floor();
                    body.set_number(dst);
                }),
            },
            Op::Js { with: JsOperator::Sqrt, dst, a, .. } => self.checked(op, |body, no| {
                body.number_or(R(a), no);
                body.sink().f64_sqrt();
                body.set_number(dst);
            }),
            Op::Js { with: JsOperator::Neg, dst, a, .. } => self.checked(op, |body, no| {
                body.number_or(R(a), no);
                body.sink().f64_neg();
                body.set_number(dst);
            }),
            Op::Js { with: JsOperator::Ushr, dst, a, b, .. } => self.unsigned(op, dst, a, b),
            Op::Js { with: JsOperator::True, dst, a, .. } => self.truth(op, dst, a),
            Op::Js { with: JsOperator::Throw, .. } => return self.leaves(op),
            Op::Js { with: JsOperator::Text, poll, dst, a, .. } => self.text(op, poll, dst, a),
            Op::Js { with: JsOperator::ListPush, poll, shape, dst, a, b, .. } => {
                self.push(op, poll, shape, dst, a, b);
            }
            Op::Js { poll, dst, a, b, c, .. } => self.helped(op, poll, &[a, b, c], Some(dst)),
            Op::JsRem { dst, a, b } => self.remainder_of(op, dst, a, b),
            Op::Div { dst, a, b } | Op::Rem { dst, a, b } => {
                self.helped(op, false, &[a, b], Some(dst));
            }
            Op::Neg { dst, a } | Op::ToInt { dst, a } | Op::ToFloat { dst, a } => {
                self.helped(op, false, &[a], Some(dst));
            }
            Op::ListGet { shape, dst, a, b } => {
                self.keep_unless_int(R(b));
                self.checked(op, |body, no| {
                    body.element(shape, a, b, no);
                    body.load(8);
                    body.set_value(dst);
                });
            }
            Op::ListSet { shape, a, b, c } => {
                self.keep_unless_int(R(b));
                self.checked(op, |body, no| {
                    body.element(shape, a, b, no);
                    body.store(8, c);
                });
            }

            Op::Jump { to } => return self.jump(op, to),
            Op::Back { to } => return self.back(op, 1, to),
            Op::BackEvery { every, to } => return self.back(op, every, to),
            Op::BackUnpolled { to } => return self.back(op, 0, to),
            Op::If { a, to } => return self.branch_on(op, true, a, None, to),
            Op::IfNot { a, to } => return self.branch_on(op, false, a, None, to),
            Op::BackIf { a, to } => return self.branch_on(op, true, a, Some(1), to),
            Op::BackIfNot { a, to } => {
                return self.branch_on(op, false, a, Some(1), to);
            }
            Op::Turn { step, a, b, every, to } => {
                return self.turn(op, None, Operand::Int(step.into()), a, R(b), every, near(to));
            }
            Op::TurnInt { step, a, value, every, to } => {
                let limit = Operand::Int(value);
                return self.turn(op, None, Operand::Int(step.into()), a, limit, every, near(to));
            }
            Op::TurnBy { by, a, b, every, to } => {
                return self.turn(op, None, R(by), a, R(b), every, near(to));
            }
            Op::SumTurn { step, sum, term, a, b, every, to } => {
                let sum = Some((sum, term));
                return self.turn(op, sum, Operand::Int(step.into()), a, R(b), every, near(to));
            }
            Op::SumTurnConst { step, sum, term, a, index, every, to } => {
                let limit = self.unit.constants[usize::from(index)];
                let (sum, limit) = (Some((sum, term)), Operand::Int(limit.low_int()));
                return self.turn(op, sum, Operand::Int(step.into()), a, limit, every, near(to));
            }

            // The operations behind it do the same.
            Op::Scan { .. } | Op::ScanFirst | Op::FillTurn | Op::AddCall | Op::ListSwap => {}
            Op::Call { window, to, need } => self.call(op, true, window, need, to),
            Op::CallUnpolled { recursive, window, to, need } => {
                // Without a recursion no call is endless.
                if recursive {
                    self.unpolled_call(op);
                }
                self.call(op, false, window, need, to);
            }
            Op::Ret { a, adjust } => {
                self.value(a);
                self.give_back(adjust);
                return false;
            }
            Op::RetConst { index, adjust } => {
                self.constant_value(index);
                self.give_back(adjust);
                return false;
            }

            Op::New { poll, dst, shape, fields } => {
                if poll {
                    self.poll(op);
                }
                self.new_object(op, dst, shape, fields);
                if poll {
                    self.count(op);
                }
            }
            Op::Get { dst, a, shape, field } => self.checked(op, |body, no| {
                body.object(shape, a, no);
                body.load(8 * (1 + u32::from(field)));
                body.set_value(dst);
            }),
            Op::Set { a, b, shape, field } => self.checked(op, |body, no| {
                body.object(shape, a, no);
                body.store(8 * (1 + u32::from(field)), b);
            }),
            Op::ArrayLoad { dst, a, b } => {
                self.keep_unless_int(R(b));
                self.checked(op, |body, no| {
                    body.array_element(a, b, no);
                    body.load(8);
                    body.set_value(dst);
                });
            }
            Op::ArrayStore { a, b, c } => {
                self.keep_unless_int(R(b));
                self.checked(op, |body, no| {
                    body.array_element(a, b, no);
                    body.store(8, c);
                });
            }
            Op::NewArray { poll, dst, a } | Op::ToStr { poll, dst, a } => {
                self.helped(op, poll, &[a], Some(dst));
            }
            Op::Len { dst, a } => self.helped(op, false, &[a], Some(dst)),
            Op::Concat { poll, dst, a, b } => self.helped(op, poll, &[a, b], Some(dst)),
            Op::Explicit { what: Explicit::Poll, .. } => {
                self.poll(op);
                self.count(op);
            }
            _ => return self.leaves(op),
        }
        true
    }

    /// The interpreter does the operation.
    pub(super) fn leaves(&mut self, op: u32) -> bool {
        self.exit(op);
        self.sink().unreachable();
        false
    }

    pub(super) fn copy(&mut self, dst: Reg, a: Reg) {
        match self.rep(a) {
            Rep::Int => {
                self.known_int(R(a));
                self.set_int(dst);
            }
            Rep::Num => {
                let number = self.number_local(a);
                self.sink().local_get(number);
                self.set_number(dst);
            }
            Rep::Any | Rep::Unset => {
                self.value(a);
                self.set_value(dst);
            }
        }
    }
}
