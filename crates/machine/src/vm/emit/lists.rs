//! Lists that a loop does not exchange: before the loop it is looked once what they are, and an access in it only looks
//! whether that is still so. Several tasks may change a list at once, so each access compares the list's array and length
//! with what they were; where one is another, it looks anew.

use std::collections::BTreeSet;

use super::body::{Body, Rep, Target, at32};
use super::flow::Flow;
use super::numbers::Operand::Register as R;
use super::{Layout, Unit};
use crate::heap::Value;
use crate::vm::list::{ITEMS, LENGTH};
use crate::vm::op::{Op, Reg};
use wasm_encoder::ValType;

/// A loop and its lists.
#[derive(Debug)]
pub(super) struct Loop {
    header: usize,
    blocks: Vec<bool>,
    lists: Vec<List>,
}

/// A register that has a list of a shape throughout a loop, if it has one at its beginning.
#[derive(Debug, Clone, Copy)]
struct List {
    register: Reg,
    shape: u16,
    locals: Option<Locals>,
}

/// What was seen of it.
#[derive(Debug, Clone, Copy)]
struct Locals {
    /// Address of the list's header; of some other words if there was no list.
    object: u32,
    /// The words of its array and of its length.
    items: u32,
    length: u32,
    /// Address of the array's header, and how many of its elements are the list's: none, if there was no list.
    array: u32,
    count: u32,
}

impl Loop {
    /// Those with lists, outer ones first.
    pub(super) fn all(unit: &Unit<'_>, flow: &Flow) -> Vec<Self> {
        let mut found: Vec<Self> = Vec::new();
        for (header, blocks) in flow.loops() {
            let inside = || {
                let ops = flow.blocks.iter().zip(&blocks).filter(|(_, is_in)| **is_in);
                ops.flat_map(|(block, _)| block.first..block.end)
                    .map(|at| &unit.code.ops()[at as usize])
            };
            let used: BTreeSet<(Reg, u16)> = inside().filter_map(list_of).collect();
            let is_outer = |(register, shape): (Reg, u16)| {
                let is_it = |list: &List| list.register == register && list.shape == shape;
                found.iter().any(|outer| outer.blocks[header] && outer.lists.iter().any(is_it))
            };
            let lists: Vec<List> = used
                .into_iter()
                .filter(|list| !is_outer(*list) && !inside().any(|op| writes(op, list.0)))
                .map(|(register, shape)| List { register, shape, locals: None })
                .collect();
            if !lists.is_empty() {
                found.push(Self { header, blocks, lists });
            }
        }
        found
    }
}

/// The register and the shape of a list through which an operation reads or writes.
fn list_of(op: &Op) -> Option<(Reg, u16)> {
    match *op {
        Op::ListGet { shape, a, .. } | Op::ListSet { shape, a, .. } => Some((a, shape)),
        _ => None,
    }
}

/// Whether an operation of compiled code may write a register: behind others the interpreter goes on.
pub(super) fn writes(op: &Op, register: Reg) -> bool {
    match *op {
        Op::Swap { a, b } => a == register || b == register,
        Op::Enter { from, to } => (from..to).contains(&register),
        Op::Turn { a, .. } | Op::TurnInt { a, .. } | Op::TurnBy { a, .. } => a == register,
        Op::SumTurn { sum, a, .. } | Op::SumTurnConst { sum, a, .. } => {
            sum == register || a == register
        }
        // From its window on everything is the callee's.
        Op::Call { window, .. } | Op::CallUnpolled { window, .. } => window <= register,
        Op::Spawn { .. } => true,
        mut other => other.destination_mut().is_some_and(|dst| *dst == register),
    }
}

