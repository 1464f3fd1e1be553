//! The slots of all workers, with the steps that touch all of them: arming, collecting, disarming.
//!
//! The table's lock is taken to register a worker, to arm, to collect arrivals and to resume. A worker
//! never takes it in a poll, in its ack or when it runs again.

use super::{
    error::Straggler,
    ids::{PauseId, WorkerId},
    mutant::Mutant,
    record::Arrival,
    slot::{Armed, Entered, Slot, UNKNOWN, WorkerState},
    visit::StoppedWorker,
};
use crate::{clock::Timestamp, sync::Ordering};
use std::{
    sync::{Arc, Weak},
    time::Duration,
};

/// All slots. They are reused, never removed.
pub(super) struct Table<D> {
    slots: Vec<Arc<Slot>>,
    /// The data of each slot's present or last worker.
    data: Vec<Weak<D>>,
    /// [`Config::poison`](super::Config::poison).
    poison: u64,
    armed: Option<PauseId>,
    next_worker: u32,
    /// Workers that have died since arrivals were last collected.
    dead: Vec<WorkerId>,
}

/// A worker that was registered when a pause armed.
pub(super) struct Seen {
    index: usize,
    worker: WorkerId,
    awaited: bool,
    progress: u64,
    /// The requester's visitor has seen it.
    visited: bool,
}

impl<D> Table<D> {
    pub(super) fn new(poison: u64) -> Self {
        let (slots, data, dead) = (Vec::new(), Vec::new(), Vec::new());
        Self { slots, data, poison, armed: None, next_worker: 0, dead }
    }

    /// A slot for a new worker: SAFE, and with REQ if a pause is armed.
    pub(super) fn register(&mut self, data: &Arc<D>) -> Arc<Slot> {
        let worker = WorkerId::new(self.next_worker);
        self.next_worker =
            self.next_worker.checked_add(1).expect("a coordinator names at most 2^32 - 1 workers");
        let data = Arc::downgrade(data);
        if let Some(free) = self.slots.iter().position(|slot| slot.claim(worker)) {
            self.data[free] = data;
            return Arc::clone(&self.slots[free]);
        }
        let armed = self.armed.map(PauseId::epoch);
        let slot = Arc::new(Slot::claimed(worker, armed, self.poison));
        self.slots.push(Arc::clone(&slot));
        self.data.push(data);
        slot
    }

    /// Arms every slot, including free ones, so that a worker that claims one finds the request there.
    pub(super) fn arm(&mut self, pause: PauseId) -> Vec<Seen> {
        debug_assert!(self.armed.is_none(), "{pause} armed during {:?}", self.armed);
        self.armed = Some(pause);
        let epoch = pause.epoch();
        let mut seen = Vec::with_capacity(self.slots.len());
        for (index, slot) in self.slots.iter().enumerate() {
            let awaited = match slot.arm(epoch) {
                Armed::Free | Armed::Dead => continue,
                Armed::Safe => false,
                Armed::Running => true,
            };
            let progress = slot.progress.load(Ordering::Relaxed);
            seen.push(Seen { index, worker: slot.worker(), awaited, progress, visited: false });
        }
        seen
    }

    /// Removes the request of `pause` from every slot, unless it was removed before.
    pub(super) fn disarm(&mut self, pause: PauseId) {
        if self.armed != Some(pause) {
            return;
        }
        self.armed = None;
        for slot in &self.slots {
            slot.disarm();
        }
    }

    /// The arrivals of all workers, in their order, and the workers that died. The world is stopped for
    /// `pause`; `None` if it was released, because the requester was declared dead.
    ///
    /// # Panics
    ///
    /// If a worker runs: the protocol is broken, and no code may touch the world.
    pub(super) fn collect(
        &mut self,
        pause: PauseId,
        armed_at: Timestamp,
        seen: &[Seen],
    ) -> Option<(Vec<Arrival>, Vec<WorkerId>)> {
        if self.armed != Some(pause) {
            return None;
        }
        for slot in &self.slots {
            slot.assert_stopped(pause.epoch());
        }
        let mut arrivals: Vec<_> =
            seen.iter().map(|seen| seen.arrival(&self.slots[seen.index], armed_at)).collect();
        arrivals.sort_by_key(|arrival| arrival.after);
        Some((arrivals, std::mem::take(&mut self.dead)))
    }

