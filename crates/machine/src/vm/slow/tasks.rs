//! Tasks that start, wait, sleep, lock and block.
//!
//! A task that has to wait leaves the loop with its point saved *before* the waiting instruction.
//! When what it waited for has come, the instruction is executed again: an await then finds the
//! result, the others find `wait_over` set.

use std::time::Duration;

use super::memory::allocate;
use super::polls::{left_safe_region, note, work};
use super::traps::{leave, throw};
use crate::heap::{Header, Kind, ObjectKind, Value};
use crate::vm::arithmetic::{object, string};
use crate::vm::context::Context;
use crate::vm::handle::{HandleState, handle_state, thrown_text};
use crate::vm::location::LocationKind;
use crate::vm::mutex;
use crate::vm::observer::StopKind;
use crate::vm::op::Reg;
use crate::vm::point::{Exit, Point};
use crate::vm::since::WorkKind;
use crate::vm::task::Task;
use crate::vm::text::value_text;
use crate::vm::trap::operand;
use safepoint::clock::{self, Timestamp};

/// Whether the task has waited at this instruction and the wait is over. Clears the flag.
pub(super) fn take_wait_over(task: &Task) -> bool {
    // SAFETY: this worker runs the task, so no other thread touches its body; the reference does not outlive
    // this function.
    let body = unsafe { &mut *task.body() };
    std::mem::take(&mut body.wait_over)
}

/// What the task's instruction waits for has happened. Only while this worker runs, or has the stopped world.
pub(super) fn set_wait_over(task: &Task) {
    // SAFETY: this worker has the task, and no other thread touches its body as long as this worker runs or has the
    // world; the reference does not outlive the statement.
    unsafe { (*task.body()).wait_over = true };
}

/// The time until which the worker blocks for the task.
#[allow(clippy::mut_from_ref, reason = "one task, one worker")]
fn blocked_until(task: &Task) -> &mut Option<Timestamp> {
    // SAFETY: this worker runs the task, so no other thread touches its body; the callers do not keep the
    // reference beyond their statement, so not while other threads may look at the task.
    unsafe { &mut (*task.body()).blocked_until }
}

#[cold]
#[inline(never)]
pub(in crate::vm) fn spawn(
    cx: &mut Context<'_>,
    task: &Task,
    point: &Point,
    window: Reg,
    function: u16,
) -> Result<Value, Exit> {
    let (program, store) = (cx.program, cx.store);
    let header = Header::new(ObjectKind::Task, 0, 2);
    let payload = [0, Value::NULL.bits()];
    let handle = allocate(cx, task, point, header.words(), |heap, buffer| {
        buffer.raw(heap, header, &payload)
    })?;
    let params = program.declared(function).params as usize;
    let arguments = (0..params).map(|index| {
        // SAFETY: the translator put the arguments there, inside this function's registers.
        unsafe { point.register(window as usize + index) }
    });
    match store.spawn(program, cx.debugger.form(), function, handle.low_word(), arguments) {
        Ok(spawned) => {
            cx.observe_spawn(task, &spawned);
            store.scheduler.make_ready(spawned);
            Ok(handle)
        }
        Err(message) => Err(leave(cx, task, point, message)),
    }
}

#[cold]
#[inline(never)]
pub(in crate::vm) fn await_task(
    cx: &mut Context<'_>,
    task: &Task,
    point: &Point,
    value: Value,
) -> Result<Value, Exit> {
    let heap = &cx.store.heap;
    let Some(handle) = object(heap, value, ObjectKind::Task) else {
        let message = operand("await", "a task", heap, value);
        return Err(leave(cx, task, point, message));
    };
    match handle_state(heap, handle) {
        HandleState::Finished(value) => Ok(value),
        HandleState::Trapped => {
            let message = cx.store.awaited_trap(handle);
            Err(leave(cx, task, point, message))
        }
        HandleState::Thrown { what, .. } => {
            let message = cx.store.awaited_trap(handle);
            let mut exit = throw(cx, task, point, thrown_text(heap, what), message);
            match &mut exit {
                Exit::Trapped(trap) => trap.thrown = Some(value),
                _ => cx.store.scheduler.caught(heap, handle),
            }
            Err(exit)
        }
        HandleState::Live => {
            point.save_here(cx, task);
            Err(Exit::WaitTask(handle))
        }
    }
}

#[cold]
#[inline(never)]
pub(in crate::vm) fn give_way(
    cx: &mut Context<'_>,
    task: &Task,
    point: &Point,
) -> Result<(), Exit> {
    if take_wait_over(task) {
        return Ok(());
    }
    point.save_here(cx, task);
    Err(Exit::Yield)
}

/// The milliseconds in a task's operand.
fn duration(
    cx: &mut Context<'_>,
    task: &Task,
    point: &Point,
    name: &str,
    value: Value,
) -> Result<u32, Exit> {
    match value.kind() {
        Kind::Int(millis) if millis >= 0 => Ok(millis as u32),
        Kind::Int(millis) => {
            let message = format!("{name}: {millis} ms is no duration; it must be 0 or more");
            Err(leave(cx, task, point, message))
        }
        _ => {
            let wants = "an int, the milliseconds";
            let message = operand(name, wants, &cx.store.heap, value);
            Err(leave(cx, task, point, message))
        }
    }
}

