//! The stopped world: a permission that is a type.

use super::{
    config::PauseOptions,
    coordinator::SafepointCoordinator,
    error::PauseError,
    help::{HelpReport, SharedWork},
    ids::{PauseId, WorkerId},
    observer::Event,
    queue::LetGo,
    reason::StopReason,
    record::PauseReport,
    request::{Asking, Granted, Held, Request, Unmet},
    shared::Shared,
    worker::{SafeRegion, Seat},
};
use crate::{
    clock::{self, Timestamp},
    sync::Ordering,
};
use std::{fmt, marker::PhantomData, ops::Deref, sync::Arc, time::Duration};

/// Proof that no worker runs. Whatever needs a stopped world takes a reference to this.
///
/// At most one exists per coordinator. Dropping it releases the workers, as
/// [`StoppedWorld::resume_from_pause`] does; leaking it leaves them stopped for ever. A worker that
/// asks gets an [`OwnWorld`], which is this and keeps the worker stopped.
///
/// It can be sent to another thread, and looked at by several.
#[must_use = "the world runs again as soon as this is dropped"]
pub struct StoppedWorld<'w> {
    shared: Arc<Shared>,
    held: Held,
    /// The worker that asked, and still has it.
    worker: Option<WorkerId>,
    open: bool,
    _lent_by: PhantomData<&'w ()>,
}

impl StoppedWorld<'static> {
    /// For whoever is no worker.
    pub(super) fn ask(
        shared: &Arc<Shared>,
        reason: StopReason,
        options: &PauseOptions,
        asking: Asking,
    ) -> Result<Self, PauseError> {
        let request = Request::new(shared, reason, options, None);
        let queued = request.queue(asking)?;
        match request.wait(queued) {
            Ok(granted) => Ok(Self::of(shared, granted.world(), None)),
            Err(Unmet::Error(error)) => Err(error),
            Err(Unmet::Forgotten) => unreachable!("who is no worker cannot be declared dead"),
        }
    }
}

