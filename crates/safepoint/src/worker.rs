//! A worker's side of the protocol.

use super::{
    builder::PauseRequest,
    error::PauseError,
    handle::WorkerHandle,
    handshake::{HandshakeReport, HandshakeTarget, handshake},
    ids::WorkerId,
    limit::PollLimit,
    mutant::Mutant,
    observer::Event,
    place::Place,
    post,
    reason::{Reason, StopReason},
    request::Asking,
    seat::{SafeRegion, Seat},
    shared::Shared,
    slot::{PollWord, Slot},
    world::{Answer, OwnWorld},
};
use crate::sync::{Ordering, put};
use std::{cell::Cell, fmt, sync::Arc, thread};

/// A registered worker: polls, enters safe regions, may request pauses. Dropping it deregisters the
/// worker; if its thread panics meanwhile, the worker counts as dead and the next report names it.
///
/// It can be moved to another thread but not be shared.
pub struct Worker<R: Reason = StopReason, D = ()> {
    seat: Seat<R, D>,
}

impl<R: Reason, D> Worker<R, D> {
    /// The worker's name.
    pub fn id(&self) -> WorkerId {
        self.seat.id
    }

    /// A handle to this worker, for other threads.
    pub fn handle(&self) -> WorkerHandle<R, D> {
        let Seat { slot, shared, data, .. } = &self.seat;
        WorkerHandle::new(slot, shared, &Arc::downgrade(data))
    }

    /// The data that the worker was registered with.
    pub fn data(&self) -> &D {
        &self.seat.data
    }

    /// A safepoint: stops here if a pause asks the worker to stop, and runs closures that were posted
    /// to it.
    ///
    /// One relaxed load and one branch if there is nothing to do. Returns at once while this worker
    /// holds the world or is in a safe region, since it counts as stopped then.
    ///
    /// # Panics
    ///
    /// If this worker was declared dead, as soon as no pause is in force. Panics of posted closures are
    /// caught; see [`WorkerHandle::post`].
    #[inline(always)]
    pub fn poll(&self) {
        if self.seat.slot.poll_word().is_armed() {
            self.seat.stop(None);
        }
    }

    /// As [`Worker::poll`], and reports where the worker stops. The place is used on the slow path
    /// only.
    ///
    /// # Panics
    ///
    /// As [`Worker::poll`].
    #[inline(always)]
    pub fn poll_at(&self, place: impl Into<Place>) {
        if self.seat.slot.poll_word().is_armed() {
            self.stop_at(place);
        }
    }

    /// The word behind [`Worker::poll`], for an interpreter that keeps it in a local: when
    /// [`PollWord::is_armed`], call [`Worker::stop_at`].
    #[inline(always)]
    pub fn poll_word(&self) -> &PollWord {
        self.seat.slot.poll_word()
    }

    /// The slow path of a poll. It may also be called when there is nothing to do.
    ///
    /// # Panics
    ///
    /// As [`Worker::poll`].
    #[cold]
    #[inline(never)]
    pub fn stop_at(&self, place: impl Into<Place>) {
        self.seat.stop(Some(place.into()));
    }

    /// Notes where the worker is: two relaxed loads, and stores where another place was noted. For
    /// places from which it may not reach a poll soon (a bulk operation, a blocking call, a loop
    /// without polls), so that a report can name them. The note holds until the next note,
    /// [`Worker::note_done`] or stop.
    #[inline(always)]
    pub fn note(&self, place: impl Into<Place>) {
        self.seat.slot.noted.set(place.into());
    }

    /// The memory address of the last [`Worker::note`], for code in other languages that shares the
    /// memory. There are two words of 64 bits. The first is the [address](Place::address) of the place.
    /// The second has its [detail](Place::detail) in bits 0 to 61; bit 62 is set if the place
    /// [delays](Place::delays), bit 63 while there is a note. Valid as long as the coordinator.
    pub fn note_address(&self) -> usize {
        std::ptr::from_ref(&self.seat.slot.noted).addr()
    }

