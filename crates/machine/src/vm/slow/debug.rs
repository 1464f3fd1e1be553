//! The check before an instruction in the debugger's form.

use crate::vm::code::Form;
use crate::vm::context::Context;
use crate::vm::debug::forms::switch_top;
use crate::vm::op::Op;
use crate::vm::point::{Exit, Point};
use crate::vm::task::Task;

/// The loop stands behind the check `from`, and there is something to do before the checked instruction.
/// `None`: go on.
#[cold]
#[inline(never)]
pub(in crate::vm) fn check(
    cx: &mut Context<'_>,
    task: &Task,
    point: &Point,
    from: *const Op,
) -> Option<Exit> {
    let (program, store, debugger) = (cx.program, cx.store, cx.debugger);
    let visible = point.at(from).visible(cx);
    if cx.is_stepper() {
        point.save(cx, task, visible);
        return Some(Exit::Checked);
    }
    if debugger.form() == Form::Fast {
        point.save(cx, task, visible);
        // SAFETY: this worker runs the task, so no other thread touches its body; the reference does not
        // outlive the block.
        let body = unsafe { &mut *task.body() };
        switch_top(&program.code, body, Form::Fast);
        return (program.code.form(body.pc) == Form::Fast).then_some(Exit::Preempted);
    }
    let function = program.code.function(point.op(cx));
    // SAFETY: conditions name locals of the function.
    let local = |index: u8| unsafe { point.register(usize::from(index)) };
    let why = debugger.come(program, store, function, visible, &local)?;
    // Behind the check, so that the task does not stop here again when the world runs.
    point.save(cx, task, visible);
    cx.halt(task, why);
    Some(if store.is_over() { Exit::Stopped } else { Exit::Preempted })
}
