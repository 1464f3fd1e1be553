//! What a program asks for at a poll of its own: stops of the world, and handshakes.
//!
//! The task is saved before the instruction, and until that is done its worker counts as blocked outside of the machine,
//! so that no debugger steps the task meanwhile. Then `wait_over` is set, and the instruction is entered again, because a
//! holder of the stopped world may have moved the task.

use super::polls::{location, uncount};
use super::tasks::{set_wait_over, take_wait_over};
use super::traps::leave;
use crate::heap::{ObjectKind, Value};
use crate::vm::arithmetic::{object, string};
use crate::vm::context::Context;
use crate::vm::handle::handle_task;
use crate::vm::location::LocationKind;
use crate::vm::op::Explicit;
use crate::vm::point::{Exit, Point};
use crate::vm::task::Task;
use crate::vm::trap::{operand, shortened};

/// The reason of a collection that the program asks for.
const COLLECT: &str = "collect";

#[cold]
#[inline(never)]
pub(in crate::vm) fn explicit(
    cx: &mut Context<'_>,
    task: &Task,
    point: &Point,
    what: Explicit,
    value: Value,
) -> Result<(), Exit> {
    if take_wait_over(task) {
        return Ok(());
    }
    let heap = &cx.store.heap;
    point.save_here(cx, task);
    let at = location(cx, task, point.op(cx), point.visible(cx), LocationKind::Explicit);
    match what {
        Explicit::Handshake => {
            let Some(handle) = object(heap, value, ObjectKind::Task) else {
                let message = operand("handshake", "a task", heap, value);
                return Err(leave(cx, task, point, message));
            };
            let with = handle_task(heap, handle);
            cx.handshake(at, with);
            set_wait_over(task);
        }
        Explicit::Stop => {
            let Some(text) = string(heap, value) else {
                let message = operand("stop", "a string", heap, value);
                return Err(leave(cx, task, point, message));
            };
            // Records keep it for long, and tables show it.
            let why = shortened(heap.text(text).to_owned());
            cx.stop_world(at, &why, false, &|| set_wait_over(task));
        }
        Explicit::Poll | Explicit::Collect => {
            cx.stop_world(at, COLLECT, true, &|| set_wait_over(task));
        }
    }
    // The poll will be made, and counted, once more.
    uncount(cx, point);
    Err(if cx.store.is_over() { Exit::Stopped } else { Exit::Preempted })
}
