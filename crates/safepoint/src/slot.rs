//! A worker's word, and the transitions it can make.
//!
//! Callers name a transition and get its outcome. Only this file touches the bits.
//!
//! | bits | name | set by | meaning |
//! |---|---|---|---|
//! | 0 | SAFE | owner (any thread for a dead worker) | touches no shared state: counts as stopped |
//! | 1 | REQ | requester | a pause is arming or in force |
//! | 2 | HANDSHAKE | poster | closures wait for this worker |
//! | 3 | OWNED | claim | a worker has this slot |
//! | 4 | DEAD | the dying thread, or `mark_dead` | never runs again |
//! | 31..8 | epoch | requester, with REQ | the tag of the pause that set REQ, else zero |
//!
//! Every legal state. HANDSHAKE is left out: it can be added to every state that is OWNED.
//!
//! | OWNED | SAFE | REQ | DEAD | state | leaves by |
//! |---|---|---|---|---|---|
//! | - | x | - | - | free | claim; arm |
//! | - | x | x | - | free during a pause | claim; disarm |
//! | x | - | - | - | running | enter; arm; die |
//! | x | - | x | - | about to stop: the pause waits for it | enter (an arrival); die (an arrival); disarm, if the pause is given up |
//! | x | x | - | - | in a safe region, or about to run | leave; arm; vacate; die |
//! | x | x | x | - | stopped, in a safe region during a pause, or a newcomer about to park | disarm; vacate; die |
//! | x | x | any | x | dead | vacate, when its handle is dropped |
//!
//! Free and dead slots are SAFE, so "running" means OWNED without SAFE, and no other bit takes part.
//! Leaving (compare-exchange) and arming (fetch-or) are read-modify-writes of one word, so one comes
//! first. If leaving is first, arming sees a running worker and waits for it. If arming is first,
//! leaving sees REQ and fails. With state and request in two words, each side could miss the other's
//! store.

use super::{
    ids::{Epoch, WorkerId},
    inbox::Inbox,
    limit::PollLimit,
    mutant::Mutant,
    place::{Place, PlaceCell},
};
use crate::sync::{
    AtomicU32, Mutex, Ordering, glance, lock,
    record::{AtomicU32 as RecordU32, AtomicU64 as RecordU64},
};

const SAFE: u32 = 1 << 0;
const REQ: u32 = 1 << 1;
const HANDSHAKE: u32 = 1 << 2;
const OWNED: u32 = 1 << 3;
const DEAD: u32 = 1 << 4;
const EPOCH_SHIFT: u32 = 8;
const EPOCH: u32 = Epoch::MAX << EPOCH_SHIFT;

/// The bits that make a poll take its slow path.
const ARMED: u32 = REQ | HANDSHAKE | DEAD;

/// The word that a worker polls. An interpreter keeps a reference to it in a local.
#[repr(transparent)]
pub struct PollWord(AtomicU32);

impl PollWord {
    /// A word that is never armed, for a thread that executes a program without being a worker.
    #[cfg(not(any(loom, shuttle)))]
    pub const fn never() -> Self {
        Self(AtomicU32::new(0))
    }

    /// Whether the worker must take its slow path: one relaxed load, one mask.
    ///
    /// Relaxed is enough, because the slow path begins with a read-modify-write of the same word.
    #[inline(always)]
    pub fn is_armed(&self) -> bool {
        glance(&self.0) & ARMED != 0
    }

    /// The bits that arm the word. Generated code loads the word as a native `u32` from
    /// [`address`](Self::address), and calls [`Worker::poll`](super::Worker::poll) unless all of
    /// these bits are 0. An ordinary load is enough: see [`is_armed`](Self::is_armed).
    pub const MASK: u32 = ARMED;

    /// The bits that are set while a pause asks the worker to stop, for generated code: see
    /// [`is_requested`](Self::is_requested).
    pub const REQUESTED: u32 = REQ;

