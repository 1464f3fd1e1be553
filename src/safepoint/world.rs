//! The stopped world: a permission that is a type.

use super::{
    config::PauseOptions,
    coordinator::SafepointCoordinator,
    error::PauseError,
    help::{HelpReport, SharedWork},
    ids::PauseId,
    observer::Event,
    queue::LetGo,
    reason::StopReason,
    record::PauseReport,
    request::{self, Asking, Held},
    shared::Shared,
    worker::{SafeRegion, Seat},
};
use crate::{
    clock::{self, Timestamp},
    sync::Ordering,
};
use std::{fmt, sync::Arc, time::Duration};

/// Proof that no worker runs. Whatever needs a stopped world takes a reference to this.
///
/// At most one exists per coordinator. Dropping it releases the workers, as
/// [`StoppedWorld::resume_from_pause`] does; leaking it leaves them stopped for ever. `'w` is the
/// worker that asked, which then stays stopped as long as this lives, and runs on when it is gone.
#[must_use = "the world runs again as soon as this is dropped"]
pub struct StoppedWorld<'w> {
    shared: Arc<Shared>,
    held: Held,
    seat: Option<&'w Seat>,
    open: bool,
}

impl<'w> StoppedWorld<'w> {
    pub(super) fn ask(
        shared: &Arc<Shared>,
        reason: StopReason,
        options: &PauseOptions,
        asking: Asking,
        seat: Option<&'w Seat>,
    ) -> Result<Self, PauseError> {
        if let Some(seat) = seat {
            // Stopped while it waits, so that another's pause need not wait for it.
            seat.enter();
        }
        match request::acquire(shared, reason, options, asking, seat.map(Seat::id)) {
            Ok(held) => Ok(Self { shared: Arc::clone(shared), held, seat, open: true }),
            Err(error) => {
                if let Some(seat) = seat {
                    seat.leave();
                }
                Err(error)
            }
        }
    }

    /// Which pause this is.
    pub fn id(&self) -> PauseId {
        self.held.record.id
    }

    /// Whether this is the world of `coordinator`, so that its workers are the ones that stand still.
    ///
    /// Whoever acts on what workers share asks this first: the world of another coordinator proves
    /// nothing about them.
    #[must_use]
    pub fn belongs_to(&self, coordinator: &SafepointCoordinator) -> bool {
        coordinator.shares(&self.shared)
    }

    /// What the pause is for.
    pub fn reason(&self) -> StopReason {
        self.held.record.reason
    }

    /// Whether another request started this pause and has had the world already. Its operation may
    /// have done what this request wanted.
    pub fn joined(&self) -> bool {
        self.held.joined
    }

    /// Marks the end of the operation: what comes after, until letting go, is reported as held.
    pub fn operation_done(&self) {
        let now = clock::now();
        self.held.record.done_at.store(now.as_nanos().max(1), Ordering::Relaxed);
        self.shared
            .observe_at(self.seat.map(Seat::id), now, || Event::OperationDone { pause: self.id() });
    }

    /// The pause so far.
    pub fn report(&self) -> PauseReport {
        let now = clock::now();
        self.report_at(now, now, false)
    }

    /// Runs `own` here while up to `most` stopped workers do a part of `work`, and returns when they
    /// have all come back.
    ///
    /// Who helps: a worker that sleeps at its poll, or wants to leave a safe region; it stays stopped.
    /// Nobody is waited for who has not begun, so nobody may have helped. `work` is offered before
    /// `own` begins, so `own` can wake whoever sleeps elsewhere in a safe region. If one who helps
    /// dies or panics, [`SharedWork::abandon`] is called and the report says so; it is called as well
    /// when `own` panics. An offer inside of `own` is not taken by anybody.
    pub fn with_help<T>(
        &self,
        most: u32,
        work: &Arc<dyn SharedWork>,
        own: impl FnOnce() -> T,
    ) -> (T, HelpReport) {
        let shared = &self.shared;
        let Some(offer) = shared.help.open(most, work) else {
            return (own(), HelpReport::default());
        };
        // After opening: who read the gate before looks again instead of falling asleep.
        shared.gate.bump();
        shared.gate.wake(most);
        let result = own();
        (result, offer.close())
    }

