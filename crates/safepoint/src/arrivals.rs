//! How many workers a pause still waits for.
//!
//! The tag and the number are in one word, so that they change together:
//!
//! | bits | meaning |
//! |---|---|
//! | 63..32 | the pause's [`Epoch`], or zero: nothing is awaited |
//! | 31..0 | workers awaited; while slots are being armed, plus [`BIAS`] |
//!
//! | state | word | left when |
//! |---|---|---|
//! | idle | 0 | the requester opens |
//! | arming | tag, BIAS - arrived so far | the requester has armed all slots and closes with the number to await |
//! | waiting | tag, awaited - arrived > 0 | the last arrival makes it 0, or the requester gives up |
//! | complete | tag, 0 | the next pause opens |
//!
//! The bias keeps the number from reaching zero before every slot is armed. An arrival carries the
//! tag that its worker read in the same operation that set SAFE. So an arrival for a pause that was
//! given up finds another tag and changes nothing.

use super::{ids::Epoch, mutant::Mutant};
use crate::sync::{AtomicU64, Ordering};

/// More than there can be workers.
const BIAS: u64 = 1 << 31;

/// What an arrival did to the count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(super) enum Counted {
    /// Others are still awaited.
    NotLast,
    /// This was the last: the requester must be woken.
    Last,
    /// The pause was given up; another may be under way.
    Stale,
}

/// The outcome of giving up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(super) enum GaveUp {
    /// No worker is awaited any more: the workers must be released.
    GivenUp,
    /// Too late: every worker has stopped.
    Complete,
    /// Another thread ended this pause, because its requester was declared dead.
    Stale,
}

pub(super) struct Arrivals {
    word: AtomicU64,
}

impl Arrivals {
    pub(super) fn new() -> Self {
        Self { word: AtomicU64::new(0) }
    }

    /// Begins counting for a pause, before any slot is armed.
    ///
    /// Relaxed: the Release in [`Slot::arm`](super::slot::Slot::arm) publishes it to every worker
    /// that sees REQ. If the count were opened after arming, an arrival in between would find an old
    /// tag and change nothing, and the requester would wait for that worker for ever.
    pub(super) fn open(&self, epoch: Epoch) {
        self.word.store(u64::from(epoch.bits()) << 32 | BIAS, Ordering::Relaxed);
    }

    /// Ends arming: from now on `awaited` arrivals complete the pause. True if they have all come.
    ///
    /// AcqRel: Acquire pairs with the Release of the arrivals before, as in [`Arrivals::complete`].
    pub(super) fn close(&self, awaited: u32) -> bool {
        let surplus = BIAS - u64::from(awaited);
        let before = self.word.fetch_sub(surplus, Ordering::AcqRel);
        before & u64::from(u32::MAX) == surplus
    }

    /// Counts one arrival for the pause tagged `epoch`.
    ///
    /// The first load may be Relaxed: the worker read `epoch` with Acquire, so it sees the word that
    /// was opened for this epoch, or a later one. AcqRel on success: Release hands the worker's writes
    /// to the requester, which reads zero with Acquire; the arrivals in between are read-modify-writes
    /// and keep the release sequence.
    pub(super) fn count(&self, epoch: Epoch) -> Counted {
        let order =
            if Mutant::RelaxedArrival.is_on() { Ordering::Relaxed } else { Ordering::AcqRel };
        let mut word = self.word.load(Ordering::Relaxed);
        loop {
            if word >> 32 != u64::from(epoch.bits()) && !Mutant::UntaggedArrivals.is_on() {
                return Counted::Stale;
            }
            debug_assert!(word & u64::from(u32::MAX) > 0, "more arrivals than awaited: {word:#x}");
            match self.word.compare_exchange_weak(word, word - 1, order, Ordering::Relaxed) {
                Ok(_) if (word - 1) & u64::from(u32::MAX) == 0 => return Counted::Last,
                Ok(_) => return Counted::NotLast,
                Err(now) => word = now,
            }
        }
    }

