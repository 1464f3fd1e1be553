//! A worker's side of the protocol.

use super::{
    config::PauseOptions,
    error::PauseError,
    handle::WorkerHandle,
    handshake::{self, HandshakeReport, HandshakeTarget},
    ids::WorkerId,
    location::Location,
    mutant::Mutant,
    observer::Event,
    reason::StopReason,
    request::Asking,
    shared::{Shared, handshake},
    slot::{PollWord, Slot, UNKNOWN, WorkerState},
    world::{Answer, OwnWorld},
};
use crate::sync::Ordering;
use std::{cell::Cell, fmt, sync::Arc, thread};

/// A worker's slot, and how deep in safe regions it is. Not `Sync`: only one thread at a time has it.
pub(super) struct Seat {
    slot: Arc<Slot>,
    shared: Arc<Shared>,
    id: WorkerId,
    /// Safe regions entered and not left. Boxed, so that nothing in a [`Worker`] ever changes: a loop
    /// that polls keeps the word's address then.
    depth: Box<Cell<u32>>,
}

impl Seat {
    pub(super) fn id(&self) -> WorkerId {
        self.id
    }

    pub(super) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// One level deeper, until the guard is dropped; the first makes the worker SAFE.
    pub(super) fn enter(&self) -> SafeRegion<'_> {
        let depth = self.depth.get();
        self.depth.set(depth.checked_add(1).expect("guards of 2^32 - 1 safe regions were leaked"));
        if depth == 0 {
            let crossings = &self.slot.safe_crossings;
            crossings.store(crossings.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
            self.shared.observe(Some(self.id), || Event::SafeEntered);
            self.slot.stops_at(None);
            self.shared.entered(&self.slot, self.slot.enter());
        }
        SafeRegion { seat: self }
    }

    /// One level up; the last waits until the worker may run.
    fn leave(&self) {
        let depth = self.depth.get();
        debug_assert!(depth > 0, "left more safe regions than entered");
        let alive = depth > 1 || self.run_again(|| Event::SafeLeft);
        self.depth.set(depth - 1);
        if !alive && !thread::panicking() {
            self.dies();
        }
    }

    /// Waits until the worker may run. If it was declared dead, until others may: then false.
    #[must_use]
    fn run_again(&self, event: fn() -> Event) -> bool {
        let alive = self.shared.leave(&self.slot);
        if alive {
            self.slot.runs_again();
            self.shared.observe(Some(self.id), event);
        }
        alive
    }

    /// Whether the worker was declared dead.
    pub(super) fn is_dead(&self) -> bool {
        self.slot.state() == Some(WorkerState::Dead)
    }

    /// The worker was declared dead: this thread must not go on as it.
    #[cold]
    pub(super) fn dies(&self) -> ! {
        panic!(
            "{} was declared dead and must not run: somebody marked a living thread as dead",
            self.id,
        );
    }

    #[cold]
    #[inline(never)]
    fn stop(&self, location: Option<Location>) {
        if self.depth.get() > 0 {
            return;
        }
        if self.is_dead() {
            // Not before others may run.
            self.shared.leave(&self.slot);
            self.dies();
        }
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
        if !self.run_again(|| Event::Resumed) {
            self.dies();
        }
    }
}

/// A registered worker: polls, enters safe regions, may ask for pauses. Dropping it deregisters; if
/// that happens while its thread panics, the worker counts as dead and the next report names it.
///
/// It can move to another thread but not be shared.
pub struct Worker {
    seat: Seat,
}

impl Worker {
    /// Who this is.
    pub fn id(&self) -> WorkerId {
        self.seat.id
    }

    /// For reaching this worker from other threads.
    pub fn handle(&self) -> WorkerHandle {
        WorkerHandle::new(&self.seat.slot, &self.seat.shared, self.seat.id)
    }

    /// A safepoint: stops here if the world is to stop, and runs what was posted to this worker.
    ///
    /// One relaxed load and one branch if there is nothing to do. Returns at once while this worker
    /// holds the world or is in a safe region, since it counts as stopped then.
    ///
    /// # Panics
    ///
    /// If this worker was declared dead, once no pause is in force. What is posted to a worker cannot
    /// panic through it; see [`WorkerHandle::post`].
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

    /// Where the last [`Worker::note`] is in memory, for readers that share the memory but not the language: two
    /// words of 64 bits. The first has the function in its upper half and the instruction in its lower;
    /// the second the [`LocationKind`](super::LocationKind) in its lowest byte, the task in the 32 bits above, and
    /// its highest bit is set while there is a note. Valid as long as the coordinator.
    pub fn note_address(&self) -> usize {
        std::ptr::from_ref(&self.seat.slot.location).addr()
    }

