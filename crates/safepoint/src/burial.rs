//! A worker dies: no pause waits for it, and what it requested or held is given up.

use super::{
    ids::WorkerId,
    mutant::Mutant,
    observer::Event,
    post,
    queue::LetGo,
    reason::Reason,
    shared::{Arrived, Shared},
    slot::Slot,
};
use crate::{clock, sync::lock};
use std::time::Duration;

impl<R: Reason, D> Shared<R, D> {
    /// Marks `worker` dead, which was registered with `slot`. False if it was dead already or has
    /// deregistered.
    pub(super) fn bury(&self, slot: &Slot, worker: WorkerId) -> bool {
        let (arrived, unrun) = {
            let mut table = lock(&self.table);
            let Some(entered) = table.bury(slot, worker) else {
                return false;
            };
            // Under the lock: once its `Worker` is dropped, another worker can have the slot.
            let arrived = entered.arrival.map(|epoch| {
                slot.stops_at(None);
                Arrived::record(slot, epoch)
            });
            (arrived, post::close_dead(slot))
        };
        self.observe(Some(worker), || Event::Died { worker });
        if let Some(arrived) = arrived {
            self.count(arrived);
        }
        post::discard(unrun);
        if !Mutant::DeadHelperAwaited.is_on() {
            self.help.leave(worker, true);
        }
        self.forget(worker);
        true
    }

    /// Withdraws a dead worker's requests, and releases the world if it held that.
    pub(super) fn forget(&self, worker: WorkerId) {
        if let Some((ticket, pause)) = self.with_queue(|queue| queue.forget(worker)) {
            self.help.abandon();
            let now = clock::now();
            if self.with_queue(|queue| queue.let_go(ticket, now)) != LetGo::HandedOn {
                let mut rest = Duration::ZERO;
                if let Some(pause) = pause {
                    // The result does not matter: even if the count was complete, no thread uses this pause.
                    let _ = self.arrivals.give_up(pause.epoch());
                    self.release(pause);
                    rest = self.config.min_running_interval;
                }
                self.with_queue(|queue| queue.released(ticket, clock::now(), rest));
            }
        }
        // Other requesters check whose turn it is. The dead worker's thread, if it still waits, finds that
        // it is dead.
        self.bells.ring();
    }
}
