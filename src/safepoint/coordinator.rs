//! The coordinator: what all threads share, and the handle through which they ask.

use super::{
    arrivals::{Arrivals, Counted},
    bias::BiasReport,
    cancel::CancelToken,
    config::{Config, PauseOptions},
    error::PauseError,
    handshake::{self, Completion, HandshakeReport, HandshakeTarget},
    ids::{Epoch, PauseId, WorkerId},
    location::Location,
    mutant::Mutant,
    observer::Event,
    queue::Queue,
    reason::StopReason,
    request::{self, Asking},
    slot::{Entered, Leave, Slot, WorkerState},
    statistics::{SafepointStatistics, Statistics},
    table::Table,
    worker::{ParkedWorker, Worker},
    world::StoppedWorld,
};
use crate::{
    clock::{self, Timestamp},
    sync::{AtomicU32, Futex, Mutex, Ordering, lock, record},
};
use std::{fmt, sync::Arc, time::Duration};

/// What all threads of one coordinator share.
///
/// Locks are taken in the order queue, table, statistics, and none while foreign code runs.
pub(super) struct Shared {
    pub(super) config: Config,
    pub(super) table: Mutex<Table>,
    pub(super) queue: Mutex<Queue>,
    pub(super) statistics: record::Mutex<Statistics>,
    pub(super) arrivals: Arrivals,
    /// Rings when the pause that is arming is complete.
    pub(super) doorbell: Futex,
    /// Rings when a waiting request should look whether it is its turn.
    pub(super) turnstile: Futex,
    /// Opens when workers may run again: all parked workers sleep on it.
    pub(super) gate: Futex,
    /// How often everything pending was cancelled.
    pub(super) cancellations: AtomicU32,
    /// A digest of the queue for readers that must not lock: the active reason's index plus one in
    /// bits 0..8, the number of waiting requests above.
    summary: record::AtomicU32,
    /// The number of the last pause armed. Written before arming, read by workers it waits for.
    pub(super) last_pause: record::AtomicU64,
}

impl Shared {
    fn new(config: Config) -> Self {
        Self {
            config,
            table: Mutex::new(Table::default()),
            queue: Mutex::new(Queue::default()),
            statistics: record::Mutex::new(Statistics::default()),
            arrivals: Arrivals::new(),
            doorbell: Futex::new(0),
            turnstile: Futex::new(0),
            gate: Futex::new(0),
            cancellations: AtomicU32::new(0),
            summary: record::AtomicU32::new(0),
            last_pause: record::AtomicU64::new(0),
        }
    }

    /// Tells the observer, if there is one.
    pub(super) fn observe(&self, worker: Option<WorkerId>, event: impl FnOnce() -> Event) {
        if let Some(observer) = &self.config.observer {
            observer.observe(worker, clock::now(), &event());
        }
    }

    /// As [`Shared::observe`], with the time when it happened.
    pub(super) fn observe_at(
        &self,
        worker: Option<WorkerId>,
        at: Timestamp,
        event: impl FnOnce() -> Event,
    ) {
        if let Some(observer) = &self.config.observer {
            observer.observe(worker, at, &event());
        }
    }

    /// Does something to the queue and keeps its digest.
    pub(super) fn with_queue<T>(&self, change: impl FnOnce(&mut Queue) -> T) -> T {
        let mut queue = lock(&self.queue);
        let result = change(&mut queue);
        let reason = queue.active_reason().map_or(0, |reason| reason.index() as u32 + 1);
        let waiting = u32::try_from(queue.len()).unwrap_or(u32::MAX >> 8).min(u32::MAX >> 8);
        self.summary.store(waiting << 8 | reason, Ordering::Release);
        result
    }

    fn active_reason(&self) -> Option<StopReason> {
        let index = (self.summary.load(Ordering::Acquire) & 0xff) as usize;
        StopReason::ALL.get(index.wrapping_sub(1)).copied()
    }

    /// Makes every request look again at what it waits for.
    pub(super) fn ring_requesters(&self) {
        self.turnstile.ring();
        self.doorbell.ring();
    }

