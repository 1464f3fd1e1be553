//! The record and the report of one pause.

use super::{
    ids::{PauseId, WorkerId},
    place::Place,
    reason::StopReason,
};
use crate::{
    clock::Timestamp,
    sync::{
        Ordering,
        record::{AtomicU32, AtomicU64},
    },
};
use std::{sync::Arc, time::Duration};

/// One worker's part in a pause.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Arrival {
    /// The worker's name.
    pub worker: WorkerId,
    /// From arming to its ack; zero if it was in a safe region.
    pub after: Duration,
    /// It was in a safe region, or still parked, when the pause armed, so the pause did not wait for it.
    pub was_safe: bool,
    /// Where it stopped, if it reported that.
    pub place: Option<Place>,
    /// The place that kept it from polling while the pause waited for it, if it
    /// [noted](super::Worker::note) that.
    pub cause: Option<Place>,
    /// The count that it last published with [`Worker::note_progress`](super::Worker::note_progress)
    /// before its ack.
    pub progress: u64,
    /// The count that it had published when its slot was armed. What it did in between is at most the
    /// difference.
    pub progress_at_arm: u64,
    /// How much it did since the poll before, if it [reported](super::Worker::note_since_poll) that. It
    /// has done no more than this since it was asked to stop, however coarse the clock is. `None` if
    /// the pause did not wait for it.
    pub since_poll: Option<u64>,
}

/// All figures of a pause, from the view of the request that started it or joined it.
///
/// `queue_wait + ttsp + noticing + operation + held + release == total`, for a request that did not join.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PauseReport<R = StopReason> {
    /// The pause's name.
    pub id: PauseId,
    /// Its reason.
    pub reason: R,
    /// The [note](super::PauseRequest::note) of the request that the pause was armed for.
    pub note: Option<Arc<str>>,
    /// When this request was made.
    pub requested_at: Timestamp,
    /// When the request was made that the pause was armed for: this request, unless it joined.
    pub first_requested_at: Timestamp,
    /// When arming began.
    pub armed_at: Timestamp,
    /// When the last awaited worker stopped; `armed_at` if none was awaited.
    pub reached_at: Timestamp,
    /// When the requester knew that all had stopped; this includes its waking up. The stopped world
    /// cannot be used earlier.
    pub stopped_at: Timestamp,
    /// When this holder let go of the world; in a report of a pause in force, the time of the report.
    pub resumed_at: Timestamp,
    /// When the wake-ups of all workers had been issued. Equal to `resumed_at` if the pause is in
    /// force or was handed on.
    pub released_at: Timestamp,
    /// From the request to arming; for a request that joined, until it was handed the world.
    pub queue_wait: Duration,
    /// Time to safepoint: from arming to the last arrival.
    pub ttsp: Duration,
    /// From the last arrival to [`PauseReport::stopped_at`]: the time to wake the requester.
    pub noticing: Duration,
    /// When a holder last marked an operation as done.
    pub last_done_at: Option<Timestamp>,
    /// From receiving the world to
    /// [`StoppedWorld::operation_done`](super::StoppedWorld::operation_done), or to letting go if that
    /// was not called.
    pub operation: Duration,
    /// From the marked end of the operation to letting go; zero if the end was not marked.
    pub held: Duration,
    /// From letting go until the last wake-up was issued.
    pub release: Duration,
    /// From the request until the last wake-up was issued.
    pub total: Duration,
    /// The part of every worker, in the order of arrival.
    pub arrivals: Arc<[Arrival]>,
    /// The worker of the last ack, if any worker was awaited.
    pub straggler: Option<WorkerId>,
    /// The sum over the awaited workers of the time between their ack and the last one: what waiting
    /// for the straggler cost.
    pub wasted: Duration,
    /// Workers that have died since the pause before.
    pub dead: Vec<WorkerId>,
    /// This request joined a pause that another request had started.
    pub joined: bool,
    /// The world was handed on to a request that had joined, and did not run in between.
    pub handed_on: bool,
    /// Joined requests that were served so far: they were answered because the operation was done, or
    /// were handed the world.
    pub served: u32,
    /// How long the joined requests that were handed the world have held it, one after the other: from
    /// the first letting go to [`PauseReport::resumed_at`]. Requests that were answered without the
    /// world take no time.
    pub served_for: Duration,
}