impl StoppedWorld<'_> {
    fn of(shared: &Arc<Shared>, held: Held, worker: Option<WorkerId>) -> Self {
        Self { shared: Arc::clone(shared), held, worker, open: true, _lent_by: PhantomData }
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

    /// Marks the end of the operation that the pause is for: what comes after, until letting go, is
    /// reported as held, and requests that
    /// [only want it done](super::Worker::request_unless_done) and have joined are answered.
    ///
    /// # Panics
    ///
    /// If the worker that has this world was declared dead.
    pub fn operation_done(&self) {
        self.assert_held();
        let now = clock::now();
        self.held.record.done(now);
        self.shared.observe_at(self.worker, now, || Event::OperationDone { pause: self.id() });
    }

    /// The pause so far.
    pub fn report(&self) -> PauseReport {
        let now = clock::now();
        self.report_at(now, now, false, self.held.record.served.load(Ordering::Relaxed))
    }

    /// Runs `own` here while up to `most` stopped workers do a part of `work`, and returns when they
    /// have all come back.
    ///
    /// Who helps: a worker that sleeps at its poll, or wants to leave a safe region; it stays stopped.
    /// Nobody is waited for who has not begun, so nobody may have helped. `work` is offered before
    /// `own` begins, so `own` can wake whoever sleeps elsewhere in a safe region. If one who helps
    /// dies or panics, [`SharedWork::abandon`] is called and the report says so; it is called as well
    /// when `own` panics. An offer inside of `own` is not taken by anybody. Who panics inside the work
    /// lives on: it is not its own.
    ///
    /// # Panics
    ///
    /// As `own` does, and if the worker that has this world was declared dead.
    pub fn with_help<T>(
        &self,
        most: u32,
        work: &Arc<dyn SharedWork>,
        own: impl FnOnce() -> T,
    ) -> (T, HelpReport) {
        let shared = &self.shared;
        // Under the queue's lock: whoever buries the holder takes its place first, and then finds the
        // offer that it made, or prevents it.
        let offer = shared.with_queue(|queue| {
            queue.is_held_by(self.held.ticket).then(|| shared.help.open(most, work))
        });
        let Some(offer) = offer.unwrap_or_else(|| self.buried()) else {
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

    /// Whoever had this world was declared dead, and it was released.
    #[cold]
    fn buried(&self) -> ! {
        panic!(
            "{} is over: the worker that had stopped the world was declared dead, and must not use it",
            self.id(),
        );
    }

    fn assert_held(&self) {
        if !self.shared.with_queue(|queue| queue.is_held_by(self.held.ticket)) {
            self.buried();
        }
    }

    fn let_go(&mut self) -> PauseReport {
        self.open = false;
        let (shared, held, worker) = (&self.shared, &self.held, self.worker);
        let (ticket, pause) = (held.ticket, held.record.id);
        let resumed_at = clock::now();
        // How many were served by now, and not also those whom the next holder lets be served.
        let (let_go, served) = shared.with_queue(|queue| {
            (queue.let_go(ticket, resumed_at), held.record.served.load(Ordering::Relaxed))
        });
        let report = match let_go {
            LetGo::Release => {
                shared.release(pause);
                let released_at = clock::now();
                let rest = shared.config.min_running_interval;
                shared.with_queue(|queue| queue.released(ticket, released_at, rest));
                shared.turnstile.ring();
                shared.observe_at(worker, resumed_at, || Event::Released { pause });
                let report = self.report_at(resumed_at, released_at, false, served);
                shared.statistics().pause(&held.record, &report.whole());
                report
            }
            LetGo::HandedOn => {
                shared.turnstile.ring();
                shared.observe_at(worker, resumed_at, || Event::HandedOn { pause });
                self.report_at(resumed_at, resumed_at, true, served)
            }
            // The holder was declared dead and the world released without it.
            LetGo::NotHolder => self.report_at(resumed_at, resumed_at, false, served),
        };
        shared.statistics().granted(report.reason, report.queue_wait, held.joined);
        report
    }

    fn report_at(
        &self,
        resumed_at: Timestamp,
        released_at: Timestamp,
        handed_on: bool,
        served: u32,
    ) -> PauseReport {
        let Held { record, requested_at, granted_at, joined, .. } = &self.held;
        let own_end = if *joined { *granted_at } else { record.armed_at };
        let done_at = record.done_at().filter(|done_at| done_at >= granted_at);
        let operation_end = done_at.unwrap_or(resumed_at);
        let reached_at = record.reached_at();
        PauseReport {
            id: record.id,
            reason: record.reason,
            requested_at: *requested_at,
            first_requested_at: record.requested_at,
            armed_at: record.armed_at,
            reached_at,
            stopped_at: record.stopped_at,
            resumed_at,
            released_at,
            queue_wait: own_end.since(*requested_at),
            ttsp: record.ttsp(),
            noticing: record.stopped_at.since(reached_at),
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
            served,
            served_for: record.served_for(resumed_at),
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

/// The stopped world of a worker that asked for it: a [`StoppedWorld`], and the worker stays stopped
/// as long as this lives. When it is gone the worker runs on, as soon as all may.
///
/// Both are given back on the worker's own thread, which alone may run as that worker, so this is not
/// `Send`. [`OwnWorld::hand_over`] splits off the part that is.
///
/// ```compile_fail,E0277
/// # use safepoint::{SafepointCoordinator, StopReason};
/// # let worker = SafepointCoordinator::new().register_worker();
/// let world = worker.request_stw_pause(StopReason::Debug).unwrap();
/// std::thread::scope(|scope| {
///     scope.spawn(move || drop(world));
/// });
/// ```
///
/// The same with the part that was handed over, and with the world of whoever is no worker:
///
/// ```
/// # use safepoint::{SafepointCoordinator, StopReason};
/// # let coordinator = SafepointCoordinator::new();
/// # let worker = coordinator.register_worker();
/// let (world, region) = worker.request_stw_pause(StopReason::Debug).unwrap().hand_over();
/// std::thread::scope(|scope| {
///     scope.spawn(move || drop(world));
/// });
/// # let _safe = worker.enter_safe_region();
/// drop(region);
/// let world = coordinator.request_stw_pause(StopReason::Debug).unwrap();
/// std::thread::spawn(move || drop(world)).join().unwrap();
/// ```
#[must_use = "the world runs again as soon as this is dropped"]
pub struct OwnWorld<'w> {
    /// Dropped first: the worker does not wait for itself.
    world: StoppedWorld<'w>,
    region: SafeRegion<'w>,
}

/// What a worker's request for an operation is answered with.
#[derive(Debug)]
#[must_use = "the world runs again as soon as this is dropped"]
pub enum Answer<'w> {
    /// The world: the operation is this worker's to do.
    World(OwnWorld<'w>),
    /// Another has done it, in this pause: after the request was made, and while this worker was
    /// stopped. The worker runs again.
    Done(PauseId),
}

impl<'w> OwnWorld<'w> {
    pub(super) fn ask(
        seat: &'w Seat,
        reason: StopReason,
        options: &PauseOptions,
        asking: Asking,
    ) -> Result<Self, PauseError> {
        let (granted, region) = Self::wait(seat, reason, options, asking)?;
        Ok(Self::of(seat, granted.world(), region))
    }

    pub(super) fn ask_unless_done(
        seat: &'w Seat,
        reason: StopReason,
        options: &PauseOptions,
    ) -> Result<Answer<'w>, PauseError> {
        let (granted, region) = Self::wait(seat, reason, options, Asking::UnlessDone)?;
        Ok(match granted {
            Granted::World(held) => Answer::World(Self::of(seat, held, region)),
            Granted::Done(pause) => Answer::Done(pause),
        })
    }

    fn wait(
        seat: &'w Seat,
        reason: StopReason,
        options: &PauseOptions,
        asking: Asking,
    ) -> Result<(Granted, SafeRegion<'w>), PauseError> {
        let request = Request::new(seat.shared(), reason, options, Some(seat));
        // First the queue: who is refused at once never stopped, and who stops for a pause that arms
        // already has joined it.
        let queued = request.queue(asking)?;
        // Stopped while it waits, so that another's pause need not wait for it.
        let region = seat.enter();
        match request.wait(queued) {
            Ok(granted) => Ok((granted, region)),
            Err(Unmet::Error(error)) => Err(error),
            Err(Unmet::Forgotten) => {
                // Not before others may run.
                drop(region);
                seat.dies();
            }
        }
    }

    fn of(seat: &'w Seat, held: Held, region: SafeRegion<'w>) -> Self {
        Self { world: StoppedWorld::of(seat.shared(), held, Some(seat.id())), region }
    }

    /// Lets the workers run, or hands the world to a request that joined; then this worker runs on,
    /// as soon as all may.
    ///
    /// # Panics
    ///
    /// If this worker was declared dead.
    pub fn resume_from_pause(self) -> PauseReport {
        let Self { world, region } = self;
        let report = world.resume_from_pause();
        drop(region);
        report
    }

    /// Gives the world away and stays stopped: the first part may go to another thread and outlive
    /// this worker's borrow; dropping the second is when the worker runs again, which waits for the
    /// first.
    ///
    /// # Panics
    ///
    /// If this worker was declared dead.
    pub fn hand_over(self) -> (StoppedWorld<'static>, SafeRegion<'w>) {
        let Self { mut world, region } = self;
        if !world.shared.with_queue(|queue| queue.disown(world.held.ticket)) {
            world.buried();
        }
        world.open = false;
        (StoppedWorld::of(&world.shared, world.held.clone(), None), region)
    }
}

impl<'w> Deref for OwnWorld<'w> {
    type Target = StoppedWorld<'w>;

    fn deref(&self) -> &Self::Target {
        &self.world
    }
}

impl fmt::Debug for OwnWorld<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.world.fmt(f)
    }
}
