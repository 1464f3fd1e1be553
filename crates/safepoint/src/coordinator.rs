//! The coordinator: the handle through which threads register workers, request pauses and read state.

use super::{
    builder::PauseRequest,
    cancel::CancelToken,
    config::Config,
    error::PauseError,
    handshake::{HandshakeReport, HandshakeTarget, handshake},
    ids::WorkerId,
    place::Place,
    reason::{Reason, StopReason},
    request::Asking,
    shared::Shared,
    slot::{Slot, WorkerState},
    statistics::{SafepointStatistics, Statistics},
    worker::{ParkedWorker, Worker},
    world::StoppedWorld,
};
use crate::{
    clock::{self, Timestamp},
    sync::{Ordering, lock},
};
use std::{fmt, sync::Arc, time::Duration};

/// Stops the workers of a runtime together: a handle, cheap to clone, usable from any thread.
///
/// See the [crate](super) for the protocol. Every method that waits says so. Of the others, only those
/// that say that they take no lock may be called where blocking is forbidden.
///
/// `R` is the type of the reasons. `D` is the type of the data that each worker is registered with and
/// that the holder can read, such as the worker's roots.
pub struct SafepointCoordinator<R: Reason = StopReason, D = ()> {
    shared: Arc<Shared<R, D>>,
}

impl SafepointCoordinator {
    /// A coordinator with the three [reasons](StopReason) of a virtual machine, no data for its workers
    /// and the [default settings](Config): it waits for workers without a deadline.
    pub fn new() -> Self {
        Self::of(Config::default())
    }

    /// As [`SafepointCoordinator::new`], with these settings.
    pub fn with_config(config: Config) -> Self {
        Self::of(config)
    }
}

impl<R: Reason, D: Default> SafepointCoordinator<R, D> {
    /// As [`SafepointCoordinator::register_with`], with the default of the data.
    ///
    /// # Panics
    ///
    /// When 2^32 - 1 workers have been registered.
    pub fn register_worker(&self) -> Worker<R, D> {
        self.register_parked().start()
    }

    /// As [`SafepointCoordinator::register_parked_with`], with the default of the data.
    ///
    /// # Panics
    ///
    /// When 2^32 - 1 workers have been registered.
    pub fn register_parked(&self) -> ParkedWorker<R, D> {
        self.register_parked_with(D::default())
    }
}

impl<R: Reason, D> SafepointCoordinator<R, D> {
    /// A coordinator with the runtime's own [reasons](Reason) and data for its workers.
    pub fn of(config: Config<R>) -> Self {
        Self { shared: Arc::new(Shared::new(config)) }
    }

    /// Registers a worker with data that the holder [can read](StoppedWorld::workers). Waits while the
    /// world is stopped, so a holder uses [`SafepointCoordinator::register_parked_with`] instead.
    ///
    /// The worker counts as running at once, so it must poll, or enter a safe region, soon.
    ///
    /// # Panics
    ///
    /// When 2^32 - 1 workers have been registered.
    pub fn register_with(&self, data: D) -> Worker<R, D> {
        self.register_parked_with(data).start()
    }

    /// Registers a worker that counts as stopped until it is started. Never waits for a pause.
    ///
    /// # Panics
    ///
    /// When 2^32 - 1 workers have been registered.
    pub fn register_parked_with(&self, data: D) -> ParkedWorker<R, D> {
        let data = Arc::new(data);
        let slot = lock(&self.shared.table).register(&data);
        ParkedWorker::new(slot, Arc::clone(&self.shared), data)
    }

