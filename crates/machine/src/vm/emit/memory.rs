//! Constants, and objects of the heap.

use super::body::{Body, Rep, Target, at, at32};
use super::numbers::Operand::Register as R;
use crate::heap::{Buffer, Header, ObjectKind, Value};
use crate::vm::js::computed;
use crate::vm::list::{ITEMS, LENGTH};
use crate::vm::op::Reg;
use wasm_encoder::{BlockType, ValType};

/// Objects with more fields are made by the machine.
const INLINE_FIELDS: u16 = 8;

impl Body<'_> {
    pub(super) fn constant(&mut self, dst: Reg, index: u32) {
        let value = self.unit.constants[index as usize];
        // A float that is a whole number is one for the assembler's operators.
        if value.is_float() && computed(value.as_float()) == value {
            self.sink().f64_const(value.as_float().into());
            self.set_number(dst);
        } else {
            self.constant_value(index);
            self.set_value(dst);
        }
    }

    pub(super) fn constant_value(&mut self, index: u32) {
        if self.unit.strings.contains(&index) {
            let constants = self.layout().constants;
            self.sink().global_get(constants).i64_load(at(index * 8));
        } else {
            let value = self.unit.constants[index as usize];
            self.sink().i64_const(value.bits() as i64);
        }
    }

    /// Loads what other tasks may write meanwhile, so many bytes behind the address on the stack.
    pub(super) fn load(&mut self, offset: u32) {
        if self.layout().plain {
            self.sink().i64_load(at(offset));
        } else {
            self.sink().i64_atomic_load(at(offset));
        }
    }

    /// Stores a register where other tasks may read it, so many bytes behind the address on the stack.
    pub(super) fn store(&mut self, offset: u32, register: Reg) {
        if self.rep(register) == Rep::Any || !self.layout().plain {
            let address = self.temporary(ValType::I32, 2);
            let value = self.temporary(ValType::I64, 1);
            self.sink().local_set(address);
            self.value(register);
            self.sink().local_set(value);
            if !self.layout().plain {
                self.sink().local_get(address).local_get(value).i64_atomic_store(at(offset));
                return;
            }
            self.is_reference(value);
            let is_reference = self.open_if(BlockType::Empty);
            self.sink().local_get(address).local_get(value).i64_atomic_store(at(offset));
            self.otherwise();
            self.sink().local_get(address).local_get(value).i64_store(at(offset));
            self.close(is_reference);
        } else {
            self.value(register);
            self.sink().i64_store(at(offset));
        }
    }

    /// The address of the header to which a value leads, in a local; goes to `no` if it is no reference.
    fn header(&mut self, register: Reg, into: u32, no: Target) {
        self.value(register);
        let value = self.temporary(ValType::I64, 1);
        self.sink().local_set(value);
        self.is_reference(value);
        self.sink().i32_eqz();
        self.seldom(no);
        self.address(value);
        self.sink().local_set(into);
    }

    /// Puts on the stack whether the value in a local is a reference.
    pub(super) fn is_reference(&mut self, value: u32) {
        let tag = Value::reference(0).bits() as i64 >> 32;
        self.sink().local_get(value).i64_const(32).i64_shr_s().i64_const(tag).i64_eq();
    }

    /// Puts the address of a header on the stack, to which the reference in a local leads.
    fn address(&mut self, reference: u32) {
        let words = self.layout().words;
        let mut sink = self.sink();
        sink.local_get(reference).i32_wrap_i64().i32_const(3).i32_shl().global_get(words).i32_add();
    }

    fn is_tagged(&mut self, address: u32, kind: ObjectKind, shape: u16, no: Target) {
        let tag = Header::new(kind, shape, 0).tag();
        self.sink().local_get(address).i32_load(at32(4)).i32_const(tag as i32).i32_ne();
        self.seldom(no);
    }

    /// A value as text: a string is its own.
    pub(super) fn text(&mut self, op: u32, poll: bool, dst: Reg, a: Reg) {
        if self.rep(a) != Rep::Any {
            return self.helped(op, poll, &[a], Some(dst));
        }
        self.done_or_helped(op, poll, &[a], dst, |body, other| {
            let address = body.temporary(ValType::I32, 2);
            body.header(a, address, other);
            body.is_tagged(address, ObjectKind::String, 0, other);
            body.copy(dst, a);
        });
    }

    /// Puts an object's address on the stack; goes to `no` if the register has none of that shape.
    pub(super) fn object(&mut self, shape: u16, a: Reg, no: Target) {
        let address = self.temporary(ValType::I32, 2);
        self.list(shape, a, address, no);
        self.sink().local_get(address);
    }

    /// Puts the address of the word before an array's element on the stack; goes to `no` if there is none.
    pub(super) fn array_element(&mut self, a: Reg, index: Reg, no: Target) {
        let address = self.temporary(ValType::I32, 2);
        self.header(a, address, no);
        self.ints_or(&[R(index)], no);
        self.is_tagged(address, ObjectKind::Array, 0, no);
        self.element_of(address, index, no);
    }

    /// The same of a list's element, whose index is an integer.
    pub(super) fn element_anew(&mut self, shape: u16, a: Reg, index: Reg, no: Target) {
        let address = self.temporary(ValType::I32, 2);
        let value = self.temporary(ValType::I64, 1);
        self.list(shape, a, address, no);
        // The length is an integer that is larger than the index, which is not negative.
        self.sink().local_get(address);
        self.load(8 * LENGTH);
        let int = Value::int(0).bits() as i64;
        self.sink().local_tee(value).i64_const(int).i64_lt_u();
        self.seldom(no);
        self.known_int(R(index));
        self.sink().local_get(value).i32_wrap_i64().i32_ge_s();
        self.seldom(no);
        self.sink().local_get(address);
        self.load(8 * ITEMS);
        self.sink().local_set(value);
        self.array(value, address, no);
        // A negative index is larger than any length.
        self.element_of(address, index, no);
    }

    /// The address of a list's header, in a local; goes to `no` if the register has none of that shape.
    pub(super) fn list(&mut self, shape: u16, a: Reg, into: u32, no: Target) {
        self.header(a, into, no);
        self.is_tagged(into, ObjectKind::Object, shape, no);
    }

    /// The address of the array's header to which the value in a local leads, in another local; goes to `no` if it is none.
    pub(super) fn array(&mut self, value: u32, into: u32, no: Target) {
        self.is_reference(value);
        self.sink().i32_eqz();
        self.seldom(no);
        self.address(value);
        self.sink().local_set(into);
        self.is_tagged(into, ObjectKind::Array, 0, no);
    }

    /// The same of the array whose header's address is in a local.
    fn element_of(&mut self, address: u32, index: Reg, no: Target) {
        let int = self.temporary(ValType::I32, 3);
        self.known_int(R(index));
        self.sink().local_set(int);
        self.element_at(address, int, no);
    }

    /// The same, with the index in a local.
    fn element_at(&mut self, address: u32, index: u32, no: Target) {
        self.sink().local_get(index).local_get(address).i32_load(at32(0)).i32_ge_u();
        self.seldom(no);
        self.sink().local_get(address).local_get(index).i32_const(3).i32_shl().i32_add();
    }

    /// Appends to a list that has room; any other is the machine's. Its result is the length.
    pub(super) fn push(&mut self, op: u32, poll: bool, shape: u16, dst: Reg, a: Reg, b: Reg) {
        let (array, list) = (self.temporary(ValType::I32, 2), self.temporary(ValType::I32, 4));
        let (length, value) = (self.temporary(ValType::I32, 3), self.temporary(ValType::I64, 1));
        let int = Value::int(0).bits() as i64;
        self.done_or_helped(op, poll, &[a, b], dst, |body, other| {
            body.list(shape, a, list, other);
            body.sink().local_get(list);
            body.load(8 * LENGTH);
            body.sink().local_tee(value).i64_const(int).i64_lt_u();
            body.seldom(other);
            body.sink().local_get(value).i32_wrap_i64().local_set(length).local_get(list);
            body.load(8 * ITEMS);
            body.sink().local_set(value);
            body.array(value, array, other);
            // A negative length is larger than any array.
            body.element_at(array, length, other);
            body.store(8, b);
            body.sink().local_get(length).i32_const(1).i32_add().i64_extend_i32_u();
            body.sink().i64_const(int).i64_or().local_set(value).local_get(list).local_get(value);
            if body.layout().plain {
                body.sink().i64_store(at(8 * LENGTH));
            } else {
                body.sink().i64_atomic_store(at(8 * LENGTH));
            }
            body.sink().local_get(value);
            body.set_value(dst);
        });
    }

    /// Makes an object of nulls, of the words that the worker's buffer has; where it has none, the machine looks for more.
    pub(super) fn new_object(&mut self, op: u32, dst: Reg, shape: u16, fields: u16) {
        let header = Header::new(ObjectKind::Object, shape, fields.into());
        let (buffer, words, new) = (self.layout().buffer, self.layout().words, self.layout().new);
        let object = self.temporary(ValType::I32, 0);
        let next = self.temporary(ValType::I32, 2);
        self.checked(op, |body, no| {
            let done = body.open();
            if fields <= INLINE_FIELDS {
                let full = body.open();
                let mut sink = body.sink();
                sink.global_get(buffer).i32_load(at32(Buffer::AT)).local_tee(object);
                sink.i32_const(1 + i32::from(fields)).i32_add().local_tee(next);
                sink.global_get(buffer).i32_load(at32(Buffer::END)).i32_gt_u();
                body.seldom(full);
                let mut sink = body.sink();
                sink.global_get(buffer).local_get(next).i32_store(at32(Buffer::AT));
                sink.global_get(buffer).global_get(buffer).i64_load(at(Buffer::OBJECTS));
                sink.i64_const(1).i64_add().i64_store(at(Buffer::OBJECTS));
                sink.local_get(object).i32_const(3).i32_shl().global_get(words).i32_add();
                sink.local_tee(next).i64_const(header.bits() as i64).i64_store(at(0));
                for field in 1..=u32::from(fields) {
                    let null = Value::NULL.bits() as i64;
                    sink.local_get(next).i64_const(null).i64_store(at(8 * field));
                }
                body.branch(done);
                body.close(full);
            }
            let mut sink = body.sink();
            sink.i64_const(header.bits() as i64).call(new).local_tee(object).i32_eqz();
            body.seldom(no);
            body.close(done);
            let mut sink = body.sink();
            sink.local_get(object).i64_extend_i32_u();
            sink.i64_const(Value::reference(0).bits() as i64).i64_or();
            body.set_value(dst);
        });
    }
}
