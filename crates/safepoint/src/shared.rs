//! What all threads of one coordinator share, and the steps that workers and requesters both take.

use super::{
    arrivals::{Arrivals, Counted},
    config::Config,
    contain::contained,
    handle::WorkerHandle,
    handshake::{self, Completion, HandshakeReport, HandshakeTarget},
    help::HelpDesk,
    ids::{Epoch, PauseId, WorkerId},
    mutant::Mutant,
    observer::Event,
    place::Place,
    queue::Queue,
    reason::{self, Reason},
    request,
    slot::{Entered, Leave, Slot},
    statistics::Statistics,
    table::Table,
};
use crate::{
    clock::{self, Timestamp},
    sync::{AtomicU32, Futex, Mutex, Ordering, lock, record},
};
use std::sync::{Arc, MutexGuard, PoisonError};

/// What all threads of one coordinator share.
///
/// Locks are taken in the order queue, table, a slot's inbox, and none while foreign code runs: that of
/// observers, posted closures and shared work runs [contained].
pub(super) struct Shared<R, D> {
    pub(super) config: Config<R>,
    pub(super) table: Mutex<Table<D>>,
    pub(super) queue: Mutex<Queue<R>>,
    pub(super) statistics: record::Mutex<Statistics>,
    pub(super) arrivals: Arrivals,
    pub(super) bells: Arc<Bells>,
    /// Whether the requester of the pause that is arming visits each worker that arrives. Written before arming, read by
    /// workers it waits for; relaxed: the Release of [`Slot::arm`] publishes it.
    pub(super) visits: record::AtomicU32,
    /// Opens when workers may run again: all parked workers sleep on it.
    pub(super) gate: Futex,
    /// What stopped workers may do for whoever holds the world.
    pub(super) help: HelpDesk,
    /// How often everything pending was cancelled.
    pub(super) cancellations: AtomicU32,
    /// A digest of the queue for readers that must not lock: the active reason's code in
    /// bits 0..8, the number of waiting requests above.
    pub(super) summary: record::AtomicU32,
    /// The number of the last pause armed. Written before arming, read by workers it waits for.
    pub(super) last_pause: record::AtomicU64,
}

/// What requesters sleep on.
pub(super) struct Bells {
    /// Rings when the pause that is arming is complete, and at each arrival if the requester visits them.
    pub(super) doorbell: Futex,
    /// Rings when a waiting request should look whether it is its turn.
    pub(super) turnstile: Futex,
}

impl Bells {
    /// Makes every request look again at what it waits for.
    pub(super) fn ring(&self) {
        self.turnstile.ring();
        self.doorbell.ring();
    }
}

impl<R: Reason, D> Shared<R, D> {
    pub(super) fn new(config: Config<R>) -> Self {
        Self {
            table: Mutex::new(Table::new(config.poison)),
            config,
            queue: Mutex::new(Queue::new()),
            statistics: record::Mutex::new(Statistics::default()),
            arrivals: Arrivals::new(),
            bells: Arc::new(Bells { doorbell: Futex::new(0), turnstile: Futex::new(0) }),
            visits: record::AtomicU32::new(0),
            gate: Futex::new(0),
            help: HelpDesk::new(),
            cancellations: AtomicU32::new(0),
            summary: record::AtomicU32::new(0),
            last_pause: record::AtomicU64::new(0),
        }
    }

    /// Tells the observer, if there is one.
    pub(super) fn observe(&self, worker: Option<WorkerId>, event: impl FnOnce() -> Event<R>) {
        if self.config.observer.is_some() {
            self.observe_at(worker, clock::now(), event);
        }
    }

    /// As [`Shared::observe`], with the time when it happened.
    pub(super) fn observe_at(
        &self,
        worker: Option<WorkerId>,
        at: Timestamp,
        event: impl FnOnce() -> Event<R>,
    ) {
        if let Some(observer) = &self.config.observer {
            contained(|| observer.observe(worker, at, &event()));
        }
    }

    /// Does something to the queue and keeps its digest.
    pub(super) fn with_queue<T>(&self, change: impl FnOnce(&mut Queue<R>) -> T) -> T {
        let mut queue = lock(&self.queue);
        let result = change(&mut queue);
        let reason = queue.active_reason().map_or(0, |reason| u32::from(reason::code(reason)));
        let waiting = u32::try_from(queue.len()).unwrap_or(u32::MAX >> 8).min(u32::MAX >> 8);
        self.summary.store(waiting << 8 | reason, Ordering::Release);
        result
    }

    /// What the pause is for that is in force or arming.
    pub(super) fn active_reason(&self) -> Option<R> {
        reason::of_code((self.summary.load(Ordering::Acquire) & 0xff) as u8)
    }

    /// A worker became SAFE: counts the arrival, if a pause waited for it, and runs what was posted
    /// to it while it ran.
    pub(super) fn entered(&self, slot: &Slot, entered: Entered) {
        if let Some(epoch) = entered.arrival {
            self.arrive(slot, epoch);
        }
        if entered.handshake {
            handshake::run_own(&self.gate, slot);
        }
    }

