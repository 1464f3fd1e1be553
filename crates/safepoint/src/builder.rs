//! A request that is not made yet: its settings, and the ways to make it.

use super::{
    cancel::CancelToken,
    config::OnDeadline,
    reason::Reason,
    request::Options,
    visit::{StoppedWorker, Visit},
};
use std::{fmt, sync::Arc, time::Duration};

/// A request that is not made yet: from [`SafepointCoordinator::request`](super::SafepointCoordinator::request) or [`Worker::request`](super::Worker::request). A setting that is left
/// out is as in the coordinator's [`Config`](super::Config).
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
    pub(super) requester: &'a A,
    pub(super) reason: R,
    pub(super) options: Options,
    pub(super) visit: Option<Visit<'a, D>>,
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

    /// Gives the request up after this time in all: in the queue and while waiting for workers. Unlike the deadline, it
    /// is never extended.
    pub fn timeout(mut self, time: Duration) -> Self {
        self.options.timeout = Some(time);
        self
    }

    /// Cancels the request when the token is cancelled.
    pub fn cancel(mut self, token: &CancelToken) -> Self {
        self.options.cancel = Some(token.clone());
        self
    }

    /// A note for observers and reports, such as a name for the requester.
    pub fn note(mut self, note: impl Into<Arc<str>>) -> Self {
        self.options.note = Some(note.into());
        self
    }

    /// Calls `visit` for each worker as soon as it has stopped, while the requester still waits for others: for example to
    /// begin scanning its stack. `visit` runs on the requester's thread, once for each living worker that was registered
    /// when the pause armed. The last workers may be visited after all have stopped, but before the request is granted. A
    /// visited worker does not run before the pause is over or given up, so the findings of `visit` hold if the request is
    /// granted.
    ///
    /// A request that joins another's pause visits no worker: [`StoppedWorld::joined`](super::StoppedWorld::joined) is true then, and
    /// [`StoppedWorld::workers`](super::StoppedWorld::workers) lists all workers.
    ///
    /// `visit` must not make a request, which would wait for this one. If `visit` panics, it is not called again, and the
    /// panic continues out of the request after the pause is released.
    pub fn on_arrival(mut self, visit: impl FnMut(&StoppedWorker<D>) + 'a) -> Self {
        self.visit = Some(Box::new(visit));
        self
    }
}

impl<A, R: Reason, D> fmt::Debug for PauseRequest<'_, A, R, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PauseRequest").field("reason", &self.reason).finish_non_exhaustive()
    }
}
