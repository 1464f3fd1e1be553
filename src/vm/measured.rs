//! The longest path that a worker went without a poll, measured beside what
//! [`longest_paths`](crate::bytecode::longest_paths) says of the program alone. Only when profiling,
//! since it is reckoned at every poll.

use std::sync::atomic::Ordering;

use super::code::Visible;
use super::status::WorkerBlock;

/// A worker's reckoning; what it comes to stands in its [`WorkerBlock`].
#[derive(Debug, Default)]
pub(super) struct Measured {
    /// The worker's count of instructions where the path at work began.
    began: u64,
    /// Length of the path that ended there.
    last: u64,
    longest: u64,
}

impl Measured {
    /// A path ends at that count of instructions, and the next begins; whether it is the longest, which is
    /// then to be said with [`is_longest`](Self::is_longest).
    #[inline(always)]
    pub(super) fn end(&mut self, count: u64) -> bool {
        self.last = count.wrapping_sub(self.began);
        self.began = count;
        self.last > self.longest
    }

    /// Lets everybody see the path that has just ended at `place`.
    pub(super) fn is_longest(&mut self, block: &WorkerBlock, place: (u16, Visible)) {
        self.longest = self.last;
        // Relaxed: figures for views, and only this worker writes them.
        block.longest.store(self.last, Ordering::Relaxed);
        block.longest_function.store(place.0.into(), Ordering::Relaxed);
        block.longest_instruction.store(place.1, Ordering::Relaxed);
    }

    /// The count at the last poll.
    #[inline(always)]
    pub(super) fn polled(&self) -> u64 {
        self.began
    }

    /// For a worker that stops at `count`: what it executed since the poll before. At a poll that is the
    /// path that has just ended.
    pub(super) fn since_poll(&self, count: u64) -> u64 {
        match count.wrapping_sub(self.began) {
            0 => self.last,
            since => since,
        }
    }
}
