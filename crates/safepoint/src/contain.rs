//! Running code that is not the coordinator's: posted closures, observers, shared work.
//!
//! Such code runs in the middle of a transition, often on the thread of a worker that has nothing to do
//! with it, and sometimes while that thread unwinds already. If its panic passed through, the worker
//! would be left between two states (SAFE without a guard, or counted and never resumed), and a panic
//! out of a destructor would abort the process. So the panic is caught and reported to the owner of the
//! code, as `std::thread` does with a thread's panic; the panic hook has printed it by then. In the
//! browser panics do not unwind, so nothing is caught there: the caller that sees the thread die
//! declares its worker dead.

use super::mutant::Mutant;
use std::{
    mem,
    panic::{AssertUnwindSafe, catch_unwind},
};

/// Runs `code`; false if it panicked.
pub(super) fn contained(code: impl FnOnce()) -> bool {
    if Mutant::PanicsPassThrough.is_on() {
        code();
        return true;
    }
    // Unwind safe: state that `code` left incomplete belongs to its owner, who gets a report.
    let Err(payload) = catch_unwind(AssertUnwindSafe(code)) else {
        return true;
    };
    if let Err(another) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        // The payload panicked when it was dropped. Dropping the new payload could panic again, without
        // end.
        mem::forget(another);
    }
    false
}
