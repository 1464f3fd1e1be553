//! A limit that a worker compares with anyway, and that fails when the worker is to stop.
//!
//! Arming sets the word first and poisons the limit then; a worker that sets its limit swaps it first and looks at the
//! word then. So of the two one comes second and sees what the other did: either the poison is written over the limit,
//! or the swap returns the poison and with it (Acquire) what came before, the word, and the worker poisons its own limit
//! again. Only poisoning too often is possible; it costs one turn through the slow path.

use super::{mutant::Mutant, slot::PollWord};
use crate::sync::{AtomicU64, Ordering};

/// A worker's limit: what a check that is needed anyway compares with, such as the end of a buffer that is allocated
/// from, or the end of a stack. When the worker is to stop, or something was posted to it, the limit is *poisoned*: it
/// becomes [`Config::poison`](super::Config::poison), which no value passes, and the slow path of the check polls.
///
/// ```
/// let coordinator = safepoint::SafepointCoordinator::new();
/// let worker = coordinator.register_worker();
/// worker.set_limit(4096);
/// let mut used = 0;
/// for _ in 0..1000 {
///     // The check that the allocation needs, and the poll, in one.
///     while used + 16 > worker.limit().get() {
///         worker.poll();
///         used = 0; // Another buffer, if this one was full.
///         worker.set_limit(4096);
///     }
///     used += 16;
/// }
/// ```
///
/// A limit is poisoned until [`Worker::set_limit`](super::Worker::set_limit) sets it, also after a stop, and when the
/// worker is registered.
pub struct PollLimit {
    limit: AtomicU64,
    poison: u64,
}

impl PollLimit {
    pub(super) fn new(poison: u64) -> Self {
        Self { limit: AtomicU64::new(poison), poison }
    }

    /// The limit, or the poison: one relaxed load.
    #[inline(always)]
    pub fn get(&self) -> u64 {
        self.limit.load(Ordering::Relaxed)
    }

    /// Where the limit is, for generated code to read as a native `u64`. It stays there as long as its worker is
    /// registered.
    #[cfg(not(any(loom, shuttle)))]
    pub const fn address(&self) -> *const u64 {
        std::ptr::from_ref(&self.limit).cast()
    }

    /// Makes the next check fail. After the word was set. Release pairs with the Acquire of [`PollLimit::set`].
    pub(super) fn poison(&self) {
        self.limit.store(self.poison, Ordering::Release);
    }

    /// Sets the limit, unless something is asked of the worker. Only its owner calls this.
    pub(super) fn set(&self, limit: u64, word: &PollWord) {
        if Mutant::LimitOverPoison.is_on() {
            self.limit.store(limit, Ordering::Relaxed);
            return;
        }
        let before = self.limit.swap(limit, Ordering::Acquire);
        if before == self.poison && word.is_armed() {
            self.limit.store(self.poison, Ordering::Relaxed);
        }
    }
}
