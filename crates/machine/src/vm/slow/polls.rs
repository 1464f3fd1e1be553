//! Safepoints, and places where the policy has no poll.

use crate::vm::code::{Count, Visible};
use crate::vm::context::Context;
use crate::vm::location::{Location, LocationKind};
use crate::vm::op::Op;
use crate::vm::point::{Exit, Point};
use crate::vm::since::{Work, WorkKind};
use crate::vm::task::Task;
use safepoint::clock::Timestamp;

/// The poll before an instruction found something to do. `None`: go on.
///
/// Every stop leaves the loop, which is entered again before this very instruction: a browser can only
/// replace the loop's code by faster code between two calls. If there is something to do again by then, the
/// instruction is executed first, so that a task makes progress between pauses.
#[cold]
#[inline(never)]
pub(in crate::vm) fn poll(
    cx: &mut Context<'_>,
    task: &Task,
    point: &Point,
    kind: LocationKind,
) -> Option<Exit> {
    let visible = point.visible(cx);
    point.save(cx, task, visible);
    if cx.has_polled_here() {
        return None;
    }
    cx.stop_at(location(cx, task, point.op(cx), visible, kind));
    uncount(cx, point);
    Some(left(cx))
}

/// Takes back the poll before an instruction, if there was one: it will be counted when the task reaches the
/// instruction again.
pub(super) fn uncount(cx: &mut Context<'_>, point: &Point) {
    if !cx.program.code.ops()[point.op(cx) as usize].polls_before() {
        return;
    }
    let slot = cx.program.code.counts()[point.op(cx) as usize].slot;
    if let Some(hits) = cx.hits.get(slot as usize) {
        cx.polls = cx.polls.wrapping_sub(1);
        hits.uncount();
    }
}

/// The poll of a back-edge found something to do: the jump at `from` was taken, the loop stands at
/// its target.
#[cold]
#[inline(never)]
pub(in crate::vm) fn poll_back_edge(
    cx: &mut Context<'_>,
    task: &Task,
    point: &Point,
    from: *const Op,
    adjust: i32,
) -> Exit {
    let (jump, site) = save_behind_jump(cx, task, point, from, adjust);
    // SAFETY: this worker runs the task, so no other thread touches its body; the reference does not outlive
    // the statement.
    unsafe { (*task.body()).jumped = Some(site) };
    cx.stop_at(location(cx, task, jump, site, LocationKind::BackEdge));
    left(cx)
}

/// Saves a task whose jump at `from` was taken, as before the jump's target: registers are not exact before
/// the jump, because a compare-and-jump in one operation leaves no operand of the jump. Returns the jump's
/// operation and instruction.
fn save_behind_jump(
    cx: &mut Context<'_>,
    task: &Task,
    point: &Point,
    from: *const Op,
    adjust: i32,
) -> (u32, Visible) {
    let jump = point.at(from).op(cx);
    let site = cx.program.code.place(jump).instruction;
    let target = (site as i32 + 1 - adjust) as Visible;
    point.save(cx, task, target);
    (jump, site)
}

/// For at least this amount of work, in the work's own unit, the worker notes where it does it.
pub(super) const LONG: u64 = 4096;

pub(super) fn location(
    cx: &Context<'_>,
    task: &Task,
    op: u32,
    instruction: Visible,
    kind: LocationKind,
) -> Location {
    let function = cx.program.code.function(op) as u32;
    Location { task: task.id, function, instruction, kind }
}

/// Why the loop is left after a stop.
fn left(cx: &Context<'_>) -> Exit {
    if cx.store.is_over() { Exit::Stopped } else { Exit::Preempted }
}

/// The poll of the loop's operation has ended the longest path so far.
#[cold]
#[inline(never)]
pub(in crate::vm) fn longest_path(cx: &mut Context<'_>, point: &Point, length: u64) {
    let (code, op) = (&cx.program.code, point.op(cx));
    let jump = code.place(op);
    let before = code.ops()[op as usize].polls_before();
    let at = if before { code.at(op) } else { jump.instruction };
    cx.is_longest_path(length, (jump.function, at));
}

