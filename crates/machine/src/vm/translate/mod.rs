//! From verified stack code to the decoded register form.
//!
//! One pass over each function with a model of the operand stack ([`stack`]): what is pushed from a
//! local or a constant stays where it is until something needs it in its slot. **Before every
//! observable point all operands are in their slots**, so that registers are exactly the visible
//! state there. Observable are: jump targets, calls, everything that allocates, waits, blocks or
//! works long; in the debugger's form ([`Form`]) every instruction. A store to a local that lazy operands
//! still name first puts these into their slots.
//!
//! Polls follow the policy: a back-edge polls *after* its jump was taken (the state is that of the
//! target, the site is the jump), every other site polls *before* its instruction.

mod function;
mod stack;

use std::collections::HashMap;

use super::code::{Code, CodeBuilder, Form};
use crate::heap::Value;
use bytecode::{Constant, Instruction, PollPolicy, VerifiedModule, call_circles};

/// What the operand of a constant becomes: an index into the machine's table of constants.
#[derive(Debug, Default)]
pub(super) struct ConstantTable {
    values: Vec<Value>,
    /// For each string of the table its index in the module's pool.
    strings: Vec<(u32, u16)>,
    known: HashMap<u64, u32>,
    pool: HashMap<u16, u32>,
}

impl ConstantTable {
    /// The index of a value that is no reference.
    fn value(&mut self, value: Value) -> u32 {
        let next = self.values.len() as u32;
        *self.known.entry(value.bits()).or_insert_with(|| {
            self.values.push(value);
            next
        })
    }

    /// The index of a constant of the module's pool. Strings become null here and are replaced by
    /// whoever allocates them.
    fn pooled(&mut self, constants: &[Constant], index: u16) -> u32 {
        if let Constant::Float(float) = constants[index as usize] {
            return self.value(Value::float(float));
        }
        let next = self.values.len() as u32;
        *self.pool.entry(index).or_insert_with(|| {
            self.values.push(Value::NULL);
            self.strings.push((next, index));
            next
        })
    }

    /// The table, and which of its entries are which strings of the module's pool.
    pub(super) fn finish(self) -> (Vec<Value>, Vec<(u32, u16)>) {
        (self.values, self.strings)
    }
}

pub(super) use function::registers;

/// Translates all functions for a poll policy, in both forms.
pub(super) fn translate(module: &VerifiedModule, policy: PollPolicy) -> (Code, ConstantTable) {
    let mut code = CodeBuilder::new();
    let mut constants = ConstantTable::default();
    let circles = call_circles(module);
    for form in [Form::Fast, Form::Debug] {
        let mut calls = Vec::new();
        for index in 0..module.functions().len() {
            let index = index as u16;
            let (code, constants) = (&mut code, &mut constants);
            let mut function =
                function::Translator::new(module, index, policy, form, &circles, code, constants);
            function.run();
            calls.append(&mut function.into_calls());
        }
        for (op, callee) in calls {
            let delta = code.start(callee, form) as i32 - op as i32;
            if let Some(to) = code.ops[op as usize].jump_mut() {
                to.delta = delta;
            }
        }
    }
    (code.finish(), constants)
}

/// Whether registers must be what is visible before this instruction.
fn must_observe(instruction: &Instruction) -> bool {
    use Instruction::*;
    let allocates = matches!(instruction, New(_) | NewArray | NewMutex | ToStr | Concat | Spawn(_));
    allocates || matches!(instruction, Call(_) | Await | Yield | Sleep | Lock | Block | Stall)
}