    /// A worker became SAFE: counts the arrival, if a pause waited for it, and runs what was posted
    /// to it while it ran.
    pub(super) fn entered(&self, slot: &Slot, entered: Entered) {
        if let Some(epoch) = entered.arrival {
            self.arrive(slot, epoch);
        }
        if entered.handshake {
            handshake::run_own(self, slot);
        }
    }

    /// Records and counts an arrival; the last wakes the requester.
    pub(super) fn arrive(&self, slot: &Slot, epoch: Epoch) {
        let at = clock::now();
        let progress = slot.progress.load(Ordering::Relaxed);
        slot.arrival.at.store(at.as_nanos(), Ordering::Relaxed);
        slot.arrival.progress.store(progress, Ordering::Relaxed);
        self.observe_at(Some(slot.worker()), at, || Event::Arrived {
            pause: PauseId::new(self.last_pause.load(Ordering::Relaxed)),
            location: slot.arrival.location.get(),
            progress,
        });
        match self.arrivals.count(epoch) {
            Counted::Last => self.doorbell.ring(),
            Counted::NotLast | Counted::Stale => {}
        }
    }

    /// A worker that is SAFE runs again, as soon as no pause is armed and nothing is posted to it.
    pub(super) fn leave(&self, slot: &Slot) {
        loop {
            // Before the slot: a release that comes after this reading changes the gate.
            let gate = self.gate.load();
            match slot.try_leave() {
                Leave::Left => return,
                Leave::Stopped => self.gate.wait(gate, None),
                Leave::Handshake => handshake::run_own(self, slot),
                // Nothing to be done here; its next poll, if it has one, tells.
                Leave::Dead => return,
            }
        }
    }

    pub(super) fn statistics(&self) -> std::sync::MutexGuard<'_, Statistics> {
        self.statistics.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Lets all workers run.
    pub(super) fn release(&self) {
        if Mutant::GateBeforeDisarm.is_on() {
            self.gate.ring();
            lock(&self.table).disarm();
            return;
        }
        lock(&self.table).disarm();
        // After disarming: a worker that read the gate before and REQ still set finds another gate.
        self.gate.ring();
    }

    /// Marks the worker of `slot` dead. False if it was.
    pub(super) fn bury(&self, slot: &Slot) -> bool {
        let worker = slot.worker();
        let entered = {
            let mut table = lock(&self.table);
            let Some(entered) = slot.die() else {
                return false;
            };
            table.note_death(worker);
            entered
        };
        self.observe(Some(worker), || Event::Died { worker });
        if let Some(epoch) = entered.arrival {
            slot.stops_at(None);
            self.arrive(slot, epoch);
        }
        handshake::discard(slot);
        request::forget(self, worker);
        true
    }
}

/// Stops the workers of a virtual machine together: a handle, cheap to clone, usable from any thread.
///
/// See the [module](super) for the protocol. Every method that waits says so; the others may be
/// called where blocking is forbidden only if they say that they take no lock.
#[derive(Clone)]
pub struct SafepointCoordinator {
    shared: Arc<Shared>,
}

impl SafepointCoordinator {
    /// A coordinator with no workers, that waits for ever for those to come.
    pub fn new() -> Self {
        Self::with_config(Config::default())
    }

    /// A coordinator with settings of its own.
    pub fn with_config(config: Config) -> Self {
        Self { shared: Arc::new(Shared::new(config)) }
    }

    /// Registers a worker. While the world is stopped this waits until it runs again: who holds the
    /// world on this very thread uses [`SafepointCoordinator::register_parked`].
    ///
    /// The worker counts as running at once, so it must poll, or enter a safe region, soon.
    ///
    /// # Panics
    ///
    /// When 2^32 - 1 workers have been registered.
    pub fn register_worker(&self) -> Worker {
        self.register_parked().start()
    }

    /// Registers a worker that counts as stopped until it is started. Never waits for a pause.
    ///
    /// # Panics
    ///
    /// When 2^32 - 1 workers have been registered.
    pub fn register_parked(&self) -> ParkedWorker {
        let slot = lock(&self.shared.table).register();
        ParkedWorker::new(slot, Arc::clone(&self.shared))
    }

