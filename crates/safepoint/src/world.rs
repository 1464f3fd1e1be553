//! The stopped world: a type that is the permission to work on it.

use super::{
    error::PauseError,
    help::{HelpReport, SharedWork},
    ids::{PauseId, WorkerId},
    observer::Event,
    queue::LetGo,
    reason::{Reason, StopReason},
    record::PauseReport,
    request::{Asking, Granted, Held, Options, Request, Unmet},
    seat::{SafeRegion, Seat},
    shared::Shared,
    visit::{StoppedWorker, Visit, Visitor},
};
use crate::{
    clock::{self, Timestamp},
    sync::{Ordering, lock},
};
use std::{fmt, marker::PhantomData, ops::Deref, sync::Arc, time::Duration};

/// Proof that no worker runs. A function that needs a stopped world takes a reference to this.
///
/// At most one exists per coordinator. Dropping it releases the workers, as
/// [`StoppedWorld::resume_from_pause`] does; if it is leaked, they stay stopped for ever. A worker
/// that requests a pause receives an [`OwnWorld`], which contains this and keeps the worker stopped.
///
/// It can be sent to another thread, and several threads can share a reference to it.
#[must_use = "the world runs again as soon as this is dropped"]
pub struct StoppedWorld<'w, R: Reason = StopReason, D = ()> {
    shared: Arc<Shared<R, D>>,
    held: Held<R>,
    /// The worker that requested the pause and still holds the world.
    worker: Option<WorkerId>,
    open: bool,
    _lent_by: PhantomData<&'w ()>,
}

impl<R: Reason, D> StoppedWorld<'static, R, D> {
    /// For a thread that is no worker.
    pub(super) fn ask(
        shared: &Arc<Shared<R, D>>,
        reason: R,
        options: &Options,
        asking: Asking,
        visit: Option<Visit<'_, D>>,
    ) -> Result<Self, PauseError<R>> {
        let request = Request::new(shared, reason, options, None);
        let queued = request.queue(asking)?;
        let mut visitor = visit.map(Visitor::new);
        let answer = match request.wait(queued, visitor.as_mut()) {
            Ok(granted) => Ok(Self::of(shared, granted.world(), None)),
            Err(Unmet::Error(error)) => Err(error),
            Err(Unmet::Forgotten) => {
                unreachable!("a thread that is no worker cannot be declared dead")
            }
        };
        if let Some(panic) = visitor.and_then(Visitor::panic) {
            drop(answer);
            panic.go_on();
        }
        answer
    }
}