    /// Removes the last [`Worker::note`], because the worker has left that place. If a pause waits for
    /// this worker, the note stays for the report: the place is why the worker is late.
    pub fn note_done(&self) {
        if !self.seat.slot.is_requested() {
            self.seat.slot.noted.clear();
        }
    }

    /// Removes the last [`Worker::note`] even if a pause waits for this worker. For a worker that has
    /// polled since the note, so that the noted place is not why it is late.
    pub fn withdraw_note(&self) {
        self.seat.slot.noted.clear();
    }

    /// Publishes a count that the worker chooses, such as instructions executed: one relaxed store.
    #[inline(always)]
    pub fn note_progress(&self, progress: u64) {
        put(&self.seat.slot.progress, progress);
    }

    /// The address of the count that [`note_progress`](Self::note_progress) publishes, for generated code: a `u64`. Valid
    /// as long as the worker is registered.
    pub fn progress_address(&self) -> *const u64 {
        std::ptr::from_ref(&self.seat.slot.progress).cast()
    }

    /// Reports how much the worker has done since its last poll, in the unit of
    /// [`Worker::note_progress`]: one relaxed store. To be called right before the worker stops or
    /// enters a safe region; it holds for that stop only.
    #[inline(always)]
    pub fn note_since_poll(&self, done: u64) {
        self.seat.slot.arrival.since_poll.store(done, Ordering::Relaxed);
    }

    /// Enters a safe region: until the guard is dropped, the worker counts as stopped without polling,
    /// and must not touch shared state. Dropping the guard waits while the world is stopped.
    ///
    /// Regions nest; only dropping the outermost guard ends the stretch.
    ///
    /// # Panics
    ///
    /// When 2^32 - 1 guards were leaked. Dropping the outermost guard panics as [`Worker::poll`] does,
    /// but not while the thread unwinds.
    #[must_use = "the region ends as soon as this is dropped"]
    pub fn enter_safe_region(&self) -> SafeRegion<'_, R, D> {
        self.seat.enter()
    }

    /// Runs `f` in a safe region. For code that may take long and touches nothing that a pause
    /// protects, such as waiting for a lock, a job or a file. Returns when the world runs.
    ///
    /// # Panics
    ///
    /// As [`Worker::enter_safe_region`] and the drop of its guard, and if `f` panics; the region ends
    /// in that case, too.
    pub fn safely<T>(&self, f: impl FnOnce() -> T) -> T {
        let _region = self.enter_safe_region();
        f()
    }

    /// The worker's limit, which makes an existing check serve as a poll; see [`PollLimit`].
    #[inline(always)]
    pub fn limit(&self) -> &PollLimit {
        &self.seat.slot.limit
    }

    /// Sets the [limit](Worker::limit). It stays poisoned while a pause or a posted closure waits for
    /// this worker.
    pub fn set_limit(&self, limit: u64) {
        let slot = &self.seat.slot;
        slot.limit.set(limit, || slot.poll_word().is_armed());
    }

    /// Stops the world from inside a worker, as [`request(reason).stop()`](PauseRequest::stop).
    ///
    /// # Errors
    ///
    /// As [`SafepointCoordinator::request_stw_pause`](super::SafepointCoordinator::request_stw_pause).
    ///
    /// # Panics
    ///
    /// If this worker is declared dead meanwhile.
    pub fn request_stw_pause(&self, reason: R) -> Result<OwnWorld<'_, R, D>, PauseError<R>> {
        self.request(reason).stop()
    }

    /// Begins a request that has its own settings.
    pub fn request(&self, reason: R) -> PauseRequest<'_, Self, R, D> {
        PauseRequest::new(self, reason)
    }

    /// Runs `f` for one worker or all, as
    /// [`SafepointCoordinator::handshake`](super::SafepointCoordinator::handshake) does, but from
    /// inside a worker. This worker counts as stopped while it waits, so two workers may do this to
    /// each other.
    pub fn handshake(
        &self,
        target: HandshakeTarget<R, D>,
        f: impl Fn(WorkerId) + Send + Sync + 'static,
    ) -> HandshakeReport {
        let _region = self.enter_safe_region();
        handshake(&self.seat.shared, target, None, Arc::new(f))
    }
}