#[cold]
#[inline(never)]
pub(in crate::vm) fn sleep(
    cx: &mut Context<'_>,
    task: &Task,
    point: &Point,
    value: Value,
) -> Result<(), Exit> {
    if take_wait_over(task) {
        return Ok(());
    }
    let millis = duration(cx, task, point, "sleep", value)?;
    point.save_here(cx, task);
    Err(Exit::Sleep(millis))
}

#[cold]
#[inline(never)]
pub(in crate::vm) fn lock(
    cx: &mut Context<'_>,
    task: &Task,
    point: &Point,
    value: Value,
) -> Result<(), Exit> {
    let heap = &cx.store.heap;
    let Some(mutex) = object(heap, value, ObjectKind::Mutex) else {
        let message = operand("lock", "a mutex", heap, value);
        return Err(leave(cx, task, point, message));
    };
    // The task that unlocked the contended mutex has made this task its owner already.
    if take_wait_over(task) {
        return Ok(());
    }
    match heap.exchange(mutex, 1, mutex::FREE, task.id as u64) {
        Ok(_) => Ok(()),
        Err(word) if word as u32 == task.id => {
            let message = "lock: this task holds the mutex already and would wait for itself";
            Err(leave(cx, task, point, message.into()))
        }
        Err(_) => {
            point.save_here(cx, task);
            Err(Exit::WaitMutex(mutex))
        }
    }
}

#[cold]
#[inline(never)]
pub(in crate::vm) fn unlock(
    cx: &mut Context<'_>,
    task: &Task,
    point: &Point,
    value: Value,
) -> Result<(), Exit> {
    let heap = &cx.store.heap;
    let Some(mutex) = object(heap, value, ObjectKind::Mutex) else {
        let message = operand("unlock", "a mutex", heap, value);
        return Err(leave(cx, task, point, message));
    };
    let me = task.id as u64;
    match heap.exchange(mutex, 1, me, mutex::FREE) {
        Ok(_) => Ok(()),
        Err(word) if word == me | mutex::CONTENDED => {
            if let Some(next) = cx.store.scheduler.pass_on(heap, mutex) {
                cx.store.scheduler.make_ready(next);
            }
            Ok(())
        }
        Err(word) => {
            let message = match word as u32 {
                0 => "unlock: no task holds the mutex; lock it first".into(),
                owner => format!("unlock: task {owner} holds the mutex, not this one"),
            };
            Err(leave(cx, task, point, message))
        }
    }
}

#[cold]
#[inline(never)]
pub(in crate::vm) fn print(
    cx: &mut Context<'_>,
    task: &Task,
    point: &Point,
    value: Value,
) -> Result<(), Exit> {
    let (program, store) = (cx.program, cx.store);
    let length = string(&store.heap, value).map_or(0, |text| store.heap.header(text).length());
    work(cx, task, point, WorkKind::Print, length.into(), |_| {
        store.output.line(&value_text(&program.module, &store.heap, value));
    });
    Ok(())
}

/// Blocks the worker inside a safe region.
#[cold]
#[inline(never)]
pub(in crate::vm) fn block(
    cx: &mut Context<'_>,
    task: &Task,
    point: &Point,
    value: Value,
) -> Result<(), Exit> {
    if take_wait_over(task) {
        left_safe_region(cx, point);
        return Ok(());
    }
    let millis = duration(cx, task, point, "block", value)?;
    point.save_here(cx, task);
    note(cx, task, point, LocationKind::Blocked);
    let end = clock::now().saturating_add(Duration::from_millis(millis as u64));
    // A restored task has blocked for a part of the time already.
    let until = *blocked_until(task).get_or_insert(end);
    let store = cx.store;
    cx.in_safe_region(StopKind::Blocked, || store.wait_until_over(until.since(clock::now())));
    *blocked_until(task) = None;
    if cx.store.is_over() {
        return Err(Exit::Stopped);
    }
    // Entered again, because a holder of the stopped world may have moved the task meanwhile.
    set_wait_over(task);
    Err(Exit::Preempted)
}

/// Blocks the worker outside of a safe region: requesters wait for it.
#[cold]
#[inline(never)]
pub(in crate::vm) fn stall(
    cx: &mut Context<'_>,
    task: &Task,
    point: &Point,
    value: Value,
) -> Result<(), Exit> {
    let millis = duration(cx, task, point, "stall", value)?;
    point.save_here(cx, task);
    note(cx, task, point, LocationKind::Blocked);
    cx.publish();
    work(cx, task, point, WorkKind::Stall, millis.into(), |cx| {
        let time = Duration::from_millis(millis as u64);
        cx.workers.stalling(|| cx.store.wait_until_over(time));
    });
    if cx.store.is_over() { Err(Exit::Stopped) } else { Ok(()) }
}
