//! Running closures for single workers without stopping the world: posting, and who runs them.
//!
//! A worker's inbox and its HANDSHAKE bit change together under the inbox's lock. While the bit is
//! set the worker cannot leave a safe region, so exactly one thread runs its closures:
//!
//! - If the worker was running when the first closure was posted, the worker runs them: at its next
//!   poll, or when it next becomes SAFE, whichever comes first.
//! - If it was SAFE, the poster runs them at once, on its behalf.
//!
//! The thread that runs them continues until the inbox is empty, and clears the bit in the same
//! critical section. So a closure that is posted meanwhile is not left behind.
//!
//! A slot is also claimed and vacated under the inbox's lock, and vacated only while no thread runs a
//! closure. So under that lock the poster finds the registration that it means, or none, and no
//! closure ever runs for the next owner of the slot.

use super::{
    contain::contained,
    ids::WorkerId,
    inbox::{Inbox, Job},
    mutant::Mutant,
    slot::Slot,
};
use crate::sync::{Futex, lock};
use std::{collections::VecDeque, mem};

/// Posts `job` to `worker`, which had the slot when its handle was made, and runs it here if the
/// worker is SAFE. False if the worker is dead or gone.
pub(super) fn post(gate: &Futex, slot: &Slot, worker: WorkerId, job: Job) -> bool {
    let run_here = {
        let mut inbox = lock(&slot.inbox);
        let there = inbox.open && slot.worker() == worker;
        if there || Mutant::PostToTheSlot.is_on() {
            inbox.jobs.push_back(job);
            let safe = slot.begin_handshake();
            let run_here = safe && !inbox.executing;
            inbox.executing |= run_here;
            run_here
        } else {
            drop(inbox);
            contained(|| drop(job));
            return false;
        }
    };
    if run_here {
        drain(gate, slot);
    }
    true
}

/// The worker itself runs the posted closures, or waits for the thread that runs them.
pub(super) fn run_own(gate: &Futex, slot: &Slot) {
    loop {
        let seen = gate.load();
        {
            let mut inbox = lock(&slot.inbox);
            if !inbox.executing {
                if inbox.jobs.is_empty() {
                    slot.end_handshake();
                    return;
                }
                inbox.executing = true;
                break;
            }
            inbox.owner_waits = true;
        }
        gate.wait(seen, None);
    }
    drain(gate, slot);
}

/// Runs closures until none is left. The caller has set `executing`.
fn drain(gate: &Futex, slot: &Slot) {
    loop {
        let job = {
            let mut inbox = lock(&slot.inbox);
            let Some(job) = inbox.jobs.pop_front() else {
                slot.end_handshake();
                inbox.executing = false;
                if mem::take(&mut inbox.owner_waits) {
                    gate.ring();
                }
                return;
            };
            job
        };
        // A handshake learns of a panic from the closure's ticket. For other closures the panic hook
        // alone reports it.
        contained(job);
    }
}

/// The worker, which is SAFE or dead, gives its slot back, as soon as no thread runs a closure for it.
pub(super) fn vacate(gate: &Futex, slot: &Slot) {
    let unrun = loop {
        let seen = gate.load();
        {
            let mut inbox = lock(&slot.inbox);
            if !inbox.executing || Mutant::VacatedDuringHandshake.is_on() {
                let unrun = close(&mut inbox, slot);
                slot.vacate();
                break unrun;
            }
            inbox.owner_waits = true;
        }
        gate.wait(seen, None);
    };
    discard(unrun);
}

/// Ends posting to the worker, which has just died. Returns the closures that did not run; the caller
/// must [discard] them.
pub(super) fn close_dead(slot: &Slot) -> VecDeque<Job> {
    close(&mut lock(&slot.inbox), slot)
}

fn close(inbox: &mut Inbox, slot: &Slot) -> VecDeque<Job> {
    inbox.open = false;
    if !inbox.executing {
        slot.end_handshake();
    }
    mem::take(&mut *inbox.jobs)
}

/// Drops closures that will never run. The caller has no lock.
pub(super) fn discard(unrun: VecDeque<Job>) {
    for job in unrun {
        contained(|| drop(job));
    }
}