    /// The word's address, for generated code. It is valid as long as the worker is registered.
    pub const fn address(&self) -> *const u32 {
        std::ptr::from_ref(self).cast()
    }

    /// Whether a pause asks the worker to stop. A hint for the worker's notes, and as cheap as
    /// [`is_armed`](Self::is_armed).
    #[cfg(not(any(loom, shuttle)))]
    #[inline(always)]
    pub fn is_requested(&self) -> bool {
        glance(&self.0) & REQ != 0
    }
}

/// The state in which arming found a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(super) enum Armed {
    /// No worker has it.
    Free,
    /// Its worker runs: the pause waits for it.
    Running,
    /// Its worker is in a safe region, or still stopped by the pause before.
    Safe,
    /// Its worker is dead.
    Dead,
}

/// What follows from setting SAFE.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(super) struct Entered {
    /// The pause that waited for this worker, if one did.
    pub(super) arrival: Option<Epoch>,
    /// Closures were posted while the worker still ran: it must run them itself.
    pub(super) handshake: bool,
}

/// The outcome of an attempt to clear SAFE.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(super) enum Leave {
    /// The worker runs.
    Left,
    /// The world is stopped, or about to be.
    Stopped,
    /// Closures must run first.
    Handshake,
    /// The worker was declared dead: it never runs again.
    Dead {
        /// A pause is armed or in force, so no other worker runs now either.
        stopped: bool,
    },
}

/// What a worker is doing, according to its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WorkerState {
    /// Executing, or about to stop.
    Running,
    /// In a safe region while no pause is armed.
    Safe,
    /// Stopped by a pause, or in a safe region while one is armed.
    Stopped,
    /// Dead: nothing waits for it.
    Dead,
}

/// One worker's place in the table: two cache lines. In this order the first one has the word and all
/// that arming reads; the second one is read for workers that a pause waited for.
#[repr(C, align(128))]
pub(super) struct Slot {
    word: PollWord,
    worker: RecordU32,
    /// A count that the worker chooses, such as instructions executed.
    pub(super) progress: RecordU64,
    /// The place of the worker's last note.
    pub(super) noted: PlaceCell,
    pub(super) limit: PollLimit,
    /// How often the worker entered a safe region.
    pub(super) safe_crossings: RecordU64,
    /// The last ack. Written by its worker before it counts the arrival, which publishes it.
    pub(super) arrival: ArrivalCell,
    pub(super) inbox: Mutex<Inbox>,
}

/// What a worker records of its last ack.
pub(super) struct ArrivalCell {
    pub(super) at: RecordU64,
    pub(super) progress: RecordU64,
    /// [`UNKNOWN`] unless the worker reported it.
    pub(super) since_poll: RecordU64,
    pub(super) place: PlaceCell,
}

/// A count that the worker has not reported.
pub(super) const UNKNOWN: u64 = u64::MAX;

impl Default for ArrivalCell {
    fn default() -> Self {
        Self {
            at: RecordU64::new(0),
            progress: RecordU64::new(0),
            since_poll: RecordU64::new(UNKNOWN),
            place: PlaceCell::default(),
        }
    }
}

impl Slot {
    /// A slot that `worker` has claimed, SAFE, and with REQ if a pause is armed.
    pub(super) fn claimed(worker: WorkerId, armed: Option<Epoch>, poison: u64) -> Self {
        let requested = armed.map_or(0, |epoch| REQ | epoch.bits() << EPOCH_SHIFT);
        Self {
            word: PollWord(AtomicU32::new(OWNED | SAFE | requested)),
            worker: RecordU32::new(worker.number()),
            limit: PollLimit::new(poison),
            safe_crossings: RecordU64::new(0),
            progress: RecordU64::new(0),
            noted: PlaceCell::default(),
            arrival: ArrivalCell::default(),
            inbox: Mutex::new(Inbox::open()),
        }
    }

