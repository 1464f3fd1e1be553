//! Work that stopped workers do for whoever holds the world.
//!
//! The holder makes an offer and wakes a few of the workers that sleep on the gate. A worker that is
//! about to sleep there, or was woken, takes a place if one is left, does its part of the work, and
//! goes back to the gate: it stays SAFE and stopped throughout. When the holder has done its own part
//! it withdraws the offer and waits for those who took a place, and for nobody else. So a worker that
//! is blocked, leaves for good or dies without having taken a place is not waited for.
//!
//! | what | under the lock | as a hint |
//! |---|---|---|
//! | an offer is open | `work` | |
//! | places left | `places` | `open`: who misses it sleeps and does not help |
//! | who is at work | `inside`: a death takes its worker out | |
//! | which offer it is | `number`: whoever closes one closes no other | |

use super::{contain::contained, ids::WorkerId, mutant::Mutant, slot::Slot};
use crate::sync::{Futex, Mutex, Ordering, lock, record::AtomicU32};
use std::{mem, sync::Arc};

/// Work that stopped workers can share with whoever holds the world.
pub trait SharedWork: Send + Sync {
    /// Does a part of the work on the thread of `worker`, which counts as stopped meanwhile. Returns
    /// when there is nothing left to take.
    fn help(&self, worker: WorkerId);

    /// Somebody who took part is gone, with whatever it had in hand: the work cannot be completed any
    /// more, and everybody else must come back soon. May be called more than once.
    fn abandon(&self);
}

/// Who took part in shared work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct HelpReport {
    /// Workers that took a place.
    pub helped: u32,
    /// Somebody died or panicked inside: what was done is incomplete.
    pub lost: bool,
}

/// The offer that is open, if one is.
pub(super) struct HelpDesk {
    open: AtomicU32,
    offer: Mutex<Offer>,
    /// Rings when the last one inside has left.
    left: Futex,
}

#[derive(Default)]
struct Offer {
    /// Which it is, or was.
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
        // Relaxed: who reads an old number sleeps, or looks under the lock in vain.
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

    /// A worker that was inside is not any more; `lost`: it did not come back by itself. Nothing if it
    /// was not inside.
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

    /// Takes an offer back and waits until everybody who took part has left. If it was taken back
    /// already, because whoever made it was declared dead, its work is lost.
    fn close(&self, number: u64) -> HelpReport {
        loop {
            // Before the look: whoever leaves after it changes the bell.
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

    /// Whoever made the open offer, if there is one, is dead: has everybody come back, and waits for
    /// that.
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

/// An offer of work, withdrawn also when whoever made it panics.
pub(super) struct OpenOffer<'a> {
    desk: &'a HelpDesk,
    number: u64,
    open: bool,
}

impl OpenOffer<'_> {
    /// Takes the offer back and waits until everybody who took part has left.
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
