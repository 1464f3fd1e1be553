//! WebAssembly without atomics has one thread: if it slept, it would sleep for ever.

use super::AtomicU32;
use std::time::Duration;

pub(super) struct Parking;

impl Parking {
    pub(super) fn new() -> Self {
        Self
    }

    /// # Panics
    /// Unless the word has changed already: no other thread can change it.
    pub(super) fn wait(&self, word: &AtomicU32, seen: u32, _timeout: Option<Duration>) {
        assert_ne!(
            word.load(super::Ordering::Acquire),
            seen,
            "this build of WebAssembly has no threads, so waiting would never end: call only what need not wait, or \
             build with `-Ctarget-feature=+atomics`",
        );
    }

    pub(super) fn wake_all(&self, _word: &AtomicU32) {}

    pub(super) fn wake(&self, _word: &AtomicU32, _most: u32) {}
}