    /// Stops the world: waits for its turn, then until every worker has stopped.
    ///
    /// Not for a worker's own thread, which would wait for itself: see
    /// [`Worker::request_stw_pause`].
    ///
    /// # Errors
    ///
    /// [`PauseError::TimedOut`] at the configured deadline, [`PauseError::Cancelled`] after
    /// [`SafepointCoordinator::cancel_pending`].
    pub fn request_stw_pause(
        &self,
        reason: StopReason,
    ) -> Result<StoppedWorld<'static>, PauseError> {
        self.request_with(reason, &PauseOptions::default())
    }

    /// Stops the world, unless a pause is in force or waits: then it answers at once.
    ///
    /// # Errors
    ///
    /// [`PauseError::Busy`], and as [`SafepointCoordinator::request_stw_pause`].
    pub fn try_request_stw_pause(
        &self,
        reason: StopReason,
    ) -> Result<StoppedWorld<'static>, PauseError> {
        let options = PauseOptions::default();
        StoppedWorld::ask(&self.shared, reason, &options, Asking::IfFree, None)
    }

    /// Stops the world within `timeout`, waiting in the queue included, or gives up.
    ///
    /// # Errors
    ///
    /// [`PauseError::TimedOut`], and as [`SafepointCoordinator::request_stw_pause`].
    pub fn request_stw_pause_timeout(
        &self,
        reason: StopReason,
        timeout: Duration,
    ) -> Result<StoppedWorld<'static>, PauseError> {
        let options = PauseOptions { timeout: Some(timeout), ..PauseOptions::default() };
        self.request_with(reason, &options)
    }

    /// Stops the world, with this request's own settings.
    ///
    /// # Errors
    ///
    /// As the settings say.
    pub fn request_with(
        &self,
        reason: StopReason,
        options: &PauseOptions,
    ) -> Result<StoppedWorld<'static>, PauseError> {
        StoppedWorld::ask(&self.shared, reason, options, Asking::InTurn, None)
    }

    /// A token that cancels the requests which carry it.
    pub fn cancel_token(&self) -> CancelToken {
        CancelToken::new(&self.shared)
    }

    /// Cancels every request that was made and for which the world has not stopped yet. Takes no
    /// lock and never blocks.
    pub fn cancel_pending(&self) {
        self.shared.cancellations.fetch_add(1, Ordering::Release);
        self.shared.ring_requesters();
    }

    /// Declares a worker dead whose thread is gone without having dropped its [`Worker`]: nothing
    /// waits for it any more, a pause that did completes and names it, and one that it held is
    /// released. False if there is no such worker or it was dead already.
    ///
    /// A thread that was declared dead and polls all the same panics.
    pub fn mark_dead(&self, worker: WorkerId) -> bool {
        let slot = lock(&self.shared.table).find(worker).map(Arc::clone);
        slot.is_some_and(|slot| self.shared.bury(&slot))
    }

    /// How many workers are registered and not dead.
    pub fn worker_count(&self) -> usize {
        lock(&self.shared.table).living().count()
    }

    /// How many of them count as stopped now, because they are, or because they are in a safe region.
    pub fn workers_at_safepoint(&self) -> usize {
        lock(&self.shared.table)
            .living()
            .filter(|(_, state)| *state != WorkerState::Running)
            .count()
    }

    /// What every registered worker is doing, dead ones included.
    pub fn workers(&self) -> Vec<WorkerStatus> {
        lock(&self.shared.table)
            .owned()
            .map(|(slot, state)| WorkerStatus::of(slot, state))
            .collect()
    }

    /// Whether a pause is in force, arming or waiting for its turn. Takes no lock.
    pub fn is_pause_pending(&self) -> bool {
        self.shared.summary.load(Ordering::Acquire) != 0
    }

    /// What the pause is for that is in force or arming. Takes no lock.
    pub fn current_reason(&self) -> Option<StopReason> {
        self.shared.active_reason()
    }

    /// How many requests wait for their turn, or for a pause they joined to be handed to them. The one
    /// that has the world, or is arming, is not counted. Takes no lock.
    pub fn pending_requests(&self) -> usize {
        (self.shared.summary.load(Ordering::Acquire) >> 8) as usize
    }

    /// Runs `f` for one worker or all, each at its own next poll, while the others run on, and waits
    /// until it has. For a worker that counts as stopped it runs here, and that worker stays where it
    /// is meanwhile.
    ///
    /// `f` may run while the world is stopped for somebody else, so it must not touch what a
    /// stopped world protects. Not for a worker's own thread: see [`Worker::handshake`].
    pub fn handshake(
        &self,
        target: HandshakeTarget,
        f: impl Fn(WorkerId) + Send + Sync + 'static,
    ) -> HandshakeReport {
        self.handshake_until(target, None, Arc::new(f))
    }

    /// As [`SafepointCoordinator::handshake`], but waits at most for `timeout`.
    pub fn handshake_timeout(
        &self,
        target: HandshakeTarget,
        timeout: Duration,
        f: impl Fn(WorkerId) + Send + Sync + 'static,
    ) -> HandshakeReport {
        let until = clock::now().saturating_add(timeout);
        self.handshake_until(target, Some(until), Arc::new(f))
    }

    /// Has `f` run for `worker` at its next poll, and does not wait for it. For a worker that counts
    /// as stopped it runs here. False if there is no such worker, or it is dead.
    pub fn post(&self, worker: WorkerId, f: impl FnOnce(WorkerId) + Send + 'static) -> bool {
        let Some(slot) = self.living_slot(worker) else {
            return false;
        };
        handshake::post(&self.shared, &slot, Box::new(move || f(worker)));
        true
    }

    /// What pauses have cost so far, and who was late.
    pub fn stats(&self) -> SafepointStatistics {
        self.shared.statistics().summary()
    }

    /// Who was late, how often and how much.
    pub fn bias(&self) -> BiasReport {
        self.shared.statistics().bias()
    }

    /// Forgets all statistics at once: no reader sees some old and some new.
    pub fn reset_stats(&self) {
        *self.shared.statistics() = Statistics::default();
    }

    fn living_slot(&self, worker: WorkerId) -> Option<Arc<Slot>> {
        lock(&self.shared.table)
            .living()
            .find(|(slot, _)| slot.worker() == worker)
            .map(|(slot, _)| Arc::clone(slot))
    }

    fn handshake_until(
        &self,
        target: HandshakeTarget,
        until: Option<Timestamp>,
        f: Arc<dyn Fn(WorkerId) + Send + Sync>,
    ) -> HandshakeReport {
        self.shared.handshake(target, until, f)
    }
}