    /// Records and counts an arrival; the last wakes the requester.
    pub(super) fn arrive(&self, slot: &Slot, epoch: Epoch) {
        self.count(Arrived::record(slot, epoch));
    }

    fn count(&self, arrived: Arrived) {
        let Arrived { epoch, worker, at, place, progress } = arrived;
        self.observe_at(Some(worker), at, || Event::Arrived {
            pause: PauseId::new(self.last_pause.load(Ordering::Relaxed)),
            place,
            progress,
        });
        match self.arrivals.count(epoch) {
            Counted::Last => self.bells.doorbell.ring(),
            Counted::NotLast
                if self.visits.load(Ordering::Relaxed) != 0 && !Mutant::VisitorNotRung.is_on() =>
            {
                self.bells.doorbell.ring();
            }
            Counted::NotLast | Counted::Stale => {}
        }
    }

    /// A worker that is SAFE runs again, as soon as no pause is armed and nothing is posted to it.
    /// False if it was declared dead: it does not run, but neither does it come back while the world
    /// is stopped.
    pub(super) fn leave(&self, slot: &Slot) -> bool {
        loop {
            // Before the slot: a release that comes after this reading changes the gate.
            let gate = self.gate.load();
            match slot.try_leave() {
                Leave::Left => return true,
                // An offer that comes after this look changes the gate, too.
                Leave::Stopped if self.help.take_part(slot) => {}
                Leave::Stopped | Leave::Dead { stopped: true } => self.gate.wait(gate, None),
                Leave::Handshake => handshake::run_own(&self.gate, slot),
                Leave::Dead { stopped: false } => return false,
            }
        }
    }

    /// The statistics, locked.
    pub(super) fn statistics(&self) -> MutexGuard<'_, Statistics> {
        self.statistics.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends `pause`: all workers may run. Nothing but a needless ring if it is over already.
    pub(super) fn release(&self, pause: PauseId) {
        if Mutant::GateBeforeDisarm.is_on() {
            self.gate.ring();
            lock(&self.table).disarm(pause);
            return;
        }
        lock(&self.table).disarm(pause);
        // After disarming: a worker that read the gate before and REQ still set finds another gate.
        self.gate.ring();
    }

    /// Marks `worker` dead, which had `slot` when it was registered. False if it was, or is gone.
    pub(super) fn bury(&self, slot: &Slot, worker: WorkerId) -> bool {
        let (arrived, unrun) = {
            let mut table = lock(&self.table);
            let Some(entered) = table.bury(slot, worker) else {
                return false;
            };
            // Under the lock: once its handle is dropped the slot can be another's.
            let arrived = entered.arrival.map(|epoch| {
                slot.stops_at(None);
                Arrived::record(slot, epoch)
            });
            (arrived, handshake::close_dead(slot))
        };
        self.observe(Some(worker), || Event::Died { worker });
        if let Some(arrived) = arrived {
            self.count(arrived);
        }
        handshake::discard(unrun);
        if !Mutant::DeadHelperAwaited.is_on() {
            self.help.leave(worker, true);
        }
        request::forget(self, worker);
        true
    }
}

/// An arrival that is recorded in its slot, to be told and counted.
struct Arrived {
    epoch: Epoch,
    worker: WorkerId,
    at: Timestamp,
    place: Option<Place>,
    progress: u64,
}

impl Arrived {
    fn record(slot: &Slot, epoch: Epoch) -> Self {
        // Later than any ack before: it tells who stopped last within a step of the clock, too.
        let at = clock::now_and_later();
        let progress = slot.progress.load(Ordering::Relaxed);
        slot.arrival.at.store(at.as_nanos(), Ordering::Relaxed);
        slot.arrival.progress.store(progress, Ordering::Relaxed);
        Self { epoch, worker: slot.worker(), at, place: slot.arrival.place.get(), progress }
    }
}

/// Runs `f` for the workers that are meant, each at its own next poll, and waits.
pub(super) fn handshake<R: Reason, D>(
    shared: &Arc<Shared<R, D>>,
    target: HandshakeTarget<R, D>,
    until: Option<Timestamp>,
    f: Arc<dyn Fn(WorkerId) + Send + Sync>,
) -> HandshakeReport {
    let workers = match target {
        HandshakeTarget::Worker(worker) => vec![worker],
        HandshakeTarget::All => lock(&shared.table)
            .living()
            .map(|(slot, data, _)| WorkerHandle::new(slot, shared, data))
            .collect(),
    };
    let completion = Completion::new(workers.iter().map(WorkerHandle::id));
    for (number, worker) in workers.iter().enumerate() {
        worker.post_job(completion.job(number, worker.id(), Arc::clone(&f)));
    }
    completion.wait(until)
}

#[cfg(all(test, not(any(loom, shuttle))))]
mod tests {
    use super::*;
    use crate::StopReason;

    #[test]
    fn a_coordinator_is_small() {
        let size = size_of::<Shared<StopReason, ()>>() + size_of::<Bells>();
        assert!(size < 1024, "{size} bytes");
    }
}