/// Counts turns of a loop of one operation, all of which polled, and the instructions of each. Those between the first and
/// the last are as long as the last. Gives the length of the path that the last one ended.
#[inline(never)]
pub(in crate::vm) fn turned(
    cx: &mut Context<'_>,
    point: &mut Point,
    instructions: u64,
    turns: u64,
) -> u64 {
    let Count { slot, ends } = cx.program.code.counts()[point.op(cx) as usize];
    if let Some(hits) = cx.hits.get(slot as usize) {
        hits.count_more(turns);
    }
    point.polls = point.polls.wrapping_add(turns);
    let first = point.count(ends);
    let mut length = cx.measured.end(first);
    if cx.measured.exceeds(length) {
        longest_path(cx, point, length);
    }
    if turns > 1 {
        let last = first.wrapping_add(instructions.wrapping_mul(turns - 1));
        cx.measured.end(last.wrapping_sub(instructions));
        length = cx.measured.end(last);
        if cx.measured.exceeds(length) {
            longest_path(cx, point, length);
        }
    }
    point.base = point.base.wrapping_add(instructions.wrapping_mul(turns));
    length
}

/// The worker was in a safe region during the loop's instruction, and a safe region is a safepoint.
pub(super) fn left_safe_region(cx: &mut Context<'_>, point: &Point) {
    if cx.workers.profile {
        let (code, op, at) = (&cx.program.code, point.op(cx), point.visible(cx));
        cx.path_ends(point.count(at + 1), || (code.function(op), at));
    }
}

/// Whether this turn of a back-edge polls, if only every n-th does.
#[inline(always)]
pub(in crate::vm) fn countdown(task: &Task, every: u16) -> bool {
    // SAFETY: this worker runs the task, so no other thread touches its body; the reference does not outlive
    // this function.
    let body = unsafe { &mut *task.body() };
    body.countdown += 1;
    if body.countdown >= every.into() {
        body.countdown = 0;
        return true;
    }
    false
}

/// A requester waits for this worker, which takes a back-edge or a call without a poll: notes where that is and,
/// when profiling, counts the turns since then.
#[cold]
#[inline(never)]
pub(in crate::vm) fn unpolled(cx: &Context<'_>, task: &Task, point: &Point, kind: LocationKind) {
    let op = point.op(cx);
    let at = cx.program.code.place(op).instruction;
    let noted = location(cx, task, op, at, LocationKind::Unpolled);
    cx.awaited_turn(noted, point.count(at + 1), op, kind);
}

/// Does work that may take long. Notes where the worker is meanwhile if there is much of it, and keeps how long the work
/// took if a requester waits by the end.
pub(super) fn work<'m, T>(
    cx: &mut Context<'m>,
    task: &Task,
    point: &Point,
    kind: WorkKind,
    amount: u64,
    what: impl FnOnce(&mut Context<'m>) -> T,
) -> T {
    let noted = amount >= LONG;
    if noted {
        let location = location_of_work(cx, task, point, kind);
        cx.show(location);
        cx.note(location);
    }
    let from = cx.begins_work();
    let done = what(cx);
    if noted || cx.poll_word().is_armed() || cx.has_noted_turn() {
        worked(cx, task, point, (kind, amount), from);
    }
    done
}

/// Work was noted, or a turn before it, or a requester waits by its end.
#[cold]
#[inline(never)]
fn worked(
    cx: &mut Context<'_>,
    task: &Task,
    point: &Point,
    (kind, amount): (WorkKind, u64),
    from: Timestamp,
) {
    let location = location_of_work(cx, task, point, kind);
    cx.ends_work(Work { kind, location, amount, from, until: from });
}

fn location_of_work(cx: &Context<'_>, task: &Task, point: &Point, kind: WorkKind) -> Location {
    let op = point.op(cx);
    let doing = match kind {
        WorkKind::Stall => LocationKind::Blocked,
        _ => LocationKind::Bulk,
    };
    location(cx, task, op, cx.program.code.at(op), doing)
}

/// Notes that the worker blocks.
pub(super) fn note(cx: &Context<'_>, task: &Task, point: &Point, kind: LocationKind) {
    let op = point.op(cx);
    let location = location(cx, task, op, cx.program.code.at(op), kind);
    cx.show(location);
    cx.note(location);
}

/// The signal has changed at a place without a poll. The jump at `from` was taken, the loop stands at its target.
#[cold]
#[inline(never)]
pub(in crate::vm) fn called_back_at_back_edge(
    cx: &mut Context<'_>,
    task: &Task,
    point: &Point,
    from: *const Op,
    adjust: i32,
) -> Exit {
    save_behind_jump(cx, task, point, from, adjust);
    called(cx)
}

/// The signal has changed before an instruction at which registers are exact.
#[cold]
#[inline(never)]
pub(in crate::vm) fn called_back(cx: &mut Context<'_>, task: &Task, point: &Point) -> Exit {
    point.save_here(cx, task);
    called(cx)
}

fn called(cx: &Context<'_>) -> Exit {
    if cx.store.is_over() { Exit::Stopped } else { Exit::CalledBack }
}