    /// Records where the worker stops, before its ack: `place`, or the place of its last note.
    pub(super) fn stops_at(&self, place: Option<Place>) {
        match place {
            Some(place) => self.arrival.place.set(place),
            None => self.arrival.place.copy_from(&self.noted),
        }
    }

    /// The worker runs again, so what it reported about its stop no longer holds.
    pub(super) fn runs_again(&self) {
        self.noted.clear();
        self.arrival.since_poll.store(UNKNOWN, Ordering::Relaxed);
    }

    /// Gives a free slot to `worker`, still SAFE; false if it is not free. The caller has the table's
    /// lock, so that no other thread claims the slot. The owner changes under the inbox's lock, under
    /// which a poster reads it.
    pub(super) fn claim(&self, worker: WorkerId) -> bool {
        if self.word.0.load(Ordering::Relaxed) & OWNED != 0 {
            return false;
        }
        let mut inbox = lock(&self.inbox);
        *inbox = Inbox::open();
        self.worker.store(worker.number(), Ordering::Relaxed);
        self.safe_crossings.store(0, Ordering::Relaxed);
        self.progress.store(0, Ordering::Relaxed);
        self.limit.poison();
        self.arrival.place.clear();
        self.runs_again();
        // Acquire pairs with the Release of `vacate`: the last owner has finished with the slot.
        self.word.0.fetch_or(OWNED, Ordering::Acquire);
        true
    }

    /// Gives the slot back, under the inbox's lock. The worker is SAFE, and any arrival is recorded.
    pub(super) fn vacate(&self) {
        let before = self.word.0.fetch_and(!(OWNED | DEAD), Ordering::Release);
        debug_assert!(before & (OWNED | SAFE) == OWNED | SAFE, "vacated while {before:#x}");
    }

    /// The worker that has the slot, or had it last.
    pub(super) fn worker(&self) -> WorkerId {
        WorkerId::new(self.worker.load(Ordering::Relaxed))
    }

    /// The word to poll.
    #[inline(always)]
    pub(super) fn poll_word(&self) -> &PollWord {
        &self.word
    }

    /// Asks the worker to stop for the pause tagged `epoch`.
    ///
    /// AcqRel: Release publishes the opened arrival count to the worker that sees REQ; with Acquire the
    /// requester sees what a worker wrote before it became SAFE.
    pub(super) fn arm(&self, epoch: Epoch) -> Armed {
        if Mutant::FreeSlotsNotArmed.is_on() && self.word.0.load(Ordering::Relaxed) & OWNED == 0 {
            return Armed::Free;
        }
        let before = self.word.0.fetch_or(REQ | epoch.bits() << EPOCH_SHIFT, Ordering::AcqRel);
        self.limit.poison();
        debug_assert!(before & (REQ | EPOCH) == 0, "armed while {before:#x}");
        if before & OWNED == 0 {
            Armed::Free
        } else if before & DEAD != 0 {
            Armed::Dead
        } else if before & SAFE != 0 {
            Armed::Safe
        } else {
            Armed::Running
        }
    }

    /// Takes the request back.
    ///
    /// Release pairs with the Acquire of [`Slot::try_leave`]: what the operation wrote is visible to
    /// the worker that runs on. If this were Relaxed, the worker could read old values.
    pub(super) fn disarm(&self) {
        let order =
            if Mutant::RelaxedResume.is_on() { Ordering::Relaxed } else { Ordering::Release };
        self.word.0.fetch_and(!(REQ | EPOCH), order);
    }

    /// The worker becomes SAFE. Only its owner calls this, and only while running.
    ///
    /// AcqRel: Release hands the worker's writes to a requester that finds it SAFE when arming; with
    /// Acquire the worker sees what the requester wrote before it armed, such as the arrival count.
    pub(super) fn enter(&self) -> Entered {
        let order = if Mutant::RelaxedEnter.is_on() { Ordering::Relaxed } else { Ordering::AcqRel };
        let before = self.word.0.fetch_or(SAFE, order);
        debug_assert!(before & OWNED != 0, "entered a safe region while {before:#x}");
        Entered { arrival: arrival(before), handshake: before & HANDSHAKE != 0 }
    }