impl<R: Reason, D> StoppedWorld<'_, R, D> {
    fn of(shared: &Arc<Shared<R, D>>, held: Held<R>, worker: Option<WorkerId>) -> Self {
        Self { shared: Arc::clone(shared), held, worker, open: true, _lent_by: PhantomData }
    }

    pub(super) fn shared(&self) -> &Arc<Shared<R, D>> {
        &self.shared
    }

    /// The pause's name.
    pub fn id(&self) -> PauseId {
        self.held.record.id
    }

    /// The reason of the pause.
    pub fn reason(&self) -> R {
        self.held.record.reason
    }

    /// Every living worker with the data that it was registered with, in the order of the slots. A
    /// worker may deregister in a stopped world, and is then missing.
    ///
    /// # Panics
    ///
    /// If the worker that holds this world was declared dead.
    pub fn workers(&self) -> Vec<StoppedWorker<D>> {
        self.assert_held();
        lock(&self.shared.table).stopped()
    }

    /// Whether another request started this pause and held the world before this one. Its operation
    /// may have done what this request wanted.
    pub fn joined(&self) -> bool {
        self.held.joined
    }

    /// Marks the end of the operation that the pause is for. The time from now until the holder
    /// releases the world is reported as held. At the release, the requests that have joined and
    /// [only want the operation done](super::PauseRequest::stop_unless_done) are answered.
    ///
    /// # Panics
    ///
    /// If the worker that holds this world was declared dead.
    pub fn operation_done(&self) {
        self.assert_held();
        let now = clock::now();
        self.held.record.done(now);
        self.shared.observe_at(self.worker, now, || Event::OperationDone { pause: self.id() });
    }

    /// A report of the pause until now.
    pub fn report(&self) -> PauseReport<R> {
        let now = clock::now();
        self.report_at(now, now, false, self.held.record.served.load(Ordering::Relaxed))
    }

    /// Runs `own` on this thread while up to `most` stopped workers do a part of `work`, and returns
    /// when all of these helpers have come back.
    ///
    /// A worker helps if it sleeps at its poll, or wants to leave a safe region; it stays stopped.
    /// The holder waits only for helpers that have begun, so it may get no help at all. `work` is
    /// offered before `own` begins, so `own` can wake workers that sleep elsewhere in a safe region.
    /// An offer that is made inside `own` gets no helpers.
    ///
    /// If a helper dies or panics inside the work, [`SharedWork::abandon`] is called and the report
    /// says so. A helper that panics there continues as a worker, because the work is not its own
    /// code. [`SharedWork::abandon`] is also called if `own` panics.
    ///
    /// # Panics
    ///
    /// If `own` panics, or the worker that holds this world was declared dead.
    pub fn with_help<T>(
        &self,
        most: u32,
        work: &Arc<dyn SharedWork>,
        own: impl FnOnce() -> T,
    ) -> (T, HelpReport) {
        let shared = &self.shared;
        // Under the queue's lock: a thread that buries the holder first takes its place in the queue.
        // So either the offer comes before that, and that thread finds it, or no offer is made.
        let offer = shared.with_queue(|queue| {
            queue.is_held_by(self.held.ticket).then(|| shared.help.open(most, work))
        });
        let Some(offer) = offer.unwrap_or_else(|| self.buried()) else {
            return (own(), HelpReport::default());
        };
        // After opening: a worker that read the gate before then looks again and does not fall asleep.
        shared.gate.bump();
        shared.gate.wake(most);
        let result = own();
        (result, offer.close())
    }

    /// Releases the workers, or hands the world to a request that joined.
    pub fn resume_from_pause(mut self) -> PauseReport<R> {
        self.let_go()
    }

    /// The worker that held this world was declared dead, and the world was released.
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

    fn let_go(&mut self) -> PauseReport<R> {
        self.open = false;
        let (shared, held, worker) = (&self.shared, &self.held, self.worker);
        let (ticket, pause) = (held.ticket, held.record.id);
        let resumed_at = clock::now();
        // The count of served requests under the same lock: without those that the next holder serves.
        let (let_go, served) = shared.with_queue(|queue| {
            (queue.let_go(ticket, resumed_at), held.record.served.load(Ordering::Relaxed))
        });
        let report = match let_go {
            LetGo::Release => {
                shared.release(pause);
                let released_at = clock::now();
                let rest = shared.config.min_running_interval;
                shared.with_queue(|queue| queue.released(ticket, released_at, rest));
                shared.bells.turnstile.ring();
                shared.observe_at(worker, resumed_at, || Event::Released { pause });
                let report = self.report_at(resumed_at, released_at, false, served);
                shared.statistics().pause(&held.record, &report.whole());
                report
            }
            LetGo::HandedOn => {
                shared.bells.turnstile.ring();
                shared.observe_at(worker, resumed_at, || Event::HandedOn { pause });
                self.report_at(resumed_at, resumed_at, true, served)
            }
            // The holder was declared dead, and another thread released the world.
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
    ) -> PauseReport<R> {
        let Held { record, requested_at, granted_at, joined, .. } = &self.held;
        let own_end = if *joined { *granted_at } else { record.armed_at };
        let done_at = record.done_at().filter(|done_at| done_at >= granted_at);
        let operation_end = done_at.unwrap_or(resumed_at);
        let reached_at = record.reached_at();
        PauseReport {
            id: record.id,
            reason: record.reason,
            note: record.note.clone(),
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

impl<R: Reason, D> Drop for StoppedWorld<'_, R, D> {
    fn drop(&mut self) {
        if self.open {
            self.let_go();
        }
    }
}

impl<R: Reason, D> fmt::Debug for StoppedWorld<'_, R, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoppedWorld")
            .field("id", &self.id())
            .field("reason", &self.reason())
            .field("joined", &self.joined())
            .finish_non_exhaustive()
    }
}

/// The stopped world of a worker that requested the pause: a [`StoppedWorld`], and a guard that keeps
/// the worker stopped as long as this lives. After that the worker runs on, as soon as all workers may.
///
/// Only the worker's own thread may run as that worker, so both are given back there, and this is not
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
/// The part that was handed over can be sent, and so can the world of a thread that is no worker:
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
pub struct OwnWorld<'w, R: Reason = StopReason, D = ()> {
    /// Dropped before `region`: the end of the region waits until the world runs.
    world: StoppedWorld<'w, R, D>,
    region: SafeRegion<'w, R, D>,
}

