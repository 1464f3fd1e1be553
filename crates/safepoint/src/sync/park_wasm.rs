//! Sleeping on a word of shared WebAssembly memory.

use super::AtomicU32;
use core::arch::wasm32::{memory_atomic_notify, memory_atomic_wait32};
use std::time::Duration;

pub(super) struct Parking;

impl Parking {
    pub(super) fn new() -> Self {
        Self
    }

    /// Traps on a page's main thread, which is not allowed to wait.
    pub(super) fn wait(&self, word: &AtomicU32, seen: u32, timeout: Option<Duration>) {
        // Negative means for ever.
        let timeout_ns =
            timeout.map_or(-1, |timeout| i64::try_from(timeout.as_nanos()).unwrap_or(i64::MAX));
        // SAFETY: the word lives as long as the borrow, is four bytes and aligned, and is only ever
        // accessed atomically.
        unsafe {
            memory_atomic_wait32(word.as_ptr().cast::<i32>(), seen.cast_signed(), timeout_ns);
        }
    }

    pub(super) fn wake_all(&self, word: &AtomicU32) {
        self.wake(word, u32::MAX);
    }

    pub(super) fn wake(&self, word: &AtomicU32, most: u32) {
        // SAFETY: as in `wait`. Notifying is allowed on every thread.
        unsafe {
            memory_atomic_notify(word.as_ptr().cast::<i32>(), most);
        }
    }
}