    /// Lets the workers run, or hands the world to a request that joined.
    pub fn resume_from_pause(mut self) -> PauseReport {
        self.let_go()
    }

    /// Lets the worker that asked give the world away and stay stopped: the first part may go to
    /// another thread and outlive the worker's borrow; dropping the second is when the worker runs
    /// again, which waits for the first.
    pub fn hand_over(mut self) -> (StoppedWorld<'static>, Option<SafeRegion<'w>>) {
        let region = self.seat.take().map(SafeRegion::adopt);
        self.open = false;
        let ticket = self.held.ticket;
        self.shared.with_queue(|queue| queue.disown(ticket));
        let held = Held {
            record: Arc::clone(&self.held.record),
            ticket,
            requested_at: self.held.requested_at,
            granted_at: self.held.granted_at,
            joined: self.held.joined,
        };
        let world = StoppedWorld { shared: Arc::clone(&self.shared), held, seat: None, open: true };
        (world, region)
    }

    fn let_go(&mut self) -> PauseReport {
        self.open = false;
        let (shared, held) = (&self.shared, &self.held);
        let worker = self.seat.map(Seat::id);
        let resumed_at = clock::now();
        let report = match shared.with_queue(|queue| queue.let_go(held.ticket)) {
            LetGo::Release => {
                shared.release();
                let released_at = clock::now();
                let rest = shared.config.min_running_interval;
                shared.with_queue(|queue| queue.released(released_at, rest));
                shared.turnstile.ring();
                let pause = held.record.id;
                shared.observe_at(worker, resumed_at, || Event::Released { pause });
                let report = self.report_at(resumed_at, released_at, false);
                shared.statistics().pause(&held.record, &report.whole());
                report
            }
            LetGo::HandedOn => {
                shared.turnstile.ring();
                let pause = held.record.id;
                shared.observe_at(worker, resumed_at, || Event::HandedOn { pause });
                self.report_at(resumed_at, resumed_at, true)
            }
            // The holder was declared dead and the world released without it.
            LetGo::NotHolder => self.report_at(resumed_at, resumed_at, false),
        };
        shared.statistics().granted(report.reason, report.queue_wait, held.joined);
        if let Some(seat) = self.seat.take() {
            seat.leave();
        }
        report
    }

    fn report_at(
        &self,
        resumed_at: Timestamp,
        released_at: Timestamp,
        handed_on: bool,
    ) -> PauseReport {
        let Held { record, requested_at, granted_at, joined, .. } = &self.held;
        let own_end = if *joined { *granted_at } else { record.armed_at };
        let done_at = record.done_at().filter(|done_at| done_at >= granted_at);
        let operation_end = done_at.unwrap_or(resumed_at);
        PauseReport {
            id: record.id,
            reason: record.reason,
            requested_at: *requested_at,
            first_requested_at: record.requested_at,
            armed_at: record.armed_at,
            stopped_at: record.stopped_at,
            resumed_at,
            released_at,
            queue_wait: own_end.since(*requested_at),
            ttsp: record.ttsp(),
            last_done_at: record.done_at(),
            operation: operation_end.since(*granted_at),
            held: done_at.map_or(Duration::ZERO, |done_at| resumed_at.since(done_at)),
            release: released_at.since(resumed_at),
            total: released_at.since(*requested_at),
            arrivals: Arc::clone(&record.arrivals),
            straggler: record.straggler().map(|arrival| arrival.worker),
            wasted: record.wasted(),
            dead: record.dead.clone(),
            joined: *joined,
            handed_on,
        }
    }
}

impl Drop for StoppedWorld<'_> {
    fn drop(&mut self) {
        if self.open {
            self.let_go();
        }
    }
}

impl fmt::Debug for StoppedWorld<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoppedWorld")
            .field("id", &self.id())
            .field("reason", &self.reason())
            .field("joined", &self.joined())
            .finish_non_exhaustive()
    }
}
