//! The content of a task's handle in the heap: `number << 8 | state`, then the result.

use super::arithmetic::object;
use crate::heap::{Heap, ObjectKind, Value};

/// Whether a task is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HandleState {
    /// Not yet.
    Live,
    /// It returned this.
    Finished(Value),
    /// It trapped.
    Trapped,
    /// It trapped by what was thrown.
    Thrown {
        /// The string, or the handle of the task from which it came, which this one awaited.
        what: Value,
        /// Whether a task that awaited it has caught that.
        is_caught: bool,
    },
}

const LIVE: u64 = 0;
const FINISHED: u64 = 1;
const TRAPPED: u64 = 2;
const THROWN: u64 = 3;
const CAUGHT: u64 = 4;

/// The state that a handle shows.
pub(crate) fn handle_state(heap: &Heap, handle: u32) -> HandleState {
    let value = || Value::from_bits(heap.load(handle, 2));
    match heap.load(handle, 1) & 0xFF {
        FINISHED => HandleState::Finished(value()),
        TRAPPED => HandleState::Trapped,
        THROWN => HandleState::Thrown { what: value(), is_caught: false },
        CAUGHT => HandleState::Thrown { what: value(), is_caught: true },
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
        HandleState::Thrown { what, is_caught: false } => (THROWN, what),
        HandleState::Thrown { what, is_caught: true } => (CAUGHT, what),
    };
    heap.store(handle, 2, result.bits());
    heap.store(handle, 1, (task as u64) << 8 | state);
}

/// The string that was thrown, of a handle's [`HandleState::Thrown`].
pub(crate) fn thrown_text(heap: &Heap, mut what: Value) -> Value {
    while let Some(handle) = object(heap, what, ObjectKind::Task)
        && let HandleState::Thrown { what: before, .. } = handle_state(heap, handle)
    {
        what = before;
    }
    what
}
