//! The content of a task's handle in the heap: `number << 8 | state`, then the result.

use crate::heap::{Heap, Value};

/// Whether a task is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HandleState {
    /// Not yet.
    Live,
    /// It returned this.
    Finished(Value),
    /// It trapped.
    Trapped,
    /// It trapped, because it threw this string.
    Thrown(Value),
}

const LIVE: u64 = 0;
const FINISHED: u64 = 1;
const TRAPPED: u64 = 2;
const THROWN: u64 = 3;

/// The state that a handle shows.
pub(crate) fn handle_state(heap: &Heap, handle: u32) -> HandleState {
    match heap.load(handle, 1) & 0xFF {
        FINISHED => HandleState::Finished(Value::from_bits(heap.load(handle, 2))),
        TRAPPED => HandleState::Trapped,
        THROWN => HandleState::Thrown(Value::from_bits(heap.load(handle, 2))),
        _ => HandleState::Live,
    }
}

/// The number of a handle's task.
pub(crate) fn handle_task(heap: &Heap, handle: u32) -> u32 {
    (heap.load(handle, 1) >> 8) as u32
}

/// Writes the content of a handle. The result is first, so that a reader that finds the task finished
/// (acquire) then finds the result.
pub(crate) fn write_handle(heap: &Heap, handle: u32, task: u32, state: HandleState) {
    let (state, result) = match state {
        HandleState::Live => (LIVE, Value::NULL),
        HandleState::Finished(result) => (FINISHED, result),
        HandleState::Trapped => (TRAPPED, Value::NULL),
        HandleState::Thrown(text) => (THROWN, text),
    };
    heap.store(handle, 2, result.bits());
    heap.store(handle, 1, (task as u64) << 8 | state);
}
