//! The causes for which a task traps.

use super::polls::work;
use crate::heap::Value;
use crate::vm::arithmetic::Failure;
use crate::vm::context::Context;
use crate::vm::frames::frames;
use crate::vm::op::Reg;
use crate::vm::point::{Exit, Point};
use crate::vm::program::Program;
use crate::vm::since::WorkKind;
use crate::vm::task::{Task, TaskBody};
use crate::vm::trap;
use bytecode::{Constant, Instruction};

/// Saves the point and leaves with a message, in which what failed is called what the source calls it.
#[cold]
#[inline(never)]
pub(super) fn leave(cx: &mut Context<'_>, task: &Task, point: &Point, mut message: String) -> Exit {
    point.save_here(cx, task);
    let op = point.op(cx);
    let passage = cx.program.module.passage(cx.program.code.function(op), cx.program.code.at(op));
    let instruction = instruction(cx, point);
    // The message of `throw` is the program's own.
    if let Some(passage) = passage
        && !matches!(instruction, Instruction::Throw | Instruction::Trap(_))
    {
        let name = instruction.info().mnemonic;
        let needs = message.as_bytes().windows(7).position(|found| found == b" needs ");
        let begins = message.strip_prefix(name).is_some_and(|rest| {
            // "awaited task …" does not begin with `await`.
            !rest.starts_with(|c: char| c.is_ascii_alphabetic())
        });
        if let Some(end) = needs.or(begins.then_some(name.len())) {
            message = [&passage.words, &message[end..]].concat();
        }
    }
    Exit::trap(message)
}

/// Throws a string: the task goes on at the nearest try that is open, or traps. `message`: its words then.
#[cold]
#[inline(never)]
pub(super) fn throw(
    cx: &mut Context<'_>,
    task: &Task,
    point: &Point,
    text: Value,
    message: String,
) -> Exit {
    point.save_here(cx, task);
    // SAFETY: this worker runs the task and has left the loop, so no other thread touches its body; the reference
    // does not outlive the statement.
    let depth = unsafe { (*task.body()).depth };
    let is_caught = work(cx, task, point, WorkKind::Unwind, depth.into(), |cx| {
        // SAFETY: as above.
        unwind(cx.program, unsafe { &mut *task.body() }, text)
    });
    if is_caught {
        // The instruction that threw is done.
        cx.total = cx.total.wrapping_add(1);
        return Exit::Preempted;
    }
    let mut exit = leave(cx, task, point, message);
    if let Exit::Trapped(trap) = &mut exit {
        trap.thrown = Some(text);
    }
    exit
}

/// Puts a saved task behind the nearest try that is open, with the text as the only operand. False if none is.
fn unwind(program: &Program, body: &mut TaskBody, text: Value) -> bool {
    let found = frames(program, body).zip(0..).find_map(|(frame, left)| {
        let to = program.verified(frame.function).catch(frame.visible)?;
        Some((frame, to, left))
    });
    let Some((frame, to, left)) = found else { return false };
    let code = &program.code;
    let form = match left {
        0 => code.form(body.pc),
        left => code.form(code.index(body.frames[(body.depth - left) as usize].get())),
    };
    // A poll that a try leads to is the target of a jump: every form can be entered there.
    let Some(pc) = code.entry(frame.function, to, form) else { return false };
    body.depth -= left;
    body.window = frame.window;
    (body.pc, body.visible, body.jumped) = (pc, to, None);
    let operand = frame.window as usize + program.declared(frame.function).locals.len();
    body.registers[operand].set(text.bits());
    true
}

fn instruction(cx: &Context<'_>, point: &Point) -> Instruction {
    let op = point.op(cx);
    cx.program.instruction(cx.program.code.function(op), cx.program.code.at(op))
}

/// An operator or comparison that does not take its operands.
#[cold]
#[inline(never)]
pub(in crate::vm) fn trap_operands(
    cx: &mut Context<'_>,
    task: &Task,
    point: &Point,
    failure: Failure,
    a: Value,
    b: Value,
) -> Exit {
    let message = trap::operands(&instruction(cx, point), &cx.store.heap, failure, a, b);
    leave(cx, task, point, message)
}

/// An operand of a kind that its instruction does not take.
#[cold]
#[inline(never)]
pub(in crate::vm) fn trap_operand(
    cx: &mut Context<'_>,
    task: &Task,
    point: &Point,
    wants: &str,
    value: Value,
) -> Exit {
    let name = instruction(cx, point).info().mnemonic;
    let message = trap::operand(name, wants, &cx.store.heap, value);
    leave(cx, task, point, message)
}

/// A field access on something that has no such field.
#[cold]
#[inline(never)]
pub(in crate::vm) fn trap_field(
    cx: &mut Context<'_>,
    task: &Task,
    point: &Point,
    access: &str,
    shape: u16,
    field: u8,
    value: Value,
) -> Exit {
    let module = cx.program.module.module();
    let message = trap::field(module, &cx.store.heap, access, shape, field, value);
    leave(cx, task, point, message)
}

/// An element access that found no element.
#[cold]
#[inline(never)]
pub(in crate::vm) fn trap_element(
    cx: &mut Context<'_>,
    task: &Task,
    point: &Point,
    name: &str,
    array: Value,
    index: Value,
) -> Exit {
    let message = trap::element(name, &cx.store.heap, array, index);
    leave(cx, task, point, message)
}

/// The `trap` instruction.
#[cold]
#[inline(never)]
pub(in crate::vm) fn trap(cx: &mut Context<'_>, task: &Task, point: &Point, index: u16) -> Exit {
    let message = match cx.program.module.module().constants.get(index as usize) {
        Some(Constant::String(message)) => message.clone(),
        _ => "trap".into(),
    };
    leave(cx, task, point, message)
}

/// Makes room for a call. `None`: there is room now.
#[cold]
#[inline(never)]
pub(in crate::vm) fn grow(
    cx: &mut Context<'_>,
    task: &Task,
    point: &Point,
    window: Reg,
    need: u16,
) -> Option<Exit> {
    point.save_here(cx, task);
    // SAFETY: this worker runs the task, so no other thread touches its body; the reference does not outlive
    // this function, and the loop reads the stacks' places anew afterwards.
    let body = unsafe { &mut *task.body() };
    let registers = body.window as usize + window as usize + need as usize;
    let frames = body.depth as usize + 1;
    let depth = body.depth;
    if work(cx, task, point, WorkKind::Grow, depth.into(), |_| body.grow(registers, frames)).is_ok()
    {
        return None;
    }
    let name = &cx.program.function_name(cx.program.code.function(point.op(cx)));
    Some(Exit::trap(format!("stack overflow: {depth} frames in function {name}")))
}
