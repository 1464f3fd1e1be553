//! The rare operations of the interpreter's loop, out of line.
//!
//! Each function takes the loop's locals as a [`Point`]. A function saves the point before this worker may
//! stop or another thread may look at the task.

mod debug;
mod explicit;
mod js;
mod list;
mod memory;
mod polls;
mod tasks;
mod traps;

pub(super) use debug::check;
pub(super) use explicit::explicit;
pub(super) use js::js;
pub(super) use memory::{array_copy, array_fill, concat, len, new_array, new_mutex, nulls, to_str};
pub(super) use polls::{
    called_back, called_back_at_back_edge, countdown, longest_path, poll, poll_back_edge, turned,
    unpolled,
};
pub(super) use tasks::{await_task, block, give_way, lock, print, sleep, spawn, stall, unlock};
pub(super) use traps::{grow, trap, trap_element, trap_field, trap_operand, trap_operands};

use super::arithmetic::{self, string};
use super::context::Context;
use super::op::Comparison;
use super::point::Point;
use super::since::WorkKind;
use super::task::Task;
use crate::heap::Value;
use polls::work;

/// Whether a comparison holds, for operands other than two integers; `None` if they cannot be compared.
#[cold]
#[inline(never)]
pub(super) fn compare(
    cx: &mut Context<'_>,
    task: &Task,
    point: &Point,
    with: Comparison,
    a: Value,
    b: Value,
) -> Option<bool> {
    let heap = &cx.store.heap;
    let (Some(left), Some(right)) = (string(heap, a), string(heap, b)) else {
        return arithmetic::compare(heap, with, a, b);
    };
    let length = heap.header(left).length().min(heap.header(right).length());
    work(cx, task, point, WorkKind::Compare, length.into(), |_| {
        arithmetic::compare(heap, with, a, b)
    })
}