impl<'a, R: Reason, D> PauseRequest<'a, Worker<R, D>, R, D> {
    /// Stops the world from inside a worker. The worker counts as stopped while it waits and until the guard is dropped.
    /// If the world is handed on at that moment, the worker waits like all others.
    ///
    /// # Errors
    ///
    /// [`PauseError::TimedOut`] and [`PauseError::Cancelled`], according to the settings.
    ///
    /// # Panics
    ///
    /// If the worker is declared dead meanwhile.
    pub fn stop(self) -> Result<OwnWorld<'a, R, D>, PauseError<R>> {
        self.ask(Asking::InTurn)
    }

    /// As [`PauseRequest::stop`], but if a pause is in force or another request waits, this returns at once, and the worker
    /// runs on until it stops for that pause at its next poll.
    ///
    /// # Errors
    ///
    /// [`PauseError::Busy`], and as [`PauseRequest::stop`].
    pub fn try_stop(self) -> Result<OwnWorld<'a, R, D>, PauseError<R>> {
        self.ask(Asking::IfFree)
    }

    /// As [`PauseRequest::stop`], but does not receive the world if another holder does the same operation meanwhile: if
    /// this request joins a pause, and the holder of that pause calls [`operation_done`](super::StoppedWorld::operation_done).
    /// All requests that one operation answers are answered together, when that holder releases the world.
    ///
    /// # Errors
    ///
    /// As [`PauseRequest::stop`].
    pub fn stop_unless_done(self) -> Result<Answer<'a, R, D>, PauseError<R>> {
        OwnWorld::ask_unless_done(&self.requester.seat, self.reason, &self.options, self.visit)
    }

    fn ask(self, asking: Asking) -> Result<OwnWorld<'a, R, D>, PauseError<R>> {
        OwnWorld::ask(&self.requester.seat, self.reason, &self.options, asking, self.visit)
    }
}

impl<R: Reason, D> Drop for Worker<R, D> {
    fn drop(&mut self) {
        let Seat { slot, shared, id, depth, .. } = &self.seat;
        if thread::panicking() {
            shared.bury(slot, *id);
        } else if depth.get() == 0 && !self.seat.is_dead() {
            shared.entered(slot, slot.enter());
        }
        post::vacate(&shared.gate, slot);
        shared.observe(Some(*id), || Event::Deregistered);
    }
}

impl<R: Reason, D> fmt::Debug for Worker<R, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker")
            .field("id", &self.seat.id)
            .field("state", &self.seat.slot.state())
            .finish_non_exhaustive()
    }
}

/// A worker that is registered and counts as stopped until it is started. One thread may make it, for
/// example to set up a pool, and send it to the thread that will run it.
#[must_use = "dropping it deregisters the worker"]
pub struct ParkedWorker<R: Reason = StopReason, D = ()> {
    worker: Worker<R, D>,
}

impl<R: Reason, D> ParkedWorker<R, D> {
    pub(super) fn new(slot: Arc<Slot>, shared: Arc<Shared<R, D>>, data: Arc<D>) -> Self {
        let id = slot.worker();
        shared.observe(Some(id), || Event::Registered);
        let seat = Seat { slot, shared, id, data, depth: Box::new(Cell::new(1)) };
        Self { worker: Worker { seat } }
    }

    /// A handle to this worker, for other threads.
    pub fn handle(&self) -> WorkerHandle<R, D> {
        self.worker.handle()
    }

    /// The worker's name.
    pub fn id(&self) -> WorkerId {
        self.worker.id()
    }

    /// Lets the worker run. Waits while the world is stopped.
    ///
    /// # Panics
    ///
    /// As [`Worker::poll`].
    pub fn start(self) -> Worker<R, D> {
        if Mutant::NewcomersRun.is_on() {
            self.worker.seat.depth.set(0);
            self.worker.seat.slot.run_regardless();
            return self.worker;
        }
        self.worker.seat.leave();
        self.worker
    }
}

impl<R: Reason, D> fmt::Debug for ParkedWorker<R, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ParkedWorker").field("id", &self.id()).finish_non_exhaustive()
    }
}
