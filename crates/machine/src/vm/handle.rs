//! What a task's handle in the heap says: `number << 8 | state`, then the result.

use crate::heap::{Heap, Value};

/// Whether a task is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HandleState {
    /// Not yet.
    Live,
    /// It returned; the result is in the handle.
    Finished,
    /// It trapped.
    Trapped,
}

const LIVE: u64 = 0;
const FINISHED: u64 = 1;
const TRAPPED: u64 = 2;

/// The state that a handle shows.
pub(super) fn handle_state(heap: &Heap, handle: u32) -> HandleState {
    match heap.load(handle, 1) & 0xFF {
        FINISHED => HandleState::Finished,
        TRAPPED => HandleState::Trapped,
        _ => HandleState::Live,
    }
}

/// The number of a handle's task.
pub(super) fn handle_task(heap: &Heap, handle: u32) -> u32 {
    (heap.load(handle, 1) >> 8) as u32
}

/// Gives a fresh handle its number.
pub(super) fn name_handle(heap: &Heap, handle: u32, task: u32) {
    heap.store(handle, 1, (task as u64) << 8 | LIVE);
}

/// Writes how a task ended. The result first: whoever reads the state (acquire) as finished then
/// finds it.
pub(super) fn close_handle(heap: &Heap, handle: u32, task: u32, result: Option<Value>) {
    heap.store(handle, 2, result.unwrap_or(Value::NULL).bits());
    let state = if result.is_some() { FINISHED } else { TRAPPED };
    heap.store(handle, 1, (task as u64) << 8 | state);
}