/// The answer to a worker's request for an operation.
#[must_use = "the world runs again as soon as this is dropped"]
pub enum Answer<'w, R: Reason = StopReason, D = ()> {
    /// The world: this worker does the operation.
    World(OwnWorld<'w, R, D>),
    /// Another holder has done the operation in this pause, after the request was made and while this
    /// worker was stopped. The worker runs again.
    Done(PauseId),
}

/// A worker's request that was granted, and the safe region in which the worker waited.
type Waited<'w, R, D> = (Granted<R>, SafeRegion<'w, R, D>);

impl<'w, R: Reason, D> OwnWorld<'w, R, D> {
    pub(super) fn ask(
        seat: &'w Seat<R, D>,
        reason: R,
        options: &Options,
        asking: Asking,
        visit: Option<Visit<'_, D>>,
    ) -> Result<Self, PauseError<R>> {
        let (granted, region) = Self::wait(seat, reason, options, asking, visit)?;
        Ok(Self::of(seat, granted.world(), region))
    }

    pub(super) fn ask_unless_done(
        seat: &'w Seat<R, D>,
        reason: R,
        options: &Options,
        visit: Option<Visit<'_, D>>,
    ) -> Result<Answer<'w, R, D>, PauseError<R>> {
        let (granted, region) = Self::wait(seat, reason, options, Asking::UnlessDone, visit)?;
        Ok(match granted {
            Granted::World(held) => Answer::World(Self::of(seat, held, region)),
            Granted::Done(pause) => Answer::Done(pause),
        })
    }

    fn wait(
        seat: &'w Seat<R, D>,
        reason: R,
        options: &Options,
        asking: Asking,
        visit: Option<Visit<'_, D>>,
    ) -> Result<Waited<'w, R, D>, PauseError<R>> {
        let request = Request::new(&seat.shared, reason, options, Some(seat));
        // The worker joins the queue first. So a worker that is refused at once has not stopped, and
        // one that stops for a pause that arms already has joined it.
        let queued = request.queue(asking)?;
        // It counts as stopped while it waits, so that no other pause waits for it.
        let region = seat.enter();
        let mut visitor = visit.map(Visitor::new);
        let answer = request.wait(queued, visitor.as_mut());
        if let Some(panic) = visitor.and_then(Visitor::panic) {
            if let Ok(Granted::World(held)) = answer {
                drop(Self::of(seat, held, region));
            }
            panic.go_on();
        }
        match answer {
            Ok(granted) => Ok((granted, region)),
            Err(Unmet::Error(error)) => Err(error),
            Err(Unmet::Forgotten) => {
                // First waits until the other workers may run.
                drop(region);
                seat.dies();
            }
        }
    }

    fn of(seat: &'w Seat<R, D>, held: Held<R>, region: SafeRegion<'w, R, D>) -> Self {
        Self { world: StoppedWorld::of(&seat.shared, held, Some(seat.id)), region }
    }

    /// Releases the workers, or hands the world to a request that joined. Then this worker runs on, as
    /// soon as all workers may.
    ///
    /// # Panics
    ///
    /// If this worker was declared dead.
    pub fn resume_from_pause(self) -> PauseReport<R> {
        let Self { world, region } = self;
        let report = world.resume_from_pause();
        drop(region);
        report
    }

    /// Separates the world from the worker, which stays stopped. The world may go to another thread
    /// and outlive the borrow of this worker. Dropping the safe region makes the worker run again; it
    /// waits until the world is released.
    ///
    /// # Panics
    ///
    /// If this worker was declared dead.
    pub fn hand_over(self) -> (StoppedWorld<'static, R, D>, SafeRegion<'w, R, D>) {
        let Self { mut world, region } = self;
        if !world.shared.with_queue(|queue| queue.disown(world.held.ticket)) {
            world.buried();
        }
        world.open = false;
        (StoppedWorld::of(&world.shared, world.held.clone(), None), region)
    }
}

impl<'w, R: Reason, D> Deref for OwnWorld<'w, R, D> {
    type Target = StoppedWorld<'w, R, D>;

    fn deref(&self) -> &Self::Target {
        &self.world
    }
}

impl<R: Reason, D> fmt::Debug for Answer<'_, R, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::World(world) => f.debug_tuple("World").field(world).finish(),
            Self::Done(pause) => f.debug_tuple("Done").field(pause).finish(),
        }
    }
}

impl<R: Reason, D> fmt::Debug for OwnWorld<'_, R, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.world.fmt(f)
    }
}
