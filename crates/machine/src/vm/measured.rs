//! The longest path that a worker went without a poll, to compare with the bound that
//! [`longest_paths`](bytecode::longest_paths) computes from the program. Only when profiling, because it is
//! measured at every poll.

use super::code::Visible;
use super::status::WorkerBlock;
use safepoint::sync::Ordering;

/// The measurement of one worker; its result is in the worker's [`WorkerBlock`].
#[derive(Debug, Default)]
pub(super) struct Measured {
    /// The worker's count of instructions where the current path began.
    began: u64,
    /// Length of the path that ended at a poll at which the worker stopped, and the count there.
    last: u64,
    last_at: u64,
    longest: u64,
}

impl Measured {
    /// A path ends at this count of instructions, and the next begins. Returns the length of the path.
    #[inline(always)]
    pub(super) fn end(&mut self, count: u64) -> u64 {
        let length = count.wrapping_sub(self.began);
        self.began = count;
        length
    }

    /// Whether a path is longer than all before; then the caller calls [`is_longest`](Self::is_longest).
    #[inline(always)]
    pub(super) fn exceeds(&self, length: u64) -> bool {
        length > self.longest
    }

    /// The worker stops at the poll that ended a path of this length.
    pub(super) fn stops(&mut self, length: u64) {
        (self.last, self.last_at) = (length, self.began);
    }

    /// Publishes the path of this length, which has just ended at `place`.
    pub(super) fn is_longest(&mut self, length: u64, block: &WorkerBlock, place: (u16, Visible)) {
        self.longest = length;
        // Relaxed: figures for views, and only this worker writes them.
        block.longest.store(length, Ordering::Relaxed);
        block.longest_function.store(place.0.into(), Ordering::Relaxed);
        block.longest_instruction.store(place.1, Ordering::Relaxed);
    }

    /// Where the current path began, and the longest one: for code that measures as this does.
    pub(super) fn state(&self) -> (u64, u64) {
        (self.began, self.longest)
    }

    /// What such code has measured.
    pub(super) fn set_state(&mut self, began: u64, longest: u64) {
        (self.began, self.longest) = (began, longest);
    }

    /// The count at the last poll.
    #[inline(always)]
    pub(super) fn polled(&self) -> u64 {
        self.began
    }

    /// The instructions since the last poll, for a worker that stops at `count`. If it stops at a poll, they
    /// are the path that has just ended.
    pub(super) fn since_poll(&self, count: u64) -> u64 {
        match count.wrapping_sub(self.began) {
            0 if self.last_at == count => self.last,
            since => since,
        }
    }
}
