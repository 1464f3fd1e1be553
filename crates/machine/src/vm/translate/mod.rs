//! From verified stack code to the decoded register form.
//!
//! One pass over each function with a model of the operand stack ([`stack`]): an operand that is pushed from a
//! local or a constant stays there until an operation needs it in its slot. **Before every observable point
//! all operands are in their slots**, so that the registers are exactly the visible state there. Observable
//! points are jump targets, calls, and everything that allocates, waits, blocks or works long; in the
//! debugger's form ([`Form`]) every instruction. A store to a local first puts the operands that are still in
//! that local into their slots.
//!
//! Polls follow the policy: a back-edge polls *after* its jump was taken (the state is that of the
//! target, the site is the jump), every other site polls *before* its instruction.

mod constants;
mod function;
mod stack;

use super::code::{Code, CodeBuilder, Form};
use bytecode::{PollPolicy, VerifiedModule, call_circles};
use constants::ConstantTable;

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
