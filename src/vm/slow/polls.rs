//! Safepoints, and places that could have been some.

use std::sync::atomic::Ordering;

use crate::safepoint::{Location, LocationKind};
use crate::vm::code::Visible;
use crate::vm::interpret::{Exit, Point};
use crate::vm::op::Op;
use crate::vm::task::Task;
use crate::vm::worker::Context;

/// The poll before an instruction found something to do. `None`: go on.
#[cold]
#[inline(never)]
pub(in crate::vm) fn poll(
    cx: &mut Context<'_>,
    task: &Task,
    point: Point,
    kind: LocationKind,
) -> Option<Exit> {
    let visible = point.visible(cx);
    point.save(cx, task, visible);
    let location = location(cx, task, point.op(cx), visible, kind);
    stop(cx, location)
}

/// The poll of a back-edge found something to do: the jump at `from` was taken, the loop stands at
/// its target.
#[cold]
#[inline(never)]
pub(in crate::vm) fn poll_back_edge(
    cx: &mut Context<'_>,
    task: &Task,
    point: Point,
    from: *const Op,
    adjust: i32,
) -> Option<Exit> {
    let jump = point.at(from).op(cx);
    let site = cx.shared.code.last(jump);
    let target = (site as i32 + 1 - adjust) as Visible;
    point.save(cx, task, target);
    let location = location(cx, task, jump, site, LocationKind::BackEdge);
    stop(cx, location)
}

fn location(
    cx: &Context<'_>,
    task: &Task,
    op: u32,
    instruction: Visible,
    kind: LocationKind,
) -> Location {
    let function = cx.shared.code.function(op) as u32;
    Location { task: task.id, function, instruction, kind }
}

/// Stops here if the world does, and sees whether the task may go on.
fn stop(cx: &mut Context<'_>, location: Location) -> Option<Exit> {
    cx.stop_at(location);
    if cx.shared.is_over() {
        return Some(Exit::Stopped);
    }
    cx.slice_is_over().then_some(Exit::Preempted)
}

/// Counts a poll of the site at which the loop is.
#[inline(never)]
pub(in crate::vm) fn hit(cx: &Context<'_>, point: Point) {
    if let Some(site) = cx.shared.code.site(point.op(cx))
        && let Some(count) = cx.hits.get(site as usize)
    {
        // Only this worker writes the counter, so reading and writing apart loses nothing.
        count.store(count.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
    }
}

/// Whether this back-edge polls, where only every n-th does.
#[inline(always)]
pub(in crate::vm) fn countdown(cx: &Context<'_>, task: &Task) -> bool {
    // SAFETY: this worker runs the task, so nobody else touches its body; the reference does not
    // outlive this function.
    let body = unsafe { &mut *task.body() };
    body.countdown += 1;
    if body.countdown >= cx.shared.policy.every.get() as u32 {
        body.countdown = 0;
        return true;
    }
    false
}

/// Leaves word of where the worker is, for whoever waits for it in vain.
#[inline(never)]
pub(in crate::vm) fn unpolled(cx: &Context<'_>, task: &Task, point: Point) {
    let op = point.op(cx);
    let instruction = cx.shared.code.last(op);
    cx.worker.note(location(cx, task, op, instruction, LocationKind::Unpolled));
}

/// Leaves word that the worker begins something that takes long or blocks.
pub(super) fn note(cx: &Context<'_>, task: &Task, point: Point, kind: LocationKind) {
    let op = point.op(cx);
    let location = location(cx, task, op, cx.shared.code.at(op), kind);
    cx.show(location);
    cx.worker.note(location);
}

/// The machine is over.
#[cold]
#[inline(never)]
pub(in crate::vm) fn stopped(cx: &mut Context<'_>, task: &Task, point: Point) -> Exit {
    point.save_here(cx, task);
    Exit::Stopped
}