    /// Whether every worker awaited by the pause tagged `epoch` has arrived. Called after closing.
    ///
    /// Acquire pairs with the Release of every [`Arrivals::count`]: what workers wrote before their
    /// acks is visible to the operation.
    pub(super) fn complete(&self, epoch: Epoch) -> bool {
        self.word.load(Ordering::Acquire) == u64::from(epoch.bits()) << 32
    }

    /// Gives the pause up, unless the last arrival came first or the count belongs to another pause.
    pub(super) fn give_up(&self, epoch: Epoch) -> GaveUp {
        let complete = u64::from(epoch.bits()) << 32;
        let mut word = self.word.load(Ordering::Acquire);
        loop {
            if word == complete {
                return GaveUp::Complete;
            }
            if word >> 32 != u64::from(epoch.bits()) && !Mutant::GiveUpIgnoresEpoch.is_on() {
                return GaveUp::Stale;
            }
            match self.word.compare_exchange_weak(word, 0, Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => return GaveUp::GivenUp,
                Err(now) => word = now,
            }
        }
    }
}

#[cfg(all(test, not(any(loom, shuttle))))]
mod tests {
    use super::*;
    use crate::ids::PauseId;

    fn epoch(pause: u64) -> Epoch {
        PauseId::new(pause).epoch()
    }

    #[test]
    fn the_last_arrival_is_the_one_that_reaches_zero() {
        let arrivals = Arrivals::new();
        arrivals.open(epoch(1));
        assert_eq!(arrivals.count(epoch(1)), Counted::NotLast);
        assert!(!arrivals.close(3));
        assert_eq!(arrivals.count(epoch(1)), Counted::NotLast);
        assert!(!arrivals.complete(epoch(1)));
        assert_eq!(arrivals.count(epoch(1)), Counted::Last);
        assert!(arrivals.complete(epoch(1)));
    }

    #[test]
    fn closing_completes_if_all_workers_arrived_during_arming() {
        let arrivals = Arrivals::new();
        arrivals.open(epoch(1));
        assert_eq!(arrivals.count(epoch(1)), Counted::NotLast);
        assert!(arrivals.close(1));
        arrivals.open(epoch(2));
        assert!(arrivals.close(0));
    }

    #[test]
    fn a_late_arrival_for_a_pause_given_up_counts_for_nothing() {
        let arrivals = Arrivals::new();
        arrivals.open(epoch(1));
        assert!(!arrivals.close(1));
        assert_eq!(arrivals.give_up(epoch(1)), GaveUp::GivenUp);
        assert_eq!(arrivals.count(epoch(1)), Counted::Stale);
        arrivals.open(epoch(2));
        assert!(!arrivals.close(1));
        assert_eq!(arrivals.count(epoch(1)), Counted::Stale);
        assert!(!arrivals.complete(epoch(2)));
        assert_eq!(arrivals.count(epoch(2)), Counted::Last);
    }

    #[test]
    fn giving_up_after_the_last_arrival_is_too_late() {
        let arrivals = Arrivals::new();
        arrivals.open(epoch(1));
        assert!(!arrivals.close(1));
        assert_eq!(arrivals.count(epoch(1)), Counted::Last);
        assert_eq!(arrivals.give_up(epoch(1)), GaveUp::Complete);
    }

    #[test]
    fn giving_up_does_not_touch_the_count_of_another_pause() {
        let arrivals = Arrivals::new();
        arrivals.open(epoch(1));
        assert!(!arrivals.close(1));
        assert_eq!(arrivals.give_up(epoch(1)), GaveUp::GivenUp);
        assert_eq!(arrivals.give_up(epoch(1)), GaveUp::Stale);
        arrivals.open(epoch(2));
        assert!(!arrivals.close(1));
        assert_eq!(arrivals.give_up(epoch(1)), GaveUp::Stale);
        assert_eq!(arrivals.count(epoch(2)), Counted::Last);
        assert_eq!(arrivals.give_up(epoch(1)), GaveUp::Stale);
        assert!(arrivals.complete(epoch(2)));
    }
}