    /// The awaited workers that still run.
    pub(super) fn stragglers(&self, seen: &[Seen], waited: Duration) -> Vec<Straggler> {
        let late = |seen: &&Seen| {
            let slot = &self.slots[seen.index];
            seen.awaited
                && slot.worker() == seen.worker
                && slot.state() == Some(WorkerState::Running)
        };
        seen.iter().filter(late).map(|seen| straggler(&self.slots[seen.index], waited)).collect()
    }

    /// The workers that have stopped for `pause` and were not visited before; marks them as visited.
    /// Empty if the pause was released.
    pub(super) fn arrived(&self, pause: PauseId, seen: &mut [Seen]) -> Vec<StoppedWorker<D>> {
        if self.armed != Some(pause) {
            return Vec::new();
        }
        let unvisited = seen.iter_mut().filter(|seen| !seen.visited);
        let arrived = unvisited.filter_map(|seen| {
            let (slot, data) = (&self.slots[seen.index], &self.data[seen.index]);
            let stopped =
                slot.worker() == seen.worker && slot.state() == Some(WorkerState::Stopped);
            seen.visited = stopped;
            if !stopped {
                return None;
            }
            Some(StoppedWorker::new(slot, data.upgrade()?))
        });
        arrived.collect()
    }

    /// All living workers, in a stopped world.
    pub(super) fn stopped(&self) -> Vec<StoppedWorker<D>> {
        let living = self.living();
        living
            .filter_map(|(slot, data, _)| Some(StoppedWorker::new(slot, data.upgrade()?)))
            .collect()
    }

    /// The slots of all registered workers that are not dead, with their data.
    pub(super) fn living(&self) -> impl Iterator<Item = (&Arc<Slot>, &Weak<D>, WorkerState)> {
        self.slots.iter().zip(&self.data).filter_map(|(slot, data)| {
            let state = slot.state()?;
            (state != WorkerState::Dead).then_some((slot, data, state))
        })
    }

    /// All slots that have a worker, dead or alive.
    pub(super) fn owned(&self) -> impl Iterator<Item = (&Arc<Slot>, WorkerState)> {
        self.slots.iter().filter_map(|slot| Some((slot, slot.state()?)))
    }

    /// Marks `worker` dead, if it still has `slot` and lives, and remembers it for the next report.
    /// Slots are claimed under the table's lock, so no other worker gets the slot meanwhile.
    pub(super) fn bury(&mut self, slot: &Slot, worker: WorkerId) -> Option<Entered> {
        if slot.worker() != worker && !Mutant::BuryTheSlot.is_on() {
            return None;
        }
        let entered = slot.die()?;
        self.dead.push(worker);
        Some(entered)
    }
}

impl Seen {
    pub(super) fn is_awaited(&self) -> bool {
        self.awaited
    }

    /// The worker and the count that it had published, if it is awaited.
    pub(super) fn running(&self) -> Option<(WorkerId, u64)> {
        self.awaited.then_some((self.worker, self.progress))
    }

    fn arrival(&self, slot: &Slot, armed_at: Timestamp) -> Arrival {
        let noted = slot.noted.get();
        let (after, place, progress, since_poll) = if self.awaited {
            let at = Timestamp::from_nanos(slot.arrival.at.load(Ordering::Relaxed));
            let progress = slot.arrival.progress.load(Ordering::Relaxed);
            let since_poll = slot.arrival.since_poll.load(Ordering::Relaxed);
            (at.since(armed_at), slot.arrival.place.get(), progress, since_poll)
        } else {
            (Duration::ZERO, noted, self.progress, UNKNOWN)
        };
        Arrival {
            worker: self.worker,
            after,
            was_safe: !self.awaited,
            place,
            cause: noted.filter(|place| self.awaited && place.delays()),
            progress,
            progress_at_arm: self.progress,
            since_poll: (since_poll != UNKNOWN).then_some(since_poll),
        }
    }
}

fn straggler(slot: &Slot, waited: Duration) -> Straggler {
    Straggler {
        worker: slot.worker(),
        waited,
        place: slot.noted.get(),
        last_stop: slot.arrival.place.get(),
        progress: slot.progress.load(Ordering::Relaxed),
        safe_crossings: slot.safe_crossings.load(Ordering::Relaxed),
        state: slot.state().unwrap_or(WorkerState::Dead),
    }
}
