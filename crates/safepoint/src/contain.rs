//! Running code that is not the coordinator's: posted closures, observers, shared work.
//!
//! It runs in the middle of a transition, often on the thread of a worker that has nothing to do with
//! it and sometimes while that thread unwinds already. If its panic passed through, the worker would
//! be left half way (SAFE without a guard, or counted and never resumed), and out of a destructor it
//! would abort the process. So it is caught, and told to whoever the code belongs to, as
//! `std::thread` does with a thread's panic: the panic hook has printed it by then. Where panics do
//! not unwind, in the browser, nothing is caught, and whoever sees the thread die says so.

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
    // Unwind safe: what `code` left half done is its owner's, who is told.
    let Err(payload) = catch_unwind(AssertUnwindSafe(code)) else {
        return true;
    };
    if let Err(another) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        // Dropping what panics when it is dropped could go on for ever.
        mem::forget(another);
    }
    false
}
