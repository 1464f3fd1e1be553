//! Work that stopped workers do for the holder.
//!
//! The holder makes an offer and wakes a few of the workers that sleep on the gate. A worker that is
//! about to sleep there, or was woken, takes a place if one is left. It is then a helper: it does a
//! part of the work and goes back to the gate, and stays SAFE and stopped all the time. When the
//! holder has done its own part, it withdraws the offer and waits for the helpers, and for no other
//! worker. So it does not wait for a worker that is blocked, deregisters or dies without having taken a
//! place.
//!
//! | what | under the lock | as a hint |
//! |---|---|---|
//! | an offer is open | `work` | |
//! | places left | `places` | `open`: a worker that misses it sleeps and does not help |
//! | the helpers at work | `inside`: a death takes its worker out | |
//! | the offer's number | `number`: closing one offer closes no other | |

use super::{contain::contained, ids::WorkerId, mutant::Mutant, slot::Slot};
use crate::sync::{Futex, Mutex, Ordering, lock, record::AtomicU32};
use std::{mem, sync::Arc};

/// Work that stopped workers can share with the holder.
pub trait SharedWork: Send + Sync {
    /// Does a part of the work on the thread of `worker`, which counts as stopped meanwhile. Returns
    /// when no work is left to take.
    fn help(&self, worker: WorkerId);

    /// A thread that took part is gone, and with it the piece of work that it had taken. The work can
    /// no longer be completed, and all other calls of [`SharedWork::help`] must return soon. May be
    /// called more than once.
    fn abandon(&self);
}

/// The helpers of shared work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct HelpReport {
    /// Workers that took a place.
    pub helped: u32,
    /// A helper died or panicked inside the work, so the work is incomplete.
    pub lost: bool,
}

/// The offer that is open, if one is.
pub(super) struct HelpDesk {
    open: AtomicU32,
    offer: Mutex<Offer>,
    /// Rings when the last helper inside has left.
    left: Futex,
}

#[derive(Default)]
struct Offer {
    /// The number of this offer, or of the last one.
    number: u64,
    work: Option<Arc<dyn SharedWork>>,
    places: u32,
    inside: Vec<WorkerId>,
    report: HelpReport,
}

impl HelpDesk {
    pub(super) fn new() -> Self {
        Self { open: AtomicU32::new(0), offer: Mutex::new(Offer::default()), left: Futex::new(0) }
    }

    /// Opens an offer; `None` if one is open already, or it has no places.
    pub(super) fn open(&self, most: u32, work: &Arc<dyn SharedWork>) -> Option<OpenOffer<'_>> {
        let mut offer = lock(&self.offer);
        if offer.work.is_some() || most == 0 {
            return None;
        }
        let number = offer.number + 1;
        *offer = Offer { number, work: Some(Arc::clone(work)), places: most, ..Offer::default() };
        self.open.store(most, Ordering::Relaxed);
        Some(OpenOffer { desk: self, number, open: true })
    }

    /// Takes part in an offer, if there is one with a place left. For a worker that is SAFE.
    pub(super) fn take_part(&self, slot: &Slot) -> bool {
        // Relaxed: a worker that reads an old number sleeps, or finds no place under the lock.
        if self.open.load(Ordering::Relaxed) == 0 {
            return false;
        }
        let worker = slot.worker();
        let work = {
            let mut offer = lock(&self.offer);
            let Some(work) = offer.work.clone().filter(|_| offer.places > 0) else {
                return false;
            };
            offer.places -= 1;
            offer.inside.push(worker);
            offer.report.helped += 1;
            self.open.store(offer.places, Ordering::Relaxed);
            work
        };
        let came_back = contained(move || work.help(worker));
        self.leave(worker, !came_back);
        true
    }

    /// Takes a worker out that was inside; does nothing if it was not. `lost`: it died or panicked
    /// there.
    pub(super) fn leave(&self, worker: WorkerId, lost: bool) {
        let (work, last) = {
            let mut offer = lock(&self.offer);
            let before = offer.inside.len();
            offer.inside.retain(|&inside| inside != worker);
            if offer.inside.len() == before {
                return;
            }
            offer.report.lost |= lost;
            (offer.work.clone().filter(|_| lost), offer.inside.is_empty())
        };
        if let Some(work) = work {
            contained(move || work.abandon());
        }
        if last {
            self.left.ring();
        }
    }

    /// Withdraws an offer and waits until all its helpers have left. If it was withdrawn already,
    /// because its holder was declared dead, its work is lost.
    fn close(&self, number: u64) -> HelpReport {
        loop {
            // Read before the check: a helper that leaves after this changes the bell.
            let seen = self.left.load();
            {
                let mut offer = lock(&self.offer);
                if offer.number != number || offer.work.is_none() {
                    return HelpReport { lost: true, ..HelpReport::default() };
                }
                offer.places = 0;
                self.open.store(0, Ordering::Relaxed);
                if offer.inside.is_empty() || Mutant::HelpersNotAwaited.is_on() {
                    offer.work = None;
                    return mem::take(&mut offer.report);
                }
            }
            self.left.wait(seen, None);
        }
    }

    /// The holder is dead. If it has made an offer, this makes the helpers come back and waits for
    /// them.
    pub(super) fn abandon(&self) {
        let number = lock(&self.offer).number;
        self.abandon_offer(number);
    }

    fn abandon_offer(&self, number: u64) {
        let work = {
            let offer = lock(&self.offer);
            offer.work.clone().filter(|_| offer.number == number)
        };
        if let Some(work) = work {
            contained(|| work.abandon());
            self.close(number);
        }
    }
}

/// An open offer of work. Dropping it, as a panic of the holder does, withdraws the offer.
pub(super) struct OpenOffer<'a> {
    desk: &'a HelpDesk,
    number: u64,
    open: bool,
}

impl OpenOffer<'_> {
    /// Withdraws the offer and waits until all its helpers have left.
    pub(super) fn close(mut self) -> HelpReport {
        self.open = false;
        self.desk.close(self.number)
    }
}

impl Drop for OpenOffer<'_> {
    fn drop(&mut self) {
        if self.open {
            self.desk.abandon_offer(self.number);
        }
    }
}
