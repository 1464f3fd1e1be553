//! What all threads of one coordinator share, and the steps that workers and requesters both take.

use super::{
    arrivals::{Arrivals, Counted},
    config::Config,
    handshake::{self, Completion, HandshakeReport, HandshakeTarget},
    help::HelpDesk,
    ids::{Epoch, PauseId, WorkerId},
    mutant::Mutant,
    observer::Event,
    queue::Queue,
    reason::StopReason,
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
    /// What stopped workers may do for whoever holds the world.
    pub(super) help: HelpDesk,
    /// How often everything pending was cancelled.
    pub(super) cancellations: AtomicU32,
    /// A digest of the queue for readers that must not lock: the active reason's index plus one in
    /// bits 0..8, the number of waiting requests above.
    pub(super) summary: record::AtomicU32,
    /// The number of the last pause armed. Written before arming, read by workers it waits for.
    pub(super) last_pause: record::AtomicU64,
}

impl Shared {
    pub(super) fn new(config: Config) -> Self {
        Self {
            config,
            table: Mutex::new(Table::default()),
            queue: Mutex::new(Queue::default()),
            statistics: record::Mutex::new(Statistics::default()),
            arrivals: Arrivals::new(),
            doorbell: Futex::new(0),
            turnstile: Futex::new(0),
            gate: Futex::new(0),
            help: HelpDesk::new(),
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

    /// What the pause is for that is in force or arming.
    pub(super) fn active_reason(&self) -> Option<StopReason> {
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
        // Later than any ack before: it tells who stopped last within a step of the clock, too.
        let at = clock::now_and_later();
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
                // An offer that comes after this look changes the gate, too.
                Leave::Stopped if self.help.take_part(slot) => {}
                Leave::Stopped => self.gate.wait(gate, None),
                Leave::Handshake => handshake::run_own(self, slot),
                // Nothing to be done here; its next poll, if it has one, tells.
                Leave::Dead => return,
            }
        }
    }

    /// The statistics, locked.
    pub(super) fn statistics(&self) -> MutexGuard<'_, Statistics> {
        self.statistics.lock().unwrap_or_else(PoisonError::into_inner)
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
        if !Mutant::DeadHelperAwaited.is_on() {
            self.help.leave(worker, true);
        }
        request::forget(self, worker);
        true
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

#[cfg(all(test, not(any(loom, shuttle))))]
mod tests {
    use super::*;

    #[test]
    fn a_coordinator_is_small() {
        assert!(size_of::<Shared>() < 1024, "{} bytes", size_of::<Shared>());
    }
}
