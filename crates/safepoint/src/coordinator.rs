//! The coordinator: the handle through which threads register, request and look.

use super::{
    bias::BiasReport,
    builder::PauseRequest,
    cancel::CancelToken,
    config::Config,
    error::PauseError,
    handshake::{HandshakeReport, HandshakeTarget},
    ids::WorkerId,
    place::Place,
    reason::{Reason, StopReason},
    shared::{Shared, handshake},
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

/// Stops the workers of a virtual machine together: a handle, cheap to clone, usable from any thread.
///
/// See the [module](super) for the protocol. Every method that waits says so; the others may be
/// called where blocking is forbidden only if they say that they take no lock.
///
/// `R` is what the world is stopped for, `D` what every worker is registered with and the holder of the world can read,
/// such as the worker's roots.
pub struct SafepointCoordinator<R: Reason = StopReason, D = ()> {
    shared: Arc<Shared<R, D>>,
}

impl SafepointCoordinator {
    /// A coordinator with the three [reasons](StopReason) of a virtual machine and no data for its workers; it waits for
    /// workers as long as it takes.
    pub fn new() -> Self {
        Self::of(Config::default())
    }

    /// As [`SafepointCoordinator::new`], with settings of its own.
    pub fn with_config(config: Config) -> Self {
        Self::of(config)
    }
}

impl<R: Reason, D: Default> SafepointCoordinator<R, D> {
    /// As [`SafepointCoordinator::register_with`], with the default.
    ///
    /// # Panics
    ///
    /// When 2^32 - 1 workers have been registered.
    pub fn register_worker(&self) -> Worker<R, D> {
        self.register_parked().start()
    }

    /// As [`SafepointCoordinator::register_parked_with`], with the default.
    ///
    /// # Panics
    ///
    /// When 2^32 - 1 workers have been registered.
    pub fn register_parked(&self) -> ParkedWorker<R, D> {
        self.register_parked_with(D::default())
    }
}

impl<R: Reason, D> SafepointCoordinator<R, D> {
    /// A coordinator with reasons of its own and data for its workers; see [`Reason`].
    pub fn of(config: Config<R>) -> Self {
        Self { shared: Arc::new(Shared::new(config)) }
    }

    /// Registers a worker with data that the holder of the world [can read](StoppedWorld::workers). While the world is
    /// stopped this waits until it runs again: a thread that holds the world itself uses
    /// [`SafepointCoordinator::register_parked_with`].
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

    /// Stops the world: waits for its turn, then until every worker has stopped. As
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

    /// A request with settings of its own.
    pub fn request(&self, reason: R) -> PauseRequest<'_, Self, R, D> {
        PauseRequest::new(self, reason)
    }

    /// A token that cancels the requests which carry it.
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

    /// How many of them count as stopped now, because they are, or because they are in a safe region.
    pub fn workers_at_safepoint(&self) -> usize {
        lock(&self.shared.table)
            .living()
            .filter(|(_, _, state)| *state != WorkerState::Running)
            .count()
    }

    /// What every registered worker is doing, dead ones included.
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

    /// What the pause is for that is in force or arming. Takes no lock.
    pub fn current_reason(&self) -> Option<R> {
        self.shared.active_reason()
    }

    /// How many requests wait for their turn, or for a pause they joined to be handed to them. The one
    /// that has the world, or is arming, is not counted. Takes no lock.
    pub fn pending_requests(&self) -> usize {
        (self.shared.summary.load(Ordering::Acquire) >> 8) as usize
    }

    /// Runs `f` for one worker or all, each at its own next poll, while the others run on, and waits
    /// until it has. For a worker that counts as stopped it runs here, and that worker stays where it
    /// is meanwhile.
    ///
    /// `f` may run while the world is stopped for somebody else, so it must not touch what a
    /// stopped world protects. It must not start or drop the worker that it runs for. Panics of `f`
    /// are in the report, wherever it ran. Not for a worker's own thread: see [`Worker::handshake`].
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

    /// What pauses have cost so far, and who was late.
    pub fn stats(&self) -> SafepointStatistics<R> {
        self.shared.statistics().summary()
    }

    /// Who was late, how often and how much.
    pub fn bias(&self) -> BiasReport {
        self.shared.statistics().bias()
    }

    /// Forgets all statistics at once: no reader sees some old and some new.
    pub fn reset_stats(&self) {
        *self.shared.statistics() = Statistics::default();
    }

    pub(super) fn shared(&self) -> &Arc<Shared<R, D>> {
        &self.shared
    }

    /// Whether `shared` is this coordinator's.
    pub(super) fn shares(&self, shared: &Arc<Shared<R, D>>) -> bool {
        Arc::ptr_eq(&self.shared, shared)
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
    /// Who.
    pub worker: WorkerId,
    /// What its word says.
    pub state: WorkerState,
    /// Where it last said it was.
    pub place: Option<Place>,
    /// What it last published.
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