impl Shared {
    /// See [`SafepointCoordinator::handshake`].
    pub(super) fn handshake(
        &self,
        target: HandshakeTarget,
        until: Option<Timestamp>,
        f: Arc<dyn Fn(WorkerId) + Send + Sync>,
    ) -> HandshakeReport {
        let slots: Vec<_> = lock(&self.table)
            .living()
            .map(|(slot, _)| (slot.worker(), Arc::clone(slot)))
            .filter(|&(worker, _)| {
                target == HandshakeTarget::All || target == HandshakeTarget::Worker(worker)
            })
            .collect();
        if let (HandshakeTarget::Worker(worker), []) = (target, slots.as_slice()) {
            return HandshakeReport { missed: vec![worker], ..HandshakeReport::default() };
        }
        let workers: Vec<_> = slots.iter().map(|&(worker, _)| worker).collect();
        let completion = Completion::new(&workers);
        for (worker, slot) in &slots {
            handshake::post(self, slot, completion.job(*worker, Arc::clone(&f)));
        }
        completion.wait(until)
    }
}

impl Default for SafepointCoordinator {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for SafepointCoordinator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SafepointCoordinator")
            .field("config", &self.shared.config)
            .field("reason", &self.current_reason())
            .finish_non_exhaustive()
    }
}

/// What one worker is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkerStatus {
    /// Who.
    pub worker: WorkerId,
    /// What its word says.
    pub state: WorkerState,
    /// Where it last said it was.
    pub location: Option<Location>,
    /// What it last published.
    pub progress: u64,
    /// How often it has entered a safe region.
    pub safe_crossings: u64,
}

impl WorkerStatus {
    fn of(slot: &Slot, state: WorkerState) -> Self {
        Self {
            worker: slot.worker(),
            state,
            location: slot.location.get(),
            progress: slot.progress.load(Ordering::Relaxed),
            safe_crossings: slot.safe_crossings.load(Ordering::Relaxed),
        }
    }
}