impl<R: Copy> PauseReport<R> {
    /// The pause from its beginning to the end of this report, over all its holders, as the statistics
    /// count it. Equal to this report, unless its request joined.
    pub fn whole(&self) -> Self {
        let done_at = self.last_done_at.unwrap_or(self.resumed_at);
        Self {
            requested_at: self.first_requested_at,
            queue_wait: self.armed_at.since(self.first_requested_at),
            operation: done_at.since(self.stopped_at),
            held: self.resumed_at.since(done_at),
            total: self.released_at.since(self.first_requested_at),
            ..self.clone()
        }
    }
}

/// What all holders of one pause share.
pub(super) struct PauseRecord<R> {
    pub(super) id: PauseId,
    pub(super) reason: R,
    pub(super) note: Option<Arc<str>>,
    pub(super) requested_at: Timestamp,
    pub(super) armed_at: Timestamp,
    pub(super) stopped_at: Timestamp,
    pub(super) arrivals: Arc<[Arrival]>,
    pub(super) dead: Vec<WorkerId>,
    /// When an operation was last marked as done, in nanoseconds since the clock's origin; zero: not
    /// yet.
    pub(super) done_at: AtomicU64,
    /// How many joined requests were served, and since when (as `done_at`). Written under the queue's
    /// lock.
    pub(super) served: AtomicU32,
    pub(super) served_from: AtomicU64,
}

impl<R> PauseRecord<R> {
    pub(super) fn straggler(&self) -> Option<&Arrival> {
        self.arrivals.iter().rev().find(|arrival| !arrival.was_safe)
    }

    /// From arming to the last arrival.
    pub(super) fn ttsp(&self) -> Duration {
        self.straggler().map_or(Duration::ZERO, |last| last.after)
    }

    /// When the last awaited worker stopped.
    pub(super) fn reached_at(&self) -> Timestamp {
        self.armed_at.saturating_add(self.ttsp())
    }

    pub(super) fn wasted(&self) -> Duration {
        let ttsp = self.ttsp();
        self.arrivals
            .iter()
            .filter(|arrival| !arrival.was_safe)
            .fold(Duration::ZERO, |sum, arrival| {
                sum.saturating_add(ttsp.saturating_sub(arrival.after))
            })
    }

    /// An operation is done.
    pub(super) fn done(&self, at: Timestamp) {
        self.done_at.store(at.as_nanos().max(1), Ordering::Relaxed);
    }

    pub(super) fn done_at(&self) -> Option<Timestamp> {
        set_at(&self.done_at)
    }

    /// `count` more joined requests are served, from `now` on.
    pub(super) fn serves(&self, count: usize, now: Timestamp) {
        if count > 0 {
            self.served.fetch_add(u32::try_from(count).unwrap_or(u32::MAX), Ordering::Relaxed);
            let nanos = now.as_nanos().max(1);
            // Only the first call sets the time.
            let _ =
                self.served_from.compare_exchange(0, nanos, Ordering::Relaxed, Ordering::Relaxed);
        }
    }

    /// How long joined requests have been served, at `now`.
    pub(super) fn served_for(&self, now: Timestamp) -> Duration {
        set_at(&self.served_from).map_or(Duration::ZERO, |from| now.since(from))
    }
}

#[cfg(test)]
impl PauseRecord<StopReason> {
    /// A pause that stopped no worker.
    pub(super) fn without_workers(id: PauseId) -> Self {
        Self {
            id,
            reason: StopReason::GarbageCollection,
            note: None,
            requested_at: Timestamp::default(),
            armed_at: Timestamp::default(),
            stopped_at: Timestamp::default(),
            arrivals: Arc::default(),
            dead: Vec::new(),
            done_at: AtomicU64::new(0),
            served: AtomicU32::new(0),
            served_from: AtomicU64::new(0),
        }
    }
}

/// The time, if it was set.
fn set_at(nanos: &AtomicU64) -> Option<Timestamp> {
    match nanos.load(Ordering::Relaxed) {
        0 => None,
        nanos => Some(Timestamp::from_nanos(nanos)),
    }
}