impl Body<'_> {
    /// Before a way to a block: if a loop begins there and the way is none of the loop's own, its lists are looked at.
    pub(super) fn enter_loop(&mut self, block: usize) {
        let from = self.block;
        let is_entered = |of: &Loop| of.header == block && !of.blocks[from];
        if let Some(index) = self.loops.iter().position(is_entered) {
            self.look_at_lists(index);
        }
    }

    /// The same before the first block.
    pub(super) fn enter_first_loop(&mut self) {
        if let Some(index) = self.loops.iter().position(|of| of.header == 0) {
            self.state.clone_from(&self.forms_of_first());
            self.look_at_lists(index);
        }
    }

    fn look_at_lists(&mut self, index: usize) {
        for which in 0..self.loops[index].lists.len() {
            let List { register, shape, .. } = self.loops[index].lists[which];
            let locals = self.list_locals(index, which);
            self.look_at_list(register, shape, locals);
        }
    }

    fn list_locals(&mut self, index: usize, which: usize) -> Locals {
        if let Some(locals) = self.loops[index].lists[which].locals {
            return locals;
        }
        let locals = Locals {
            object: self.new_local(ValType::I32),
            items: self.new_local(ValType::I64),
            length: self.new_local(ValType::I64),
            array: self.new_local(ValType::I32),
            count: self.new_local(ValType::I32),
        };
        self.loops[index].lists[which].locals = Some(locals);
        locals
    }

    fn look_at_list(&mut self, register: Reg, shape: u16, locals: Locals) {
        let Layout { words, .. } = *self.layout();
        let Locals { object, items, length, array, count } = locals;
        self.sink().global_get(words).local_set(object).i32_const(0).local_set(count);
        if self.rep(register) != Rep::Any {
            return;
        }
        let none = self.open();
        self.list(shape, register, object, none);
        self.sink().local_get(object);
        self.load(8 * LENGTH);
        self.sink().local_tee(length).i64_const(Value::int(0).bits() as i64).i64_lt_u();
        self.seldom(none);
        self.sink().local_get(object);
        self.load(8 * ITEMS);
        self.sink().local_set(items);
        self.array(items, array, none);
        // As many as both have; a length below 0 is none.
        let (few, has) = (self.temporary(ValType::I32, 2), self.temporary(ValType::I32, 3));
        let mut sink = self.sink();
        sink.local_get(length).i32_wrap_i64().local_tee(few).i32_const(0).i32_lt_s();
        self.seldom(none);
        let mut sink = self.sink();
        sink.local_get(few).local_get(array).i32_load(at32(0)).local_tee(has);
        sink.local_get(few).local_get(has).i32_lt_u().select().local_set(count);
        self.close(none);
    }

    /// What was seen of a register's list before the loop.
    fn seen_list(&mut self, register: Reg, shape: u16) -> Option<Locals> {
        let from = self.block;
        let is_it = |list: &List| list.register == register && list.shape == shape;
        let mut loops = self.loops.iter().enumerate().filter(|(_, of)| of.blocks[from]);
        let (index, which) =
            loops.find_map(|(index, of)| Some((index, of.lists.iter().position(is_it)?)))?;
        Some(self.list_locals(index, which))
    }

    /// Puts the address of the word before a list's element on the stack; goes to `no` if there is none.
    pub(super) fn element(&mut self, shape: u16, a: Reg, index: Reg, no: Target) {
        self.ints_or(&[R(index)], no);
        let seen = self.seen_list(a, shape);
        let address = self.temporary(ValType::I32, 2);
        let Some(Locals { object, items, length, array, count }) = seen else {
            self.element_anew(shape, a, index, no);
            return;
        };
        let int = self.temporary(ValType::I32, 3);
        let done = self.open();
        let other = self.open();
        self.known_int(R(index));
        self.sink().local_tee(int).local_get(count).i32_ge_u();
        self.seldom(other);
        for (offset, was) in [(ITEMS, items), (LENGTH, length)] {
            self.sink().local_get(object);
            self.load(8 * offset);
            self.sink().local_get(was).i64_ne();
            self.seldom(other);
        }
        let mut sink = self.sink();
        sink.local_get(array).local_get(int).i32_const(3).i32_shl().i32_add().local_set(address);
        self.branch(done);
        self.close(other);
        self.element_anew(shape, a, index, no);
        self.sink().local_set(address);
        self.close(done);
        self.sink().local_get(address);
    }
}
