//! A counter that one thread increases and others may read.

use safepoint::sync::{AtomicU64, Ordering};

/// Counts as fast as a plain number. Only one thread counts, so a separate load and store lose no count.
///
/// In the browser it is a plain `i64.load` and `i64.store`, in assembly because Rust cannot express them.
/// An atomic store is always sequentially consistent there: an exchange, which costs more than the poll that
/// it counts. Plain accesses of aligned words do not tear in the engines there are; a reader that is not
/// ordered after the writer by something else, such as a stopped world, gets a figure that may be old.
#[derive(Debug, Default)]
pub(super) struct Tally(AtomicU64);

impl Tally {
    /// Adds one. Only the counting thread may call this.
    #[inline(always)]
    pub(super) fn count(&self) {
        #[cfg(all(target_arch = "wasm32", target_feature = "atomics"))]
        // SAFETY: reads and writes eight aligned bytes that live as long as the borrow, and that no other
        // thread writes.
        unsafe {
            core::arch::asm!(
                "local.get {word}",
                "local.get {word}",
                "i64.load 0",
                "i64.const 1",
                "i64.add",
                "i64.store 0",
                word = in(local) self.0.as_ptr(),
                options(nostack, preserves_flags),
            );
        }
        #[cfg(not(all(target_arch = "wasm32", target_feature = "atomics")))]
        self.0.store(self.get().wrapping_add(1), Ordering::Relaxed);
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
