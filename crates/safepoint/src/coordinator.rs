//! The coordinator: the handle through which everybody asks.

use super::{
    bias::BiasReport,
    cancel::CancelToken,
    config::{Config, PauseOptions},
    error::PauseError,
    handshake::{HandshakeReport, HandshakeTarget},
    ids::WorkerId,
    location::Location,
    reason::StopReason,
    request::Asking,
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
#[derive(Clone)]
pub struct SafepointCoordinator {
    shared: Arc<Shared>,
}

impl SafepointCoordinator {
    /// A coordinator with no workers, that waits for ever for those to come.
    pub fn new() -> Self {
        Self::with_config(Config::default())
    }

    /// A coordinator with settings of its own.
    pub fn with_config(config: Config) -> Self {
        Self { shared: Arc::new(Shared::new(config)) }
    }

    /// Registers a worker. While the world is stopped this waits until it runs again: who holds the
    /// world on this very thread uses [`SafepointCoordinator::register_parked`].
    ///
    /// The worker counts as running at once, so it must poll, or enter a safe region, soon.
    ///
    /// # Panics
    ///
    /// When 2^32 - 1 workers have been registered.
    pub fn register_worker(&self) -> Worker {
        self.register_parked().start()
    }

    /// Registers a worker that counts as stopped until it is started. Never waits for a pause.
    ///
    /// # Panics
    ///
    /// When 2^32 - 1 workers have been registered.
    pub fn register_parked(&self) -> ParkedWorker {
        let slot = lock(&self.shared.table).register();
        ParkedWorker::new(slot, Arc::clone(&self.shared))
    }

    /// Stops the world: waits for its turn, then until every worker has stopped.
    ///
    /// Not for a worker's own thread, which would wait for itself: see
    /// [`Worker::request_stw_pause`].
    ///
    /// # Errors
    ///
    /// [`PauseError::TimedOut`] at the configured deadline, [`PauseError::Cancelled`] after
    /// [`SafepointCoordinator::cancel_pending`].
    pub fn request_stw_pause(
        &self,
        reason: StopReason,
    ) -> Result<StoppedWorld<'static>, PauseError> {
        self.request_with(reason, &PauseOptions::default())
    }

    /// Stops the world, unless a pause is in force or waits: then it answers at once.
    ///
    /// # Errors
    ///
    /// [`PauseError::Busy`], and as [`SafepointCoordinator::request_stw_pause`].
    pub fn try_request_stw_pause(
        &self,
        reason: StopReason,
    ) -> Result<StoppedWorld<'static>, PauseError> {
        let options = PauseOptions::default();
        StoppedWorld::ask(&self.shared, reason, &options, Asking::IfFree)
    }

    /// Stops the world within `timeout`, waiting in the queue included, or gives up.
    ///
    /// # Errors
    ///
    /// [`PauseError::TimedOut`], and as [`SafepointCoordinator::request_stw_pause`].
    pub fn request_stw_pause_timeout(
        &self,
        reason: StopReason,
        timeout: Duration,
    ) -> Result<StoppedWorld<'static>, PauseError> {
        let options = PauseOptions { timeout: Some(timeout), ..PauseOptions::default() };
        self.request_with(reason, &options)
    }

    /// Stops the world, with this request's own settings.
    ///
    /// # Errors
    ///
    /// As the settings say.
    pub fn request_with(
        &self,
        reason: StopReason,
        options: &PauseOptions,
    ) -> Result<StoppedWorld<'static>, PauseError> {
        StoppedWorld::ask(&self.shared, reason, options, Asking::InTurn)
    }

    /// A token that cancels the requests which carry it.
    pub fn cancel_token(&self) -> CancelToken {
        CancelToken::new(&self.shared)
    }

    /// Cancels every request that was made and for which the world has not stopped yet. Takes no
    /// lock and never blocks.
    pub fn cancel_pending(&self) {
        self.shared.cancellations.fetch_add(1, Ordering::Release);
        self.shared.ring_requesters();
    }

    /// How many workers are registered and not dead.
    pub fn worker_count(&self) -> usize {
        lock(&self.shared.table).living().count()
    }

    /// How many of them count as stopped now, because they are, or because they are in a safe region.
    pub fn workers_at_safepoint(&self) -> usize {
        lock(&self.shared.table)
            .living()
            .filter(|(_, state)| *state != WorkerState::Running)
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
    pub fn current_reason(&self) -> Option<StopReason> {
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
        target: HandshakeTarget,
        f: impl Fn(WorkerId) + Send + Sync + 'static,
    ) -> HandshakeReport {
        self.handshake_until(target, None, Arc::new(f))
    }

    /// As [`SafepointCoordinator::handshake`], but waits at most for `timeout`.
    pub fn handshake_timeout(
        &self,
        target: HandshakeTarget,
        timeout: Duration,
        f: impl Fn(WorkerId) + Send + Sync + 'static,
    ) -> HandshakeReport {
        let until = clock::now().saturating_add(timeout);
        self.handshake_until(target, Some(until), Arc::new(f))
    }

    /// What pauses have cost so far, and who was late.
    pub fn stats(&self) -> SafepointStatistics {
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

    /// Whether `shared` is this coordinator's.
    pub(super) fn shares(&self, shared: &Arc<Shared>) -> bool {
        Arc::ptr_eq(&self.shared, shared)
    }

    fn handshake_until(
        &self,
        target: HandshakeTarget,
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

impl fmt::Debug for SafepointCoordinator {
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
    pub location: Option<Location>,
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
            location: slot.location.get(),
            progress: slot.progress.load(Ordering::Relaxed),
            safe_crossings: slot.safe_crossings.load(Ordering::Relaxed),
        }
    }
}
