//! A limit that a worker checks anyway, and whose check fails when the worker must stop.
//!
//! Arming first sets the word and then poisons the limit. A worker that sets its limit first swaps it and then looks at
//! the word. So one of the two writes to the limit comes second. If it is the poison, it replaces the limit and stays. If
//! it is the swap, it returns the poison and (Acquire) makes the word visible that was set before it, and the worker
//! poisons its own limit again. A limit may be poisoned once too often; that costs one turn through the slow path.

use super::mutant::Mutant;
use crate::sync::{AtomicU64, Ordering};

/// A worker's limit makes a check that the program needs anyway serve as a poll. The check compares with the limit, such
/// as the end of an allocation buffer or of a stack. When the worker must stop, or a closure was posted to it, the limit
/// is *poisoned*: it becomes [`Config::poison`](super::Config::poison), so the check fails and its slow path polls.
///
/// ```
/// let coordinator = safepoint::SafepointCoordinator::new();
/// let worker = coordinator.register_worker();
/// worker.set_limit(4096);
/// let mut used = 0;
/// for _ in 0..1000 {
///     // One check serves the allocation and the poll.
///     while used + 16 > worker.limit().get() {
///         worker.poll();
///         used = 0; // Another buffer, if this one was full.
///         worker.set_limit(4096);
///     }
///     used += 16;
/// }
/// ```
///
/// A limit is poisoned when its worker is registered. A poisoned limit stays so, also after a stop, until
/// [`Worker::set_limit`](super::Worker::set_limit) sets it.
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

    /// The address of the limit, which generated code reads as a native `u64`. It is valid as long as the worker is
    /// registered.
    #[cfg(not(any(loom, shuttle)))]
    pub const fn address(&self) -> *const u64 {
        std::ptr::from_ref(&self.limit).cast()
    }

    /// Makes the next check fail. Called after the word was set. Release pairs with the Acquire of [`PollLimit::set`].
    ///
    /// A store would do: no store comes between the two halves of the swap in `set`. But loom does not know that, so only
    /// two swaps are in an order that the model can check.
    pub(super) fn poison(&self) {
        self.limit.swap(self.poison, Ordering::Release);
    }

    /// Sets the limit, unless the word `is_armed`. Only the worker itself calls this.
    pub(super) fn set(&self, limit: u64, is_armed: impl FnOnce() -> bool) {
        if Mutant::LimitOverPoison.is_on() {
            self.limit.store(limit, Ordering::Relaxed);
            return;
        }
        let before = self.limit.swap(limit, Ordering::Acquire);
        if before == self.poison && is_armed() {
            self.limit.store(self.poison, Ordering::Relaxed);
        }
    }
}
