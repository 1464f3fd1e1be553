//! A counter that one thread increases and others may read.

use safepoint::sync::{AtomicU64, Ordering, peek, put};

/// Counts as fast as a plain number. Only one thread counts, so a separate load and store lose no count. A reader that is
/// not ordered after the writer by something else, such as a stopped world, gets a figure that may be old.
#[derive(Debug, Default)]
pub(super) struct Tally(AtomicU64);

impl Tally {
    /// Adds one. Only the counting thread may call this.
    #[inline(always)]
    pub(super) fn count(&self) {
        put(&self.0, peek(&self.0).wrapping_add(1));
    }

    /// Adds so many. Only the counting thread may call this.
    pub(super) fn count_more(&self, times: u64) {
        put(&self.0, peek(&self.0).wrapping_add(times));
    }

    /// Subtracts one. Only the counting thread may call this.
    pub(super) fn uncount(&self) {
        self.0.store(self.get().wrapping_sub(1), Ordering::Relaxed);
    }

    /// The count.
    pub(super) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_thread_counts_another_reads() {
        let tally = Tally::default();
        std::thread::scope(|scope| {
            scope.spawn(|| (0..1000).for_each(|_| tally.count()));
        });
        tally.uncount();
        assert_eq!(tally.get(), 999);
    }
}