    /// The worker runs even if it has to stop: for [`Mutant::NewcomersRun`].
    pub(super) fn run_regardless(&self) {
        self.word.0.fetch_and(!SAFE, Ordering::Acquire);
    }

    /// The worker tries to run. Only its owner calls this.
    pub(super) fn try_leave(&self) -> Leave {
        // Acquire as below, although a dead worker exchanges nothing: it must see that the world runs
        // again.
        let mut word = self.word.0.load(Ordering::Acquire);
        loop {
            if word & DEAD != 0 {
                return Leave::Dead { stopped: word & REQ != 0 && !Mutant::TheDeadWalk.is_on() };
            }
            if word & HANDSHAKE != 0 && !Mutant::LeaveDuringHandshake.is_on() {
                return Leave::Handshake;
            }
            if word & REQ != 0 {
                return Leave::Stopped;
            }
            if Mutant::PlainStoreOnLeave.is_on() {
                self.word.0.store(word & !SAFE, Ordering::Release);
                return Leave::Left;
            }
            // Acquire pairs with the Release of `disarm`. A plain store could erase a REQ set since
            // the load, and the worker would run in a stopped world.
            match self.word.0.compare_exchange_weak(
                word,
                word & !SAFE,
                Ordering::Acquire,
                Ordering::Acquire,
            ) {
                Ok(_) => return Leave::Left,
                Err(now) => word = now,
            }
        }
    }

    /// Marks the worker dead, and SAFE so that no pause waits for it. `None` if it was dead already or
    /// the slot is free.
    pub(super) fn die(&self) -> Option<Entered> {
        let mut word = self.word.0.load(Ordering::Relaxed);
        loop {
            if word & OWNED == 0 || word & DEAD != 0 {
                return None;
            }
            match self.word.0.compare_exchange_weak(
                word,
                word | DEAD | SAFE,
                Ordering::AcqRel,
                Ordering::Relaxed,
            ) {
                Ok(_) => {
                    self.limit.poison();
                    return Some(Entered {
                        arrival: arrival(word),
                        handshake: word & HANDSHAKE != 0,
                    });
                }
                Err(now) => word = now,
            }
        }
    }

    /// Announces closures. True if the worker is SAFE: then the poster must run them, and the worker
    /// cannot leave before [`Slot::end_handshake`]. Under the inbox's lock.
    pub(super) fn begin_handshake(&self) -> bool {
        let before = self.word.0.fetch_or(HANDSHAKE, Ordering::AcqRel);
        self.limit.poison();
        before & SAFE != 0
    }

    /// Whether a pause asks this worker to stop. A hint: [`Slot::enter`] decides.
    pub(super) fn is_requested(&self) -> bool {
        self.word.0.load(Ordering::Relaxed) & REQ != 0
    }

    /// Whether closures wait for this worker. A hint: the inbox decides.
    pub(super) fn has_handshake(&self) -> bool {
        self.word.0.load(Ordering::Relaxed) & HANDSHAKE != 0
    }

    /// No closure is left. Under the inbox's lock. Release pairs with the Acquire of `try_leave`: the
    /// worker sees what the closures did.
    pub(super) fn end_handshake(&self) {
        self.word.0.fetch_and(!HANDSHAKE, Ordering::Release);
    }

    /// What the worker is doing; `None` if the slot is free.
    pub(super) fn state(&self) -> Option<WorkerState> {
        let word = self.word.0.load(Ordering::Acquire);
        if word & OWNED == 0 {
            None
        } else if word & DEAD != 0 {
            Some(WorkerState::Dead)
        } else if word & SAFE == 0 {
            Some(WorkerState::Running)
        } else if word & REQ != 0 {
            Some(WorkerState::Stopped)
        } else {
            Some(WorkerState::Safe)
        }
    }