    /// Takes the last [`Worker::note`] back, since what it tells of is over; unless a pause is
    /// waiting meanwhile: then the note is why this worker is late, and stays for the report.
    pub fn note_done(&self) {
        if !self.seat.slot.is_requested() {
            self.seat.slot.location.clear();
        }
    }

    /// Takes the last [`Worker::note`] back whatever waits, since it is not why: the worker has polled
    /// after it.
    pub fn withdraw_note(&self) {
        self.seat.slot.location.clear();
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
    ///
    /// # Panics
    ///
    /// When 2^32 - 1 guards were leaked. Dropping the outermost guard panics as [`Worker::poll`] does,
    /// but not while the thread unwinds.
    #[must_use = "the region ends as soon as this is dropped"]
    pub fn enter_safe_region(&self) -> SafeRegion<'_> {
        self.seat.enter()
    }

    /// Runs `f` in a safe region: for what may take long and touches nothing that a pause protects, such as waiting for
    /// a lock, a job or a file. Comes back when the world runs.
    ///
    /// # Panics
    ///
    /// As [`Worker::enter_safe_region`] and the end of its guard, and as `f` does; the region ends then, too.
    pub fn safely<R>(&self, f: impl FnOnce() -> R) -> R {
        let _region = self.enter_safe_region();
        f()
    }

    /// Stops the world from inside a worker. It counts as stopped while it waits, and until the guard
    /// is gone; then it waits as all others if the world went to somebody else.
    ///
    /// # Errors
    ///
    /// As [`SafepointCoordinator::request_stw_pause`](super::SafepointCoordinator::request_stw_pause).
    ///
    /// # Panics
    ///
    /// If this worker is declared dead while it asks, as all requests of a worker.
    pub fn request_stw_pause(&self, reason: StopReason) -> Result<OwnWorld<'_>, PauseError> {
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
    ) -> Result<OwnWorld<'_>, PauseError> {
        OwnWorld::ask(&self.seat, reason, options, Asking::InTurn)
    }

    /// As [`Worker::request_with`], but does not ask for the world if another request does the same
    /// operation meanwhile: if this one joins a pause, and whoever has that calls
    /// [`operation_done`](super::StoppedWorld::operation_done). However many requests one operation answers, they are
    /// answered together, when the world runs again.
    ///
    /// # Errors
    ///
    /// As the settings say.
    pub fn request_unless_done(
        &self,
        reason: StopReason,
        options: &PauseOptions,
    ) -> Result<Answer<'_>, PauseError> {
        OwnWorld::ask_unless_done(&self.seat, reason, options)
    }

    /// As [`Worker::request_stw_pause`], but if a pause is in force or waits it answers at once, and
    /// the worker runs on: it stops for that pause at its next poll.
    ///
    /// # Errors
    ///
    /// [`PauseError::Busy`], and as [`Worker::request_stw_pause`].
    pub fn try_request_stw_pause(&self, reason: StopReason) -> Result<OwnWorld<'_>, PauseError> {
        OwnWorld::ask(&self.seat, reason, &PauseOptions::default(), Asking::IfFree)
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
        handshake(&self.seat.shared, target, None, Arc::new(f))
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let Seat { slot, shared, id, depth } = &self.seat;
        if thread::panicking() {
            shared.bury(slot, *id);
        } else if depth.get() == 0 && !self.seat.is_dead() {
            shared.entered(slot, slot.enter());
        }
        handshake::vacate(shared, slot);
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
        let seat = Seat { slot, shared, id, depth: Box::new(Cell::new(1)) };
        Self { worker: Worker { seat } }
    }

    /// For reaching this worker from other threads.
    pub fn handle(&self) -> WorkerHandle {
        self.worker.handle()
    }

    /// Who this is.
    pub fn id(&self) -> WorkerId {
        self.worker.id()
    }

    /// Lets the worker run. Waits while the world is stopped.
    ///
    /// # Panics
    ///
    /// As [`Worker::poll`].
    pub fn start(self) -> Worker {
        if Mutant::NewcomersRun.is_on() {
            self.worker.seat.depth.set(0);
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
///
/// Leaving is the worker's own thread's business, so this is not `Send`:
///
/// ```compile_fail,E0277
/// # let worker = safepoint::SafepointCoordinator::new().register_worker();
/// let region = worker.enter_safe_region();
/// std::thread::scope(|scope| {
///     scope.spawn(move || drop(region));
/// });
/// ```
pub struct SafeRegion<'w> {
    seat: &'w Seat,
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
