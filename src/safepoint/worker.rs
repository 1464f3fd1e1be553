//! A worker's side of the protocol.

use super::{
    config::PauseOptions,
    error::PauseError,
    handshake::{self, HandshakeReport, HandshakeTarget},
    ids::WorkerId,
    location::Location,
    mutant::Mutant,
    observer::Event,
    reason::StopReason,
    request::Asking,
    shared::Shared,
    slot::{PollWord, Slot, UNKNOWN, WorkerState},
    world::StoppedWorld,
};
use crate::sync::{Ordering, record::AtomicU32};
use std::{cell::Cell, fmt, marker::PhantomData, sync::Arc, thread};

/// A worker's slot, and how deep in safe regions it is.
pub(super) struct Seat {
    slot: Arc<Slot>,
    shared: Arc<Shared>,
    id: WorkerId,
    /// Safe regions entered and not left. Only one thread at a time has the worker's part of it. Boxed,
    /// so that nothing in a [`Worker`] ever changes: a loop that polls keeps the word's address then.
    depth: Box<AtomicU32>,
}

impl Seat {
    pub(super) fn id(&self) -> WorkerId {
        self.id
    }

    /// One level deeper; the first makes the worker SAFE.
    pub(super) fn enter(&self) {
        let depth = self.depth.load(Ordering::Relaxed);
        self.depth.store(depth + 1, Ordering::Relaxed);
        if depth == 0 {
            let crossings = &self.slot.safe_crossings;
            crossings.store(crossings.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
            self.shared.observe(Some(self.id), || Event::SafeEntered);
            self.slot.stops_at(None);
            self.shared.entered(&self.slot, self.slot.enter());
        }
    }

    /// One level up; the last waits until the worker may run.
    pub(super) fn leave(&self) {
        let depth = self.depth.load(Ordering::Relaxed);
        debug_assert!(depth > 0, "left more safe regions than entered");
        if depth == 1 {
            self.shared.leave(&self.slot);
            self.slot.runs_again();
            self.shared.observe(Some(self.id), || Event::SafeLeft);
        }
        self.depth.store(depth - 1, Ordering::Relaxed);
    }

    #[cold]
    #[inline(never)]
    fn stop(&self, location: Option<Location>) {
        if self.depth.load(Ordering::Relaxed) > 0 {
            return;
        }
        assert!(
            self.slot.state() != Some(WorkerState::Dead),
            "{} was declared dead and must not run: somebody marked a living thread as dead",
            self.id,
        );
        // Posted closures run before the ack: their poster waits for this poll, not for a resume.
        if self.slot.has_handshake() {
            handshake::run_own(&self.shared, &self.slot);
        }
        if !self.slot.is_requested() {
            self.slot.arrival.since_poll.store(UNKNOWN, Ordering::Relaxed);
            return;
        }
        self.slot.stops_at(location);
        self.shared.entered(&self.slot, self.slot.enter());
        self.shared.leave(&self.slot);
        self.slot.runs_again();
        self.shared.observe(Some(self.id), || Event::Resumed);
    }
}

/// A registered worker: polls, enters safe regions, may ask for pauses. Dropping it deregisters; if
/// that happens while its thread panics, the worker counts as dead and the next report names it.
///
/// It can move to another thread but not be shared.
pub struct Worker {
    seat: Seat,
    _not_sync: PhantomData<Cell<()>>,
}

impl Worker {
    /// Who this is.
    pub fn id(&self) -> WorkerId {
        self.seat.id
    }

    /// A safepoint: stops here if the world is to stop, and runs what was posted to this worker.
    ///
    /// One relaxed load and one branch if there is nothing to do. Returns at once while this worker
    /// holds the world or is in a safe region, since it counts as stopped then.
    ///
    /// # Panics
    ///
    /// If this worker was declared dead. Panics of posted closures pass through.
    #[inline(always)]
    pub fn poll(&self) {
        if self.seat.slot.poll_word().is_armed() {
            self.seat.stop(None);
        }
    }

    /// As [`Worker::poll`], telling where the worker stops. The place is used on the slow path only.
    ///
    /// # Panics
    ///
    /// As [`Worker::poll`].
    #[inline(always)]
    pub fn poll_at(&self, location: Location) {
        if self.seat.slot.poll_word().is_armed() {
            self.stop_at(location);
        }
    }

    /// The word behind [`Worker::poll`], for an interpreter that keeps it in a local: when
    /// [`PollWord::is_armed`], call [`Worker::stop_at`].
    #[inline(always)]
    pub fn poll_word(&self) -> &PollWord {
        self.seat.slot.poll_word()
    }

    /// A poll's slow path, which may also be called when there is nothing to do.
    ///
    /// # Panics
    ///
    /// As [`Worker::poll`].
    #[cold]
    #[inline(never)]
    pub fn stop_at(&self, location: Location) {
        self.seat.stop(Some(location));
    }

    /// Says where the worker is: two relaxed stores. For places from which it may not reach a poll
    /// soon (a bulk operation, a blocking call, a loop without polls), so that a report can name
    /// them. Holds until the next note, [`Worker::note_done`] or stop.
    #[inline(always)]
    pub fn note(&self, location: Location) {
        self.seat.slot.location.set(location);
    }

    /// Takes the last [`Worker::note`] back, since what it tells of is over; unless a pause is
    /// waiting meanwhile: then the note is why this worker is late, and stays for the report.
    pub fn note_done(&self) {
        if !self.seat.slot.is_requested() {
            self.seat.slot.location.clear();
        }
    }

