//! Observers, which receive every transition.

use super::{
    error::Stragglers,
    ids::{PauseId, WorkerId},
    place::Place,
    reason::StopReason,
};
use crate::clock::Timestamp;
use std::sync::Arc;

/// Receives every transition, on the thread that makes it.
///
/// The coordinator calls it on slow paths only, and outside all its locks. An implementation must be
/// quick, must not block, and must not call the coordinator. Its panics are caught: the panic hook
/// reports them, and the thread continues. Without an observer no event is computed.
pub trait Observer<R = StopReason>: Send + Sync {
    /// `event` happened at `at`, on the thread of `worker`; `None` for a thread that is no worker.
    fn observe(&self, worker: Option<WorkerId>, at: Timestamp, event: &Event<R>);
}

/// A transition.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Event<R = StopReason> {
    /// A worker has a slot. It does not run yet.
    Registered,
    /// A worker has deregistered.
    Deregistered,
    /// A worker died: it panicked, or it was declared dead. In the second case the event comes from
    /// the thread that declared it dead.
    Died {
        /// The dead worker.
        worker: WorkerId,
    },
    /// A worker entered a safe region.
    SafeEntered,
    /// A worker left its safe region and runs.
    SafeLeft,
    /// An awaited worker has stopped. This event comes before the pause counts the arrival.
    Arrived {
        /// The pause that waits.
        pause: PauseId,
        /// Where the worker stopped.
        place: Option<Place>,
        /// The count that it last published.
        progress: u64,
    },
    /// A worker that had stopped at a poll runs again.
    Resumed,
    /// A pause was requested.
    Requested {
        /// Its reason.
        reason: R,
        /// The requester's [note](super::PauseRequest::note).
        note: Option<Arc<str>>,
    },
    /// Every slot is armed. The time is when arming began.
    Armed {
        /// The pause.
        pause: PauseId,
        /// Its reason.
        reason: R,
        /// When it was requested.
        requested_at: Timestamp,
        /// The requester's [note](super::PauseRequest::note).
        note: Option<Arc<str>>,
        /// How many workers were running and are awaited.
        awaited: u32,
        /// These workers, and what each had published.
        running: Vec<(WorkerId, u64)>,
    },
    /// The world is stopped.
    Stopped {
        /// The pause.
        pause: PauseId,
    },
    /// The world was handed to a request that had joined.
    HandedOn {
        /// The pause.
        pause: PauseId,
    },
    /// The operation on the stopped world was marked as done.
    OperationDone {
        /// The pause.
        pause: PauseId,
    },
    /// The wake-ups of all workers were issued. The time is when the release began.
    Released {
        /// The pause.
        pause: PauseId,
    },
    /// Workers are late, and the requester waits on.
    Warned {
        /// The pause.
        pause: PauseId,
        /// The late workers.
        stragglers: Stragglers<R>,
    },
    /// A request was given up while it waited for its turn, before it armed. The next event is
    /// [`TimedOut`](Self::TimedOut) or [`Cancelled`](Self::Cancelled).
    Withdrawn {
        /// The request's number, which no pause has.
        pause: PauseId,
        /// Its reason.
        reason: R,
        /// When it was requested.
        requested_at: Timestamp,
        /// The requester's [note](super::PauseRequest::note).
        note: Option<Arc<str>>,
        /// The last pause that was in force while it waited.
        behind: Option<PauseId>,
        /// True if it was cancelled, false if its time was up.
        cancelled: bool,
    },
    /// A request was given up because its time was up.
    TimedOut {
        /// The pause, if it was armed already.
        pause: Option<PauseId>,
        /// The late workers.
        stragglers: Stragglers<R>,
    },
    /// A request was cancelled.
    Cancelled {
        /// The pause, if it was armed already.
        pause: Option<PauseId>,
        /// The workers that had not stopped.
        stragglers: Stragglers<R>,
    },
}
