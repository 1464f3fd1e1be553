//! A worker's own part of its slot: what only the worker's thread does with it.

use super::{
    ids::WorkerId,
    observer::Event,
    place::Place,
    post,
    reason::{Reason, StopReason},
    shared::Shared,
    slot::{Slot, UNKNOWN, WorkerState},
};
use crate::sync::Ordering;
use std::{cell::Cell, fmt, sync::Arc, thread};

/// A worker's slot, and the depth of its nested safe regions. Not `Sync`: only one thread at a time
/// has it.
pub(super) struct Seat<R: Reason, D> {
    pub(super) slot: Arc<Slot>,
    pub(super) shared: Arc<Shared<R, D>>,
    pub(super) id: WorkerId,
    pub(super) data: Arc<D>,
    /// Safe regions entered and not left. Boxed, so that nothing inside a [`Worker`](super::Worker) changes: the
    /// compiler can then keep the word's address in a register across a loop that polls.
    pub(super) depth: Box<Cell<u32>>,
}

impl<R: Reason, D> Seat<R, D> {
    /// One level deeper, until the guard is dropped; the first makes the worker SAFE.
    pub(super) fn enter(&self) -> SafeRegion<'_, R, D> {
        let depth = self.depth.get();
        self.depth.set(depth.checked_add(1).expect("guards of 2^32 - 1 safe regions were leaked"));
        if depth == 0 {
            let crossings = &self.slot.safe_crossings;
            crossings.store(crossings.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
            self.shared.observe(Some(self.id), || Event::SafeEntered);
            self.slot.stops_at(None);
            self.shared.entered(&self.slot, self.slot.enter());
        }
        SafeRegion { seat: self }
    }

    /// One level up; the last waits until the worker may run.
    pub(super) fn leave(&self) {
        let depth = self.depth.get();
        debug_assert!(depth > 0, "left more safe regions than entered");
        let alive = depth > 1 || self.run_again(|| Event::SafeLeft);
        self.depth.set(depth - 1);
        if !alive && !thread::panicking() {
            self.dies();
        }
    }

    /// Waits until the worker may run. False if it was declared dead: then this waits until the other
    /// workers may run.
    #[must_use]
    fn run_again(&self, event: fn() -> Event<R>) -> bool {
        let alive = self.shared.leave(&self.slot);
        if alive {
            self.slot.runs_again();
            self.shared.observe(Some(self.id), event);
        }
        alive
    }

    /// Whether the worker was declared dead.
    pub(super) fn is_dead(&self) -> bool {
        self.slot.state() == Some(WorkerState::Dead)
    }

    /// The worker was declared dead, so this thread must not continue as this worker.
    #[cold]
    pub(super) fn dies(&self) -> ! {
        panic!(
            "{} was declared dead and must not run: its living thread was marked as dead",
            self.id,
        );
    }

    #[cold]
    #[inline(never)]
    pub(super) fn stop(&self, place: Option<Place>) {
        if self.depth.get() > 0 {
            return;
        }
        if self.is_dead() {
            // First waits until the other workers may run.
            self.shared.leave(&self.slot);
            self.dies();
        }
        // Posted closures run before the ack: their poster waits for this poll, not for the resume.
        if self.slot.has_handshake() {
            post::run_own(&self.shared.gate, &self.slot);
        }
        if !self.slot.is_requested() {
            self.slot.arrival.since_poll.store(UNKNOWN, Ordering::Relaxed);
            return;
        }
        self.slot.stops_at(place);
        self.shared.entered(&self.slot, self.slot.enter());
        if !self.run_again(|| Event::Resumed) {
            self.dies();
        }
    }
}

/// A stretch in which a worker counts as stopped. Dropping it ends the stretch, and waits while the
/// world is stopped.
///
/// Only the worker's own thread may leave the region, so this is not `Send`:
///
/// ```compile_fail,E0277
/// # let worker = safepoint::SafepointCoordinator::new().register_worker();
/// let region = worker.enter_safe_region();
/// std::thread::scope(|scope| {
///     scope.spawn(move || drop(region));
/// });
/// ```
pub struct SafeRegion<'w, R: Reason = StopReason, D = ()> {
    seat: &'w Seat<R, D>,
}

impl<R: Reason, D> Drop for SafeRegion<'_, R, D> {
    fn drop(&mut self) {
        self.seat.leave();
    }
}

impl<R: Reason, D> fmt::Debug for SafeRegion<'_, R, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SafeRegion").field("worker", &self.seat.id).finish_non_exhaustive()
    }
}