    /// As [`Worker::note`], of something that is over: kept only if a pause has come to wait for this
    /// worker meanwhile.
    pub fn note_past(&self, location: Location) {
        if self.seat.slot.is_requested() {
            self.note(location);
        }
    }

    /// Publishes a count of the worker's choosing, such as instructions executed: one relaxed store.
    #[inline(always)]
    pub fn note_progress(&self, progress: u64) {
        self.seat.slot.progress.store(progress, Ordering::Relaxed);
    }

    /// Says how much the worker has done since its last poll, in the unit of
    /// [`Worker::note_progress`]: one relaxed store. Right before it stops or enters a safe region; holds
    /// for that stop only.
    #[inline(always)]
    pub fn note_since_poll(&self, done: u64) {
        self.seat.slot.arrival.since_poll.store(done, Ordering::Relaxed);
    }

    /// Enters a safe region: until the guard is dropped the worker counts as stopped without polling,
    /// and must not touch shared state. Dropping the guard waits while the world is stopped.
    ///
    /// Regions nest; only the outermost counts.
    #[must_use = "the region ends as soon as this is dropped"]
    pub fn enter_safe_region(&self) -> SafeRegion<'_> {
        self.seat.enter();
        SafeRegion::adopt(&self.seat)
    }

    /// Stops the world from inside a worker. It counts as stopped while it waits, and until the guard
    /// is gone; then it waits as all others if the world went to somebody else.
    ///
    /// # Errors
    ///
    /// As [`SafepointCoordinator::request_stw_pause`](super::SafepointCoordinator::request_stw_pause).
    pub fn request_stw_pause(&self, reason: StopReason) -> Result<StoppedWorld<'_>, PauseError> {
        self.request_with(reason, &PauseOptions::default())
    }

    /// As [`Worker::request_stw_pause`], with this request's own settings.
    ///
    /// # Errors
    ///
    /// As the settings say.
    pub fn request_with(
        &self,
        reason: StopReason,
        options: &PauseOptions,
    ) -> Result<StoppedWorld<'_>, PauseError> {
        let seat = &self.seat;
        StoppedWorld::ask(&seat.shared, reason, options, Asking::InTurn, Some(seat))
    }

    /// As [`Worker::request_stw_pause`], but answers at once if a pause is in force or waits.
    ///
    /// # Errors
    ///
    /// [`PauseError::Busy`], and as [`Worker::request_stw_pause`].
    pub fn try_request_stw_pause(
        &self,
        reason: StopReason,
    ) -> Result<StoppedWorld<'_>, PauseError> {
        let (seat, options) = (&self.seat, PauseOptions::default());
        StoppedWorld::ask(&seat.shared, reason, &options, Asking::IfFree, Some(seat))
    }

    /// Runs `f` for one worker or all, as
    /// [`SafepointCoordinator::handshake`](super::SafepointCoordinator::handshake) does, from inside a
    /// worker: it counts as stopped while it waits, so two workers may do this to each other.
    pub fn handshake(
        &self,
        target: HandshakeTarget,
        f: impl Fn(WorkerId) + Send + Sync + 'static,
    ) -> HandshakeReport {
        let _region = self.enter_safe_region();
        self.seat.shared.handshake(target, None, Arc::new(f))
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let Seat { slot, shared, id, depth } = &self.seat;
        if thread::panicking() {
            shared.bury(slot);
        } else if depth.load(Ordering::Relaxed) == 0 && slot.state() != Some(WorkerState::Dead) {
            shared.entered(slot, slot.enter());
        }
        slot.vacate();
        shared.observe(Some(*id), || Event::Deregistered);
    }
}

impl fmt::Debug for Worker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker")
            .field("id", &self.seat.id)
            .field("state", &self.seat.slot.state())
            .finish_non_exhaustive()
    }
}

/// A worker that is registered and counts as stopped, until it is started. Made where a pool is set
/// up, sent to the thread that will run it.
#[must_use = "dropping it deregisters the worker"]
pub struct ParkedWorker {
    worker: Worker,
}

impl ParkedWorker {
    pub(super) fn new(slot: Arc<Slot>, shared: Arc<Shared>) -> Self {
        let id = slot.worker();
        shared.observe(Some(id), || Event::Registered);
        let seat = Seat { slot, shared, id, depth: Box::new(AtomicU32::new(1)) };
        Self { worker: Worker { seat, _not_sync: PhantomData } }
    }

    /// Who this is.
    pub fn id(&self) -> WorkerId {
        self.worker.id()
    }

    /// Lets the worker run. Waits while the world is stopped.
    pub fn start(self) -> Worker {
        if Mutant::NewcomersRun.is_on() {
            self.worker.seat.depth.store(0, Ordering::Relaxed);
            self.worker.seat.slot.run_regardless();
            return self.worker;
        }
        self.worker.seat.leave();
        self.worker
    }
}

impl fmt::Debug for ParkedWorker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ParkedWorker").field("id", &self.id()).finish_non_exhaustive()
    }
}

/// A stretch in which a worker counts as stopped. Dropping it ends the stretch, and waits while the
/// world is stopped.
pub struct SafeRegion<'w> {
    seat: &'w Seat,
    /// Leaving is the worker's own thread's business.
    _not_send: PhantomData<*const ()>,
}

impl<'w> SafeRegion<'w> {
    /// Takes over one level that the worker has entered.
    pub(super) fn adopt(seat: &'w Seat) -> Self {
        Self { seat, _not_send: PhantomData }
    }
}

impl Drop for SafeRegion<'_> {
    fn drop(&mut self) {
        self.seat.leave();
    }
}

impl fmt::Debug for SafeRegion<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SafeRegion").field("worker", &self.seat.id).finish_non_exhaustive()
    }
}
