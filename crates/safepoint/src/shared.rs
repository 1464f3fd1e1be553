//! The state that all threads of one coordinator share, and the steps that both workers and requesters
//! take.

use super::{
    arrivals::{Arrivals, Counted},
    config::Config,
    contain::contained,
    help::HelpDesk,
    ids::{Epoch, PauseId, WorkerId},
    mutant::Mutant,
    observer::Event,
    place::Place,
    post,
    queue::Queue,
    reason::{self, Reason},
    slot::{Entered, Leave, Slot},
    statistics::Statistics,
    table::Table,
};
use crate::{
    clock::{self, Timestamp},
    sync::{AtomicU32, Futex, Mutex, Ordering, lock, record},
};
use std::sync::Arc;

/// The state that all threads of one coordinator share.
///
/// Locks are taken in the order queue, table, a slot's inbox. No lock is held while foreign code runs
/// (observers, posted closures, shared work), and that code runs [contained].
pub(super) struct Shared<R, D> {
    pub(super) config: Config<R>,
    pub(super) table: Mutex<Table<D>>,
    pub(super) queue: Mutex<Queue<R>>,
    pub(super) statistics: record::Mutex<Statistics>,
    pub(super) arrivals: Arrivals,
    pub(super) bells: Arc<Bells>,
    /// Whether the requester of the pause that is arming visits each worker that arrives. Written
    /// before arming, read by the awaited workers. Relaxed is enough: the Release of [`Slot::arm`]
    /// publishes it.
    pub(super) visits: record::AtomicU32,
    /// Opens when workers may run again: all parked workers sleep on it.
    pub(super) gate: Futex,
    /// The holder's offer of work to stopped workers.
    pub(super) help: HelpDesk,
    /// The number of calls of `cancel_pending`.
    pub(super) cancellations: AtomicU32,
    /// A digest of the queue for readers that must not lock: the code of the active reason in bits
    /// 0 to 7, the number of waiting requests in the bits above.
    pub(super) summary: record::AtomicU32,
    /// The number of the last pause armed. Written before arming, read by the awaited workers.
    pub(super) last_pause: record::AtomicU64,
}

/// The futexes that requesters sleep on.
pub(super) struct Bells {
    /// Rings when the pause that is arming is complete, and at each arrival if its requester visits
    /// the workers.
    pub(super) doorbell: Futex,
    /// Rings when waiting requests must check whether it is their turn.
    pub(super) turnstile: Futex,
}

impl Bells {
    /// Wakes every request, so that it checks again what it waits for.
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

    /// Changes the queue and updates its digest.
    pub(super) fn with_queue<T>(&self, change: impl FnOnce(&mut Queue<R>) -> T) -> T {
        let mut queue = lock(&self.queue);
        let result = change(&mut queue);
        let reason = queue.active_reason().map_or(0, |reason| u32::from(reason::code(reason)));
        let waiting = u32::try_from(queue.len()).unwrap_or(u32::MAX >> 8).min(u32::MAX >> 8);
        self.summary.store(waiting << 8 | reason, Ordering::Release);
        result
    }

    /// The reason of the pause that is in force or arming.
    pub(super) fn active_reason(&self) -> Option<R> {
        reason::of_code((self.summary.load(Ordering::Acquire) & 0xff) as u8)
    }

    /// A worker became SAFE: counts the arrival, if a pause waited for it, and runs the closures that
    /// were posted to it while it ran.
    pub(super) fn entered(&self, slot: &Slot, entered: Entered) {
        if let Some(epoch) = entered.arrival {
            self.arrive(slot, epoch);
        }
        if entered.handshake {
            post::run_own(&self.gate, slot);
        }
    }

    /// Records and counts an arrival; the last wakes the requester.
    pub(super) fn arrive(&self, slot: &Slot, epoch: Epoch) {
        self.count(Arrived::record(slot, epoch));
    }

    pub(super) fn count(&self, arrived: Arrived) {
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

    /// A SAFE worker waits until it may run: no pause is armed and no posted closure waits for it.
    /// False if it was declared dead: it must not run, and this returns only when no pause is armed.
    pub(super) fn leave(&self, slot: &Slot) -> bool {
        loop {
            // Read before the slot: a release after this changes the gate.
            let gate = self.gate.load();
            match slot.try_leave() {
                Leave::Left => return true,
                // An offer that is made after this check changes the gate, too.
                Leave::Stopped if self.help.take_part(slot) => {}
                Leave::Stopped | Leave::Dead { stopped: true } => self.gate.wait(gate, None),
                Leave::Handshake => post::run_own(&self.gate, slot),
                Leave::Dead { stopped: false } => return false,
            }
        }
    }

    /// The statistics, locked.
    pub(super) fn statistics(&self) -> record::MutexGuard<'_, Statistics> {
        record::lock(&self.statistics)
    }

    /// Ends `pause`: all workers may run. If it is over already, this only rings once more.
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
}

/// An arrival that is recorded in its slot, and must be observed and counted.
pub(super) struct Arrived {
    epoch: Epoch,
    worker: WorkerId,
    at: Timestamp,
    place: Option<Place>,
    progress: u64,
}

impl Arrived {
    pub(super) fn record(slot: &Slot, epoch: Epoch) -> Self {
        // Later than any ack before, so that the order of stops is known within a clock step, too.
        let at = clock::now_and_later();
        let progress = slot.progress.load(Ordering::Relaxed);
        slot.arrival.at.store(at.as_nanos(), Ordering::Relaxed);
        slot.arrival.progress.store(progress, Ordering::Relaxed);
        Self { epoch, worker: slot.worker(), at, place: slot.arrival.place.get(), progress }
    }
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
