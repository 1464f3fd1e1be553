//! Being told of every transition.

use super::{
    error::Stragglers,
    ids::{PauseId, WorkerId},
    place::Place,
    reason::StopReason,
};
use crate::clock::Timestamp;
use std::sync::Arc;

/// Is told of every transition, on the thread that makes it.
///
/// Called on slow paths only, outside every lock of the coordinator. An implementation must be quick,
/// must not block, and must not call the coordinator. Its panics are caught: the panic hook tells of
/// them, and whoever observed goes on. Without an observer nothing is computed for it.
pub trait Observer<R = StopReason>: Send + Sync {
    /// `event` happened at `at`, on the thread of `worker`, or on one that is no worker.
    fn observe(&self, worker: Option<WorkerId>, at: Timestamp, event: &Event<R>);
}

/// A transition.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Event<R = StopReason> {
    /// A worker has a slot. It does not run yet.
    Registered,
    /// A worker left for good.
    Deregistered,
    /// A worker died: by panicking, or because somebody said so, on whose thread this is told.
    Died {
        /// Who died.
        worker: WorkerId,
    },
    /// A worker entered a safe region.
    SafeEntered,
    /// A worker left its safe region and runs.
    SafeLeft,
    /// A worker that a pause waits for stopped. Told before the pause can count it.
    Arrived {
        /// The pause that waits.
        pause: PauseId,
        /// Where the worker stopped.
        place: Option<Place>,
        /// What it last published.
        progress: u64,
    },
    /// A worker that had stopped at a poll runs again.
    Resumed,
    /// A pause was asked for.
    Requested {
        /// What for.
        reason: R,
        /// The requester's [note](super::PauseRequest::note).
        note: Option<Arc<str>>,
    },
    /// Every slot is armed. The time is when arming began.
    Armed {
        /// Which pause.
        pause: PauseId,
        /// What for.
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
        /// Which pause.
        pause: PauseId,
    },
    /// The world was handed to a request that had joined.
    HandedOn {
        /// Which pause.
        pause: PauseId,
    },
    /// The operation on the stopped world was marked as done.
    OperationDone {
        /// Which pause.
        pause: PauseId,
    },
    /// The wake-ups of all workers are issued. The time is when the release began.
    Released {
        /// Which pause.
        pause: PauseId,
    },
    /// Workers are late, and waiting goes on.
    Warned {
        /// Which pause.
        pause: PauseId,
        /// Who is late.
        stragglers: Stragglers<R>,
    },
    /// A request was given up while it waited for its turn, before it asked anybody to stop.
    /// [`TimedOut`](Self::TimedOut) or [`Cancelled`](Self::Cancelled) is told next.
    Withdrawn {
        /// Its number, which no pause has.
        pause: PauseId,
        /// What for.
        reason: R,
        /// When it was requested.
        requested_at: Timestamp,
        /// The requester's [note](super::PauseRequest::note).
        note: Option<Arc<str>>,
        /// The last pause that was in force while it waited.
        behind: Option<PauseId>,
        /// Whether it was cancelled, and not out of time.
        cancelled: bool,
    },
    /// A request was given up because time was up.
    TimedOut {
        /// Which pause, if it was armed already.
        pause: Option<PauseId>,
        /// Who was late.
        stragglers: Stragglers<R>,
    },
    /// A request was cancelled.
    Cancelled {
        /// Which pause, if it was armed already.
        pause: Option<PauseId>,
        /// Who had not stopped.
        stragglers: Stragglers<R>,
    },
}