    /// Panics unless the slot is SAFE and armed by the pause, as every slot is in a stopped world.
    pub(super) fn assert_stopped(&self, epoch: Epoch) {
        let word = self.word.0.load(Ordering::Acquire);
        assert!(
            word & SAFE != 0 && word & (REQ | EPOCH) == REQ | epoch.bits() << EPOCH_SHIFT,
            "the world counts as stopped (epoch {}) while {} is {word:#x}",
            epoch.bits(),
            self.worker(),
        );
    }
}

/// The pause for which a worker arrives when it sets SAFE, if it was running and a pause asked it to
/// stop. `before` is its word before that.
fn arrival(before: u32) -> Option<Epoch> {
    if before & SAFE == 0 && before & REQ != 0 {
        Epoch::from_bits(before >> EPOCH_SHIFT)
    } else {
        None
    }
}

#[cfg(all(test, not(any(loom, shuttle))))]
mod tests {
    use super::*;
    use crate::ids::PauseId;

    fn slot() -> Slot {
        Slot::claimed(WorkerId::new(0), None, 0)
    }

    fn epoch(number: u64) -> Epoch {
        PauseId::new(number).epoch()
    }

    #[test]
    fn a_slot_is_two_cache_lines() {
        assert_eq!(size_of::<Slot>(), 128);
        let first_line = std::mem::offset_of!(Slot, noted) + size_of::<PlaceCell>();
        assert!(first_line <= 64, "arming reads {first_line} bytes");
    }

    #[test]
    fn a_running_worker_is_awaited_and_a_safe_one_is_not() {
        let slot = slot();
        assert_eq!(slot.arm(epoch(1)), Armed::Safe);
        slot.disarm();
        assert_eq!(slot.try_leave(), Leave::Left);
        assert_eq!(slot.arm(epoch(2)), Armed::Running);
        assert_eq!(slot.enter(), Entered { arrival: Some(epoch(2)), handshake: false });
        slot.assert_stopped(epoch(2));
        assert_eq!(slot.try_leave(), Leave::Stopped);
        slot.disarm();
        assert_eq!(slot.try_leave(), Leave::Left);
    }

    #[test]
    fn the_largest_epoch_fits_beside_the_flags() {
        let slot = slot();
        let largest = Epoch::from_bits(Epoch::MAX).expect("the largest tag is a tag");
        assert_eq!(slot.try_leave(), Leave::Left);
        assert_eq!(slot.arm(largest), Armed::Running);
        assert_eq!(slot.enter().arrival, Some(largest));
        slot.disarm();
        assert_eq!(slot.state(), Some(WorkerState::Safe));
    }

    #[test]
    fn a_dead_worker_arrives_once_and_never_leaves() {
        let slot = slot();
        assert_eq!(slot.try_leave(), Leave::Left);
        assert_eq!(slot.arm(epoch(3)), Armed::Running);
        assert_eq!(slot.die().and_then(|entered| entered.arrival), Some(epoch(3)));
        assert_eq!(slot.die(), None);
        assert_eq!(slot.try_leave(), Leave::Dead { stopped: true });
        slot.disarm();
        assert_eq!(slot.try_leave(), Leave::Dead { stopped: false });
        assert!(slot.poll_word().is_armed(), "a poll of a dead worker must take the slow path");
        slot.vacate();
        assert_eq!(slot.state(), None);
        assert!(slot.claim(WorkerId::new(9)));
        assert_eq!(slot.worker(), WorkerId::new(9));
    }

    #[test]
    fn a_slot_has_one_owner() {
        let slot = slot();
        assert!(!slot.claim(WorkerId::new(1)));
    }
}
