//! A request in the making: its settings, and the ways to ask.

use super::{
    cancel::CancelToken,
    config::OnDeadline,
    coordinator::SafepointCoordinator,
    error::PauseError,
    reason::Reason,
    request::{Asking, Options},
    visit::{StoppedWorker, Visit},
    worker::Worker,
    world::{Answer, OwnWorld, StoppedWorld},
};
use std::{fmt, sync::Arc, time::Duration};

/// A request that is not made yet: from [`SafepointCoordinator::request`] or [`Worker::request`]. What is not set is as
/// the coordinator's [`Config`](super::Config) says.
///
/// ```
/// # use safepoint::{PauseError, SafepointCoordinator, StopReason};
/// # use std::time::Duration;
/// let coordinator = SafepointCoordinator::new();
/// let worker = coordinator.register_worker();
/// let request = coordinator.request(StopReason::Snapshot).timeout(Duration::from_millis(1));
/// // The worker neither polls nor is in a safe region.
/// let Err(PauseError::TimedOut { stragglers }) = request.stop() else { unreachable!() };
/// assert_eq!(stragglers[0].worker, worker.id());
/// ```
#[must_use = "nothing is requested before `stop` or `try_stop`"]
pub struct PauseRequest<'a, A, R: Reason, D> {
    requester: &'a A,
    reason: R,
    options: Options,
    visit: Option<Visit<'a, D>>,
}

impl<'a, A, R: Reason, D> PauseRequest<'a, A, R, D> {
    pub(super) fn new(requester: &'a A, reason: R) -> Self {
        Self { requester, reason, options: Options::default(), visit: None }
    }

    /// As [`Config::warn_after`](super::Config::warn_after); [`Duration::MAX`] for never.
    pub fn warn_after(mut self, time: Duration) -> Self {
        self.options.warn_after = Some(time);
        self
    }

    /// As [`Config::deadline`](super::Config::deadline); [`Duration::MAX`] for never.
    pub fn deadline(mut self, time: Duration) -> Self {
        self.options.deadline = Some(time);
        self
    }

    /// As [`Config::on_deadline`](super::Config::on_deadline).
    pub fn on_deadline(mut self, what: OnDeadline) -> Self {
        self.options.on_deadline = Some(what);
        self
    }

    /// Gives the request up after so long in all, in the queue or arming. Unlike the deadline it is never extended.
    pub fn timeout(mut self, time: Duration) -> Self {
        self.options.timeout = Some(time);
        self
    }

    /// Cancels the request when the token is cancelled.
    pub fn cancel(mut self, token: &CancelToken) -> Self {
        self.options.cancel = Some(token.clone());
        self
    }

    /// A word for observers and reports, such as who makes the request.
    pub fn note(mut self, note: impl Into<Arc<str>>) -> Self {
        self.options.note = Some(note.into());
        self
    }

    /// Has `visit` look at each worker as soon as it has stopped, while others are still late: to begin scanning its
    /// stack. It runs on the requester's thread, once for each worker that was registered when the pause armed and lives;
    /// the last may be visited when all have stopped, before the request is granted. A worker that was visited does not
    /// run before the pause is over or given up, so what `visit` has found out holds if the request is granted.
    ///
    /// A request that joins a pause of another visits no worker: [`StoppedWorld::joined`] tells, and
    /// [`StoppedWorld::workers`] has them all.
    ///
    /// A panic of `visit` goes on from the request, once the pause is released; it is not called again before.
    pub fn on_arrival(mut self, visit: impl FnMut(&StoppedWorker<D>) + 'a) -> Self {
        self.visit = Some(Box::new(visit));
        self
    }
}

impl<R: Reason, D> PauseRequest<'_, SafepointCoordinator<R, D>, R, D> {
    /// Stops the world: waits for its turn, then until every worker has stopped. Not for a worker's own thread, which
    /// would wait for itself: see [`Worker::request`].
    ///
    /// # Errors
    ///
    /// [`PauseError::TimedOut`] and [`PauseError::Cancelled`], as the settings say.
    pub fn stop(self) -> Result<StoppedWorld<'static, R, D>, PauseError<R>> {
        self.ask(Asking::InTurn)
    }

    /// Stops the world, unless a pause is in force or waits: then it answers at once.
    ///
    /// # Errors
    ///
    /// [`PauseError::Busy`], and as [`PauseRequest::stop`].
    pub fn try_stop(self) -> Result<StoppedWorld<'static, R, D>, PauseError<R>> {
        self.ask(Asking::IfFree)
    }

    fn ask(self, asking: Asking) -> Result<StoppedWorld<'static, R, D>, PauseError<R>> {
        StoppedWorld::ask(self.requester.shared(), self.reason, &self.options, asking, self.visit)
    }
}

impl<'a, R: Reason, D> PauseRequest<'a, Worker<R, D>, R, D> {
    /// Stops the world from inside a worker. It counts as stopped while it waits, and until the guard is gone; then it
    /// waits as all others if the world was handed on.
    ///
    /// # Errors
    ///
    /// [`PauseError::TimedOut`] and [`PauseError::Cancelled`], as the settings say.
    ///
    /// # Panics
    ///
    /// If the worker is declared dead meanwhile, as all requests of a worker.
    pub fn stop(self) -> Result<OwnWorld<'a, R, D>, PauseError<R>> {
        self.ask(Asking::InTurn)
    }

    /// As [`PauseRequest::stop`], but if a pause is in force or waits it answers at once, and the worker runs on: it
    /// stops for that pause at its next poll.
    ///
    /// # Errors
    ///
    /// [`PauseError::Busy`], and as [`PauseRequest::stop`].
    pub fn try_stop(self) -> Result<OwnWorld<'a, R, D>, PauseError<R>> {
        self.ask(Asking::IfFree)
    }

    /// As [`PauseRequest::stop`], but does not get the world if another request does the same operation meanwhile: if
    /// this one joins a pause, and the holder of that calls [`operation_done`](StoppedWorld::operation_done). However
    /// many requests one operation answers, they are answered together, when the world runs again.
    ///
    /// # Errors
    ///
    /// As [`PauseRequest::stop`].
    pub fn stop_unless_done(self) -> Result<Answer<'a, R, D>, PauseError<R>> {
        OwnWorld::ask_unless_done(self.requester.seat(), self.reason, &self.options, self.visit)
    }

    fn ask(self, asking: Asking) -> Result<OwnWorld<'a, R, D>, PauseError<R>> {
        OwnWorld::ask(self.requester.seat(), self.reason, &self.options, asking, self.visit)
    }
}

impl<A, R: Reason, D> fmt::Debug for PauseRequest<'_, A, R, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PauseRequest").field("reason", &self.reason).finish_non_exhaustive()
    }
}