    /// Stops the world: waits for the request's turn, then until every worker has stopped. As
    /// [`request(reason).stop()`](PauseRequest::stop).
    ///
    /// # Errors
    ///
    /// [`PauseError::TimedOut`] at the configured deadline, [`PauseError::Cancelled`] after
    /// [`SafepointCoordinator::cancel_pending`].
    pub fn request_stw_pause(
        &self,
        reason: R,
    ) -> Result<StoppedWorld<'static, R, D>, PauseError<R>> {
        self.request(reason).stop()
    }

    /// Begins a request that has its own settings.
    pub fn request(&self, reason: R) -> PauseRequest<'_, Self, R, D> {
        PauseRequest::new(self, reason)
    }

    /// A token that cancels the requests that carry it.
    pub fn cancel_token(&self) -> CancelToken {
        CancelToken::new(&self.shared.bells)
    }

    /// Cancels every request that was made and for which the world has not stopped yet. Takes no
    /// lock and never blocks.
    pub fn cancel_pending(&self) {
        self.shared.cancellations.fetch_add(1, Ordering::Release);
        self.shared.bells.ring();
    }

    /// How many workers are registered and not dead.
    pub fn worker_count(&self) -> usize {
        lock(&self.shared.table).living().count()
    }

    /// How many of the workers that are not dead count as stopped now: because they are stopped, or
    /// because they are in a safe region.
    pub fn workers_at_safepoint(&self) -> usize {
        lock(&self.shared.table)
            .living()
            .filter(|(_, _, state)| *state != WorkerState::Running)
            .count()
    }

    /// What every registered worker is doing, including dead ones.
    pub fn workers(&self) -> Vec<WorkerStatus> {
        lock(&self.shared.table)
            .owned()
            .map(|(slot, state)| WorkerStatus::of(slot, state))
            .collect()
    }

    /// Whether a pause is in force, arming or waiting for its turn. Takes no lock.
    pub fn is_pause_pending(&self) -> bool {
        self.shared.summary.load(Ordering::Acquire) != 0
    }

    /// The reason of the pause that is in force or arming. Takes no lock.
    pub fn current_reason(&self) -> Option<R> {
        self.shared.active_reason()
    }

    /// How many requests wait for their turn, or for the world of a pause that they joined. The request
    /// that holds the world or is arming does not count. Takes no lock.
    pub fn pending_requests(&self) -> usize {
        (self.shared.summary.load(Ordering::Acquire) >> 8) as usize
    }

    /// Runs `f` for one worker or all, each at its own next poll while the others run on, and waits
    /// until `f` has run for all. For a worker that counts as stopped, `f` runs on the calling thread,
    /// and the worker stays stopped meanwhile.
    ///
    /// `f` may run while another holder has the stopped world, so it must not touch what a stopped
    /// world protects. It must not start or drop the worker that it runs for. The report lists the
    /// workers for which `f` panicked. A worker's own thread uses [`Worker::handshake`] instead.
    pub fn handshake(
        &self,
        target: HandshakeTarget<R, D>,
        f: impl Fn(WorkerId) + Send + Sync + 'static,
    ) -> HandshakeReport {
        self.handshake_until(target, None, Arc::new(f))
    }

    /// As [`SafepointCoordinator::handshake`], but waits at most for `timeout`.
    pub fn handshake_timeout(
        &self,
        target: HandshakeTarget<R, D>,
        timeout: Duration,
        f: impl Fn(WorkerId) + Send + Sync + 'static,
    ) -> HandshakeReport {
        let until = clock::now().saturating_add(timeout);
        self.handshake_until(target, Some(until), Arc::new(f))
    }

    /// What pauses have cost so far, and which workers were late.
    pub fn stats(&self) -> SafepointStatistics<R> {
        self.shared.statistics().summary()
    }

    /// Resets all statistics in one step: no reader sees a part of them reset.
    pub fn reset_stats(&self) {
        *self.shared.statistics() = Statistics::default();
    }

    fn handshake_until(
        &self,
        target: HandshakeTarget<R, D>,
        until: Option<Timestamp>,
        f: Arc<dyn Fn(WorkerId) + Send + Sync>,
    ) -> HandshakeReport {
        handshake(&self.shared, target, until, f)
    }
}

impl<R: Reason, D> PauseRequest<'_, SafepointCoordinator<R, D>, R, D> {
    /// Stops the world: waits for the request's turn, then until every worker has stopped. A worker's own thread must not
    /// call this, because it would wait for itself: see [`Worker::request`].
    ///
    /// # Errors
    ///
    /// [`PauseError::TimedOut`] and [`PauseError::Cancelled`], according to the settings.
    pub fn stop(self) -> Result<StoppedWorld<'static, R, D>, PauseError<R>> {
        self.ask(Asking::InTurn)
    }

    /// Stops the world, unless a pause is in force or another request waits: then this returns at once.
    ///
    /// # Errors
    ///
    /// [`PauseError::Busy`], and as [`PauseRequest::stop`].
    pub fn try_stop(self) -> Result<StoppedWorld<'static, R, D>, PauseError<R>> {
        self.ask(Asking::IfFree)
    }

    fn ask(self, asking: Asking) -> Result<StoppedWorld<'static, R, D>, PauseError<R>> {
        StoppedWorld::ask(&self.requester.shared, self.reason, &self.options, asking, self.visit)
    }
}

impl<R: Reason, D> StoppedWorld<'_, R, D> {
    /// Whether this is the world of `coordinator`, so that the workers of `coordinator` are stopped.
    ///
    /// Code that takes a world as its permission to touch what workers share checks this first: the
    /// world of another coordinator proves nothing about these workers.
    #[must_use]
    pub fn belongs_to(&self, coordinator: &SafepointCoordinator<R, D>) -> bool {
        Arc::ptr_eq(&coordinator.shared, self.shared())
    }
}

impl Default for SafepointCoordinator {
    fn default() -> Self {
        Self::new()
    }
}

impl<R: Reason, D> Clone for SafepointCoordinator<R, D> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared) }
    }
}

impl<R: Reason, D> fmt::Debug for SafepointCoordinator<R, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SafepointCoordinator")
            .field("config", &self.shared.config)
            .field("reason", &self.current_reason())
            .finish_non_exhaustive()
    }
}

/// What one worker is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WorkerStatus {
    /// The worker's name.
    pub worker: WorkerId,
    /// Its state.
    pub state: WorkerState,
    /// The place of its last [note](Worker::note).
    pub place: Option<Place>,
    /// The count that it [published](Worker::note_progress) last.
    pub progress: u64,
    /// How often it has entered a safe region.
    pub safe_crossings: u64,
}

impl WorkerStatus {
    fn of(slot: &Slot, state: WorkerState) -> Self {
        Self {
            worker: slot.worker(),
            state,
            place: slot.noted.get(),
            progress: slot.progress.load(Ordering::Relaxed),
            safe_crossings: slot.safe_crossings.load(Ordering::Relaxed),
        }
    }
}
