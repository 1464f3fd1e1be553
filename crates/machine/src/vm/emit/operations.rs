//! The code of each operation.

use super::body::Piece;
use super::body::{BASE, Body, FRAMES, REGS, Rep, at, at32};
use super::flow::{near, target};
use super::numbers::{Arithmetic, Operand};
use super::{Layout, cell};
use crate::heap::{Header, ObjectKind, Value};
use crate::vm::js::JsOperator;
use crate::vm::list::{ITEMS, LENGTH};
use crate::vm::op::{Comparison, Explicit, Jump, Op, Reg};
use crate::vm::store::OVER;
use safepoint::PollWord;
use wasm_encoder::{BlockType, ValType};

use Operand::Register as R;

/// How a back-edge polls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Polls {
    Never,
    Always,
    Every(u16),
}

impl Polls {
    fn of(every: u16) -> Self {
        match every {
            0 => Self::Never,
            1 => Self::Always,
            every => Self::Every(every),
        }
    }
}

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
                let address = self.layout().globals + u32::from(index) * 8;
                self.sink().i32_const(0);
                self.load(address);
                self.set_value(dst);
            }
            Op::GlobalStore { index, a } => {
                let address = self.layout().globals + u32::from(index) * 8;
                self.sink().i32_const(0);
                self.store(address, a);
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
            Op::JsInt { dst, a } => self.to_int(op, dst, a),
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
            Op::Js { with: JsOperator::Throw, .. } => return self.leaves(op),
            Op::Js { poll, dst, a, b, c, .. } => self.helped(op, poll, &[a, b, c], Some(dst)),
            Op::JsRem { dst, a, b } | Op::Div { dst, a, b } | Op::Rem { dst, a, b } => {
                self.helped(op, false, &[a, b], Some(dst));
            }
            Op::Neg { dst, a } | Op::ToInt { dst, a } | Op::ToFloat { dst, a } => {
                self.helped(op, false, &[a], Some(dst));
            }
            Op::ListGet { shape, dst, a, b } => {
                self.keep_unless_int(R(b));
                self.checked(op, |body, no| {
                    body.element(shape, a, b, no);
                    let words = body.layout().words;
                    body.load(words + 8);
                    body.set_value(dst);
                });
            }
            Op::ListSet { shape, a, b, c } => {
                self.keep_unless_int(R(b));
                self.checked(op, |body, no| {
                    body.element(shape, a, b, no);
                    let words = body.layout().words;
                    body.store(words + 8, c);
                });
            }

            Op::Jump { to } => return self.jump(op, to),
            Op::Back { to } => return self.back(op, Polls::Always, to),
            Op::BackEvery { every, to } => return self.back(op, Polls::of(every), to),
            Op::BackUnpolled { to } => return self.back(op, Polls::Never, to),
            Op::If { a, to } => return self.branch_on(op, true, a, None, to),
            Op::IfNot { a, to } => return self.branch_on(op, false, a, None, to),
            Op::BackIf { a, to } => return self.branch_on(op, true, a, Some(Polls::Always), to),
            Op::BackIfNot { a, to } => {
                return self.branch_on(op, false, a, Some(Polls::Always), to);
            }
            Op::Turn { step, a, b, every, to } => {
                self.turn(op, None, Operand::Int(step.into()), a, R(b), every, near(to));
            }
            Op::TurnInt { step, a, value, every, to } => {
                let limit = Operand::Int(value);
                self.turn(op, None, Operand::Int(step.into()), a, limit, every, near(to));
            }
            Op::TurnBy { by, a, b, every, to } => {
                self.turn(op, None, R(by), a, R(b), every, near(to));
            }
            Op::SumTurn { step, sum, term, a, b, every, to } => {
                let sum = Some((sum, term));
                self.turn(op, sum, Operand::Int(step.into()), a, R(b), every, near(to));
            }
            Op::SumTurnConst { step, sum, term, a, index, every, to } => {
                let limit = self.unit.constants[usize::from(index)];
                let (sum, limit) = (Some((sum, term)), Operand::Int(limit.low_int()));
                self.turn(op, sum, Operand::Int(step.into()), a, limit, every, near(to));
            }

            Op::Call { window, to, need } => self.call(op, true, window, need, to),
            Op::CallUnpolled { recursive, window, to, need } => {
                // Without a recursion no call is endless.
                if recursive {
                    self.unpolled(op);
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
                let header = Header::new(ObjectKind::Object, shape, fields.into());
                self.checked(op, |body, no| {
                    let object = body.temporary(ValType::I32, 0);
                    let new = body.layout().new;
                    let mut sink = body.sink();
                    sink.i64_const(header.bits() as i64).call(new).local_tee(object).i32_eqz();
                    body.branch_if(no);
                    body.sink().local_get(object).i64_extend_i32_u();
                    body.sink().i64_const(Value::reference(0).bits() as i64).i64_or();
                    body.set_value(dst);
                });
                if poll {
                    self.count(op);
                }
            }
            Op::Get { dst, a, shape, field } => self.checked(op, |body, no| {
                body.object(shape, a, no);
                let words = body.layout().words;
                body.load(words + 8 * (1 + u32::from(field)));
                body.set_value(dst);
            }),
            Op::Set { a, b, shape, field } => self.checked(op, |body, no| {
                body.object(shape, a, no);
                let words = body.layout().words;
                body.store(words + 8 * (1 + u32::from(field)), b);
            }),
            Op::ArrayLoad { dst, a, b } => {
                self.keep_unless_int(R(b));
                self.checked(op, |body, no| {
                    body.array_element(a, b, no);
                    let words = body.layout().words;
                    body.load(words + 8);
                    body.set_value(dst);
                });
            }
            Op::ArrayStore { a, b, c } => {
                self.keep_unless_int(R(b));
                self.checked(op, |body, no| {
                    body.array_element(a, b, no);
                    let words = body.layout().words;
                    body.store(words + 8, c);
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
    fn leaves(&mut self, op: u32) -> bool {
        self.exit(op);
        self.sink().unreachable();
        false
    }

    fn copy(&mut self, dst: Reg, a: Reg) {
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

    // Constants, the heap.

    fn constant(&mut self, dst: Reg, index: u32) {
        let value = self.unit.constants[index as usize];
        // A float that is a whole number is one for the assembler's operators.
        if value.is_float() && crate::vm::js::computed(value.as_float()) == value {
            self.sink().f64_const(value.as_float().into());
            self.set_number(dst);
        } else {
            self.constant_value(index);
            self.set_value(dst);
        }
    }

    fn constant_value(&mut self, index: u32) {
        if self.unit.strings.contains(&index) {
            let address = self.layout().constants + index * 8;
            self.sink().i32_const(0).i64_load(at(address));
        } else {
            let value = self.unit.constants[index as usize];
            self.sink().i64_const(value.bits() as i64);
        }
    }

    /// Loads what other tasks may write meanwhile. The offset is on the stack.
    fn load(&mut self, address: u32) {
        if self.layout().plain {
            self.sink().i64_load(at(address));
        } else {
            self.sink().i64_atomic_load(at(address));
        }
    }

    /// Stores a register where other tasks may read it. The offset is on the stack.
    fn store(&mut self, address: u32, register: Reg) {
        if self.rep(register) == Rep::Any || !self.layout().plain {
            let offset = self.temporary(ValType::I32, 2);
            let value = self.temporary(ValType::I64, 1);
            self.sink().local_set(offset);
            self.value(register);
            self.sink().local_set(value);
            if !self.layout().plain {
                self.sink().local_get(offset).local_get(value).i64_atomic_store(at(address));
                return;
            }
            let tag = Value::reference(0).bits() as i64 >> 32;
            self.sink().local_get(value).i64_const(32).i64_shr_s().i64_const(tag).i64_eq();
            let is_reference = self.open_if(BlockType::Empty);
            self.sink().local_get(offset).local_get(value).i64_atomic_store(at(address));
            self.otherwise();
            self.sink().local_get(offset).local_get(value).i64_store(at(address));
            self.close(is_reference);
        } else {
            self.value(register);
            self.sink().i64_store(at(address));
        }
    }

    /// The offset of a header to which a value leads, in a local; goes to `no` if it is no reference. Only the lower
    /// half of the value is looked at: the index of a word.
    fn header(&mut self, register: Reg, into: u32, no: super::body::Target) {
        let tag = Value::reference(0).bits() as i64 >> 32;
        self.value(register);
        let value = self.temporary(ValType::I64, 1);
        self.sink().local_tee(value).i64_const(32).i64_shr_s().i64_const(tag).i64_ne();
        self.branch_if(no);
        self.sink().local_get(value).i32_wrap_i64().i32_const(3).i32_shl().local_set(into);
    }

    fn is_tagged(&mut self, offset: u32, kind: ObjectKind, shape: u16, no: super::body::Target) {
        let words = self.layout().words;
        let tag = Header::new(kind, shape, 0).tag();
        self.sink().local_get(offset).i32_load(at32(words + 4)).i32_const(tag as i32).i32_ne();
        self.branch_if(no);
    }

    /// Puts an object's offset on the stack; goes to `no` if the register has none of that shape.
    fn object(&mut self, shape: u16, a: Reg, no: super::body::Target) {
        let offset = self.temporary(ValType::I32, 2);
        self.header(a, offset, no);
        self.is_tagged(offset, ObjectKind::Object, shape, no);
        self.sink().local_get(offset);
    }

    /// Puts the offset of an array's element, less that of its first one, on the stack; goes to `no` if there is none.
    fn array_element(&mut self, a: Reg, index: Reg, no: super::body::Target) {
        let offset = self.temporary(ValType::I32, 2);
        self.header(a, offset, no);
        self.ints_or(&[R(index)], no);
        self.element_of(offset, index, no);
    }

    fn element_of(&mut self, offset: u32, index: Reg, no: super::body::Target) {
        let words = self.layout().words;
        self.is_tagged(offset, ObjectKind::Array, 0, no);
        let int = self.temporary(ValType::I32, 3);
        self.known_int(R(index));
        let mut sink = self.sink();
        sink.local_tee(int).local_get(offset).i32_load(at32(words)).i32_ge_u();
        self.branch_if(no);
        self.sink().local_get(offset).local_get(int).i32_const(3).i32_shl().i32_add();
    }

    /// The same of a list's element.
    fn element(&mut self, shape: u16, a: Reg, index: Reg, no: super::body::Target) {
        let words = self.layout().words;
        let offset = self.temporary(ValType::I32, 2);
        let value = self.temporary(ValType::I64, 1);
        self.ints_or(&[R(index)], no);
        self.header(a, offset, no);
        self.is_tagged(offset, ObjectKind::Object, shape, no);
        // The length is an integer that is larger than the index, which is not negative.
        self.sink().local_get(offset);
        self.load(words + 8 * LENGTH);
        let int = Value::int(0).bits() as i64;
        self.sink().local_tee(value).i64_const(int).i64_lt_u();
        self.branch_if(no);
        self.known_int(R(index));
        self.sink().local_get(value).i32_wrap_i64().i32_ge_s();
        self.branch_if(no);
        self.sink().local_get(offset);
        self.load(words + 8 * ITEMS);
        let tag = Value::reference(0).bits() as i64 >> 32;
        self.sink().local_tee(value).i64_const(32).i64_shr_s().i64_const(tag).i64_ne();
        self.branch_if(no);
        self.sink().local_get(value).i32_wrap_i64().i32_const(3).i32_shl().local_set(offset);
        // A negative index is larger than any length.
        self.element_of(offset, index, no);
    }

    // Integers.

    fn bits(&mut self, op: u32, dst: Reg, a: Operand, b: Operand, with: impl FnOnce(&mut Self)) {
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
    fn wrapping(&mut self, op: u32, with: Arithmetic, dst: Reg, a: Operand, b: Operand) {
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
            body.to_value(dst);
            body.branch(done);
            body.close(floats);
            let float = Value::reference(0).bits() as i64;
            for register in [x, y] {
                body.value(register);
                body.sink().i64_const(float).i64_ge_u();
                body.branch_if(no);
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
            body.to_value(dst);
            body.close(done);
            body.set_rep(dst, Rep::Any);
        });
    }

    /// By a constant that is neither 0 nor -1. -0 and floats are left to the interpreter.
    fn remainder(&mut self, op: u32, dst: Reg, a: Reg, value: i32) {
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
            body.branch_if(no);
            body.close(is_zero);
            body.sink().local_get(rest);
            body.set_int(dst);
        });
    }

    /// The lower 32 bits of a number.
    fn to_int(&mut self, op: u32, dst: Reg, a: Reg) {
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
    fn is_true(&mut self, a: Reg, no: super::body::Target) {
        let truth = self.temporary(ValType::I64, 1);
        self.value(a);
        let mut sink = self.sink();
        sink.local_tee(truth).i64_const(-2).i64_and();
        sink.i64_const(Value::FALSE.bits() as i64).i64_ne();
        self.branch_if(no);
        self.sink().local_get(truth).i32_wrap_i64().i32_const(1).i32_and();
    }

    /// The bool of a number on the stack.
    fn bool(&mut self) {
        self.sink().i64_extend_i32_u().i64_const(Value::FALSE.bits() as i64).i64_or();
    }

    // Calls of the machine.

    /// An operation that the machine does out of line. Its operands go to their registers in memory, and its result is
    /// taken from there.
    fn helped(&mut self, op: u32, poll: bool, operands: &[Reg], dst: Option<Reg>) {
        if poll {
            self.poll(op);
        }
        self.checked(op, |body, no| {
            for (index, register) in operands.iter().enumerate() {
                if operands[..index].contains(register) {
                    continue;
                }
                body.sink().local_get(REGS);
                body.value(*register);
                body.sink().i64_store(at(u32::from(*register) * 8));
            }
            let helper = body.layout().operation;
            body.sink().i32_const(op as i32).local_get(REGS).local_get(FRAMES);
            body.sink().local_get(BASE).call(helper);
            body.branch_if(no);
            if let Some(dst) = dst {
                body.sink().local_get(REGS).i64_load(at(u32::from(dst) * 8));
                body.set_value(dst);
            }
        });
        if poll {
            self.count(op);
        }
    }

    fn call(&mut self, op: u32, polls: bool, window: Reg, need: u16, to: Jump) {
        let code = self.unit.code;
        let callee = code.function(target(op, to));
        let Some(function) = self.unit.index_of(Piece { function: callee, entry: None }) else {
            self.exit(op);
            self.sink().unreachable();
            // What follows is reached from the interpreter only.
            self.set_rep(window, Rep::Any);
            return;
        };
        if polls {
            self.poll(op);
        }
        let cell = self.layout().cell;
        let (end, offset) = ((u32::from(window) + u32::from(need)) * 8, u32::from(window) * 8);
        self.checked(op, |body, no| {
            let mut sink = body.sink();
            sink.local_get(REGS).i32_const(end as i32).i32_add();
            sink.global_get(cell).i32_load(at32(cell::REGISTERS_END)).i32_gt_u();
            body.branch_if(no);
            body.sink().local_get(FRAMES).global_get(cell);
            body.sink().i32_load(at32(cell::FRAMES_END)).i32_ge_u();
            body.branch_if(no);
        });
        if polls {
            self.count(op);
        }
        let adjust = i64::from(to.adjust);
        self.sink().local_get(REGS).i32_const(offset as i32).i32_add();
        self.sink().local_get(FRAMES).i32_const(4).i32_add();
        self.sink().local_get(BASE).i64_const(adjust).i64_add();
        for parameter in 0..self.unit.parameters(callee) {
            self.value(window + parameter as Reg);
        }
        let result = self.temporary(ValType::I64, 1);
        self.sink().call(function).i64_const(adjust).i64_sub().local_set(BASE).local_tee(result);
        self.sink().i64_const(super::LEFT).i64_eq();
        let left = self.open_if(BlockType::Empty);
        // The count of a frame that was left is the machine's by now.
        self.leave_call(window, self.layout().ops + (op + 1) * 16);
        self.close(left);
        self.sink().local_get(result);
        self.set_value(window);
    }

    /// Returns the value on the stack.
    fn give_back(&mut self, adjust: i32) {
        let mut sink = self.sink();
        sink.local_get(BASE).i64_const(adjust.into()).i64_add().return_();
    }

    // Jumps.

    fn jump(&mut self, op: u32, to: Jump) -> bool {
        self.adjust(to);
        self.go_to(target(op, to));
        false
    }

    fn adjust(&mut self, to: Jump) {
        self.sink().local_get(BASE).i64_const(to.adjust.into()).i64_add().local_set(BASE);
    }

    /// Takes a jump on the condition on the stack.
    fn jump_if(&mut self, op: u32, polls: Option<Polls>, to: Jump) {
        let state = self.state.clone();
        let taken = self.open_if(BlockType::Empty);
        match polls {
            None => {
                self.jump(op, to);
            }
            Some(polls) => {
                self.back(op, polls, to);
            }
        }
        self.close(taken);
        self.state = state;
    }

    /// Takes a back-edge. Where it polls and finds something to do, the interpreter takes it.
    fn back(&mut self, op: u32, polls: Polls, to: Jump) -> bool {
        match polls {
            Polls::Never => self.unpolled(op),
            Polls::Always => {
                self.poll(op);
                self.count(op);
            }
            Polls::Every(every) => {
                let cell = self.layout().cell;
                let turns = self.temporary(ValType::I32, 0);
                let mut sink = self.sink();
                sink.global_get(cell).i32_load(at32(cell::COUNTDOWN)).i32_const(1).i32_add();
                sink.local_tee(turns).i32_const(i32::from(every)).i32_ge_u();
                let due = self.open_if(BlockType::Empty);
                self.poll(op);
                self.count(op);
                self.sink().i32_const(0).local_set(turns);
                self.close(due);
                let mut sink = self.sink();
                sink.global_get(cell).local_get(turns).i32_store(at32(cell::COUNTDOWN));
            }
        }
        self.jump(op, to)
    }

    fn comparing(
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
        self.jump_if(op, back.then_some(Polls::Always), to);
        true
    }

    fn branch_on(&mut self, op: u32, on: bool, a: Reg, polls: Option<Polls>, to: Jump) -> bool {
        let holds = self.temporary(ValType::I32, 4);
        self.checked(op, |body, no| {
            body.is_true(a, no);
            body.sink().local_set(holds);
        });
        self.sink().local_get(holds);
        if !on {
            self.sink().i32_eqz();
        }
        self.jump_if(op, polls, to);
        true
    }

    /// A counter's step and the back-edge behind it; what is no such turn is left to the operations that follow.
    #[allow(clippy::too_many_arguments, reason = "the operands of one operation")]
    fn turn(
        &mut self,
        op: u32,
        sum: Option<(Reg, Reg)>,
        step: Operand,
        a: Reg,
        limit: Operand,
        every: u16,
        to: Jump,
    ) {
        let before = self.state.clone();
        let next = self.temporary(ValType::I32, 5);
        let no = self.open();
        // A number that may be an integer is one, if it is: the operations that follow look.
        if [self.rep(a), self.rep_of(limit), self.rep_of(step)].contains(&Rep::Num) {
            self.branch(no);
            self.close(no);
            return;
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
        self.branch_if(no);
        self.sink().local_get(next);
        self.known_int(limit);
        self.sink().i32_ge_s();
        self.branch_if(no);
        self.back_polls(op, every);
        if let Some((sum, term)) = sum {
            self.sum(sum, term, no);
        }
        self.sink().local_get(next);
        self.set_int(a);
        self.back_counts(op, every);
        self.jump(op, to);
        self.close(no);
        self.state = before;
    }

    /// `sum += term` where both are numbers; otherwise goes to `no`.
    fn sum(&mut self, sum: Reg, term: Reg, no: super::body::Target) {
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
        self.to_value(sum);
        self.branch(done);
        self.close(floats);
        self.floats(Arithmetic::Add, R(sum), R(term), no);
        let number = self.temporary(ValType::F64, 0);
        self.sink().local_set(number);
        self.value_of_number(number);
        self.to_value(sum);
        self.close(done);
        self.set_rep(sum, Rep::Any);
    }

    fn back_polls(&mut self, op: u32, every: u16) {
        if every == 0 {
            self.is_over(op);
        } else if every == 1 {
            self.poll(op);
        } else {
            let cell = self.layout().cell;
            let mut sink = self.sink();
            sink.global_get(cell).i32_load(at32(cell::COUNTDOWN)).i32_const(1).i32_add();
            sink.i32_const(i32::from(every)).i32_ge_u();
            let due = self.open_if(BlockType::Empty);
            self.poll(op);
            self.close(due);
        }
    }

    fn back_counts(&mut self, op: u32, every: u16) {
        match every {
            0 => return self.turned(op),
            1 => return self.count(op),
            _ => {}
        }
        let cell = self.layout().cell;
        let turns = self.temporary(ValType::I32, 0);
        let mut sink = self.sink();
        sink.global_get(cell).i32_load(at32(cell::COUNTDOWN)).i32_const(1).i32_add();
        sink.local_tee(turns).i32_const(i32::from(every)).i32_ge_u();
        let due = self.open_if(BlockType::Empty);
        self.count(op);
        self.sink().i32_const(0).local_set(turns);
        self.close(due);
        let mut sink = self.sink();
        sink.global_get(cell).local_get(turns).i32_store(at32(cell::COUNTDOWN));
    }

    // Polls.

    /// What stands where the policy has no poll, as in the interpreter's loop.
    fn unpolled(&mut self, op: u32) {
        self.is_over(op);
        self.turned(op);
    }

    /// Leaves if the program is over.
    fn is_over(&mut self, op: u32) {
        let signal = self.layout().signal;
        self.sink().global_get(signal).i32_atomic_load(at32(0));
        self.sink().i32_const(OVER as i32).i32_and();
        let is_over = self.open_if(BlockType::Empty);
        self.exit(op);
        self.close(is_over);
    }

    /// A turn without a poll.
    fn turned(&mut self, op: u32) {
        let Layout { word, cell, executed, progress, unpolled, profile, .. } = *self.layout();
        let ends = self.unit.code.counts()[op as usize].ends;
        let now = self.temporary(ValType::I64, 0);
        let mut sink = self.sink();
        sink.local_get(BASE).i64_const(ends.into()).i64_add().local_set(now);
        sink.global_get(word).i32_atomic_load(at32(0));
        sink.i32_const(PollWord::REQUESTED as i32).i32_and();
        let requested = self.open_if(BlockType::Empty);
        self.sink().i32_const(op as i32).local_get(now).call(unpolled);
        if profile {
            self.otherwise();
            let mut sink = self.sink();
            sink.global_get(cell).local_get(now).i64_store(at(cell::TURNED));
            sink.global_get(executed).local_get(now).i64_store(at(0));
            sink.global_get(progress).local_get(now).i64_store(at(0));
        }
        self.close(requested);
    }

    /// Where there is something to do, the interpreter polls.
    fn poll(&mut self, op: u32) {
        let word = self.layout().word;
        let mut sink = self.sink();
        sink.global_get(word).i32_atomic_load(at32(0));
        sink.i32_const(PollWord::MASK as i32).i32_and();
        let armed = self.open_if(BlockType::Empty);
        self.exit(op);
        self.close(armed);
    }

    /// Counts the poll of an operation, and the length of the path that it ends.
    fn count(&mut self, op: u32) {
        if !self.layout().profile {
            return;
        }
        let count = self.unit.code.counts()[op as usize];
        let (hits, cell, longest) = (self.layout().hits, self.layout().cell, self.layout().longest);
        let (now, length) = (self.temporary(ValType::I64, 0), self.temporary(ValType::I64, 1));
        let mut sink = self.sink();
        sink.global_get(hits).global_get(hits).i64_load(at(count.slot * 8));
        sink.i64_const(1).i64_add().i64_store(at(count.slot * 8));
        sink.local_get(BASE).i64_const(count.ends.into()).i64_add().local_tee(now);
        sink.global_get(cell).i64_load(at(cell::BEGAN)).i64_sub().local_set(length);
        sink.global_get(cell).local_get(now).i64_store(at(cell::BEGAN));
        sink.local_get(length).global_get(cell).i64_load(at(cell::LONGEST)).i64_gt_u();
        let exceeds = self.open_if(BlockType::Empty);
        self.sink().i32_const(op as i32).local_get(length).call(longest);
        self.close(exceeds);
    }
}
