//! Registers as locals: one for each form, made when it is needed.

use super::body::{Body, FIXED, Rep, at32};
use super::cell;
use crate::heap::Value;
use crate::vm::op::Reg;
use wasm_encoder::{BlockType, ValType};

/// What is counted in a local while compiled code runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counter {
    /// Back-edges since the last one that polled, where one polls every n-th time.
    Turns,
    /// Turns without a poll until one looks whether the program is over.
    Looks,
}

impl Counter {
    const ALL: [Self; 2] = [Self::Turns, Self::Looks];

    fn offset(self) -> u32 {
        match self {
            Self::Turns => cell::COUNTDOWN,
            Self::Looks => cell::LOOKS,
        }
    }
}

impl Body<'_> {
    pub(super) fn rep(&self, register: Reg) -> Rep {
        self.state[usize::from(register)]
    }

    pub(super) fn set_rep(&mut self, register: Reg, rep: Rep) {
        self.state[usize::from(register)] = rep;
    }

    pub(super) fn new_local(&mut self, kind: ValType) -> u32 {
        self.locals.push(kind);
        (FIXED + self.parameters + self.locals.len() - 1) as u32
    }

    pub(super) fn value_local(&mut self, register: Reg) -> u32 {
        let index = usize::from(register);
        match self.values[index] {
            Some(local) => local,
            None => {
                let local = self.new_local(ValType::I64);
                self.values[index] = Some(local);
                local
            }
        }
    }

    pub(super) fn int_local(&mut self, register: Reg) -> u32 {
        let index = usize::from(register);
        match self.ints[index] {
            Some(local) => local,
            None => {
                let local = self.new_local(ValType::I32);
                self.ints[index] = Some(local);
                local
            }
        }
    }

    pub(super) fn number_local(&mut self, register: Reg) -> u32 {
        let index = usize::from(register);
        match self.numbers[index] {
            Some(local) => local,
            None => {
                let local = self.new_local(ValType::F64);
                self.numbers[index] = Some(local);
                local
            }
        }
    }

    /// A local for use within one operation; `which` of its type.
    pub(super) fn temporary(&mut self, kind: ValType, which: usize) -> u32 {
        loop {
            let mut of_kind = self.temporaries.iter().filter(|(of, _)| *of == kind);
            if let Some((_, local)) = of_kind.nth(which) {
                return *local;
            }
            let local = self.new_local(kind);
            self.temporaries.push((kind, local));
        }
    }

    pub(super) fn counter_local(&mut self, counter: Counter) -> u32 {
        match self.counters[counter as usize] {
            Some(local) => local,
            None => {
                let local = self.new_local(ValType::I32);
                self.counters[counter as usize] = Some(local);
                local
            }
        }
    }

    /// What is counted in memory is counted in locals from now on.
    pub(super) fn load_counters(&mut self) {
        for counter in Counter::ALL {
            if let Some(local) = self.counters[counter as usize] {
                let cell = self.layout().cell;
                self.sink().global_get(cell).i32_load(at32(counter.offset())).local_set(local);
            }
        }
    }

    /// The reverse.
    pub(super) fn keep_counters(&mut self) {
        for counter in Counter::ALL {
            if let Some(local) = self.counters[counter as usize] {
                let cell = self.layout().cell;
                self.sink().global_get(cell).local_get(local).i32_store(at32(counter.offset()));
            }
        }
    }

    /// The value on the stack is the register's.
    pub(super) fn set_value(&mut self, register: Reg) {
        let local = self.value_local(register);
        self.sink().local_set(local);
        self.set_rep(register, Rep::Any);
    }

    /// The integer on the stack is the register's.
    pub(super) fn set_int(&mut self, register: Reg) {
        let local = self.int_local(register);
        self.sink().local_set(local);
        self.set_rep(register, Rep::Int);
    }

    /// The number on the stack is the register's.
    pub(super) fn set_number(&mut self, register: Reg) {
        let local = self.number_local(register);
        self.sink().local_set(local);
        self.set_rep(register, Rep::Num);
    }

    /// Puts the register's value on the stack.
    pub(super) fn value(&mut self, register: Reg) {
        match self.rep(register) {
            Rep::Any | Rep::Unset => {
                let local = self.value_local(register);
                self.sink().local_get(local);
            }
            Rep::Int => {
                let local = self.int_local(register);
                self.sink().local_get(local);
                self.value_of_int();
            }
            Rep::Num => {
                let local = self.number_local(register);
                self.value_of_number(local);
            }
        }
    }

    /// Of the integer on the stack.
    pub(super) fn value_of_int(&mut self) {
        let tag = Value::int(0).bits() as i64;
        self.sink().i64_extend_i32_u().i64_const(tag).i64_or();
    }

    /// Of the number in a local: see [`computed`](crate::vm::js::computed).
    pub(super) fn value_of_number(&mut self, number: u32) {
        const ROUNDS: f64 = 6_755_399_441_055_744.0;
        let int = self.temporary(ValType::I32, 0);
        let mut sink = self.sink();
        sink.local_get(number).f64_const(ROUNDS.into()).f64_add();
        sink.i64_reinterpret_f64().i32_wrap_i64().local_tee(int);
        sink.f64_convert_i32_s().i64_reinterpret_f64();
        sink.local_get(number).i64_reinterpret_f64().i64_eq();
        sink.if_(BlockType::Result(ValType::I64));
        sink.local_get(int);
        self.value_of_int();
        self.sink().else_().local_get(number).i64_reinterpret_f64().end();
    }

    /// The register's value is in its local for values, too.
    pub(super) fn put_value(&mut self, register: Reg) {
        if matches!(self.rep(register), Rep::Int | Rep::Num) {
            self.value(register);
            let local = self.value_local(register);
            self.sink().local_set(local);
        }
    }

    /// From now on the register is a value.
    pub(super) fn keep_value(&mut self, register: Reg) {
        self.put_value(register);
        self.set_rep(register, Rep::Any);
    }
}
