//! What a worker did since its last poll, kept in case a requester waits for it meanwhile.
//!
//! A poll that finds nothing to do does nothing here. When profiling, the count of instructions at the last
//! poll separates what was kept before such a poll from what came after it.

use std::cell::Cell;

use crate::vm::location::{Location, LocationKind};
use safepoint::clock::Timestamp;

/// What a worker did since its last poll.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Since {
    /// Visible instructions; `None` unless profiling.
    pub instructions: Option<u64>,
    /// Back-edges, and calls within a recursion, that do not poll; `None` if there was none since the last
    /// poll, and unless profiling.
    pub turns: Option<Turns>,
    /// The longest work that was still under way when a requester began to wait for this worker, or that
    /// began afterwards.
    pub work: Option<Work>,
}

/// Back-edges, or calls within a recursion, without a poll, after the worker was asked to stop: those of the
/// place whose turns had most of the instructions. Turns before the worker was asked to stop delayed no
/// requester.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turns {
    /// The number of these turns; 0 if no turn came after it was asked.
    pub times: u64,
    /// The place; no place if there is no turn.
    pub location: Location,
    /// Instructions of these turns: each has those since the turn before it, wherever that was.
    pub instructions: u64,
    /// All instructions since the last turn before it was asked.
    pub among: u64,
    /// Instructions that were executed after the last turn of all.
    pub after: u64,
}

/// Work during which a worker does not poll.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Work {
    /// What it did.
    pub kind: WorkKind,
    /// At which instruction.
    pub location: Location,
    /// The amount of work, in the unit of its kind.
    pub amount: u64,
    /// When it began; the clock's origin if that was before a requester waited.
    pub from: Timestamp,
    /// When it ended.
    pub until: Timestamp,
}

/// What a worker does for long without a poll. Each has a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkKind {
    /// Copies elements.
    Copy,
    /// Fills elements.
    Fill,
    /// Makes an array: elements.
    Clear,
    /// Compares two strings: bytes.
    Compare,
    /// Joins two strings: bytes.
    Join,
    /// Makes text of a value: bytes.
    Text,
    /// Prints: bytes.
    Print,
    /// Looks for room in the heap: words.
    Search,
    /// Blocks outside a safe region: milliseconds.
    Stall,
    /// Makes a task's stack larger: frames.
    Grow,
    /// Writes down where a task trapped: frames.
    Trap,
    /// Looks for a try that is open: frames.
    Unwind,
}

/// The number of places with counts of their own. If there are more, the place with the fewest instructions
/// is forgotten.
const PLACES: usize = 4;

/// No operation.
const NONE: u32 = u32::MAX;

/// A worker's account of it. Compiled code writes it, too: see `kept`.
#[derive(Debug)]
#[repr(C)]
pub(super) struct Kept {
    /// The count of instructions behind the last turn.
    count: Cell<u64>,
    /// Whether the worker was asked to stop by then, since which poll, and the count behind the last turn before.
    asked: Cell<bool>,
    polled: Cell<u64>,
    before: Cell<u64>,
    turned: [Cell<Turned>; PLACES],
    /// The operation of the last of these turns while its note holds and nothing else has come since, and which of
    /// `turned` is its own.
    current: Cell<u32>,
    slot: Cell<usize>,
    work: Cell<Option<Work>>,
}

/// Turns without a poll at one place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[repr(C)]
pub(super) struct Turned {
    /// 0: no place.
    pub(super) times: u64,
    pub(super) instructions: u64,
    pub(super) op: u32,
    pub(super) kind: LocationKind,
}

/// Offsets in [`Kept`].
#[cfg(feature = "emitter")]
pub(super) mod kept {
    use super::{Kept, Turned};
    use std::mem::offset_of;

    pub(in crate::vm) const COUNT: u32 = offset_of!(Kept, count) as u32;
    pub(in crate::vm) const ASKED: u32 = offset_of!(Kept, asked) as u32;
    pub(in crate::vm) const POLLED: u32 = offset_of!(Kept, polled) as u32;
    pub(in crate::vm) const CURRENT: u32 = offset_of!(Kept, current) as u32;
    pub(in crate::vm) const SLOT: u32 = offset_of!(Kept, slot) as u32;
    pub(in crate::vm) const TIMES: u32 =
        (offset_of!(Kept, turned) + offset_of!(Turned, times)) as u32;
    pub(in crate::vm) const INSTRUCTIONS: u32 =
        (offset_of!(Kept, turned) + offset_of!(Turned, instructions)) as u32;
    /// Of one place.
    pub(in crate::vm) const BYTES: u32 = size_of::<Turned>() as u32;
}

/// The report on turns without a poll.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Account {
    /// The place whose turns had most instructions after the worker was asked to stop.
    pub(super) most: Turned,
    /// The counts behind the last turn before it was asked, and behind the last of all.
    pub(super) before: u64,
    pub(super) last: u64,
}

impl Turned {
    #[inline(always)]
    fn with(self, spent: u64) -> Self {
        Self { times: self.times + 1, instructions: self.instructions + spent, ..self }
    }
}

impl Default for Kept {
    fn default() -> Self {
        Self {
            count: Cell::default(),
            polled: Cell::default(),
            before: Cell::default(),
            turned: Default::default(),
            asked: Cell::default(),
            current: Cell::new(NONE),
            slot: Cell::default(),
            work: Cell::default(),
        }
    }
}

impl Kept {
    /// A turn without a poll while the worker is not asked to stop. `count`: instructions until now.
    #[inline(always)]
    pub(super) fn turn(&self, count: u64) {
        self.count.set(count);
        self.asked.set(false);
    }

    /// A turn without a poll at an operation while the worker is asked to stop. `polled` and `count`: instructions
    /// until the last poll, and until now.
    pub(super) fn awaited_turn(&self, polled: u64, count: u64, op: u32, kind: LocationKind) {
        let last = self.count.replace(count).max(polled);
        let same = self.polled.replace(polled) == polled;
        if !(self.asked.replace(true) && same) {
            self.turned.iter().for_each(|turned| turned.set(Turned::default()));
            self.before.set(last);
        }
        let spent = count.wrapping_sub(last);
        let mut slot = 0;
        for (index, other) in self.turned.iter().enumerate() {
            let turned = other.get();
            if turned.times > 0 && turned.op == op {
                self.slot.set(index);
                return other.set(turned.with(spent));
            }
            if turned.instructions < self.turned[slot].get().instructions {
                slot = index;
            }
        }
        self.slot.set(slot);
        self.turned[slot].set(Turned { times: 1, instructions: spent, op, kind });
    }

    /// The turn at an operation is noted, and has its own count.
    pub(super) fn stays(&self, op: u32) {
        self.current.set(op);
    }

    /// What is noted is of something else by now, or the worker stops.
    pub(super) fn leaves(&self) {
        self.current.set(NONE);
    }

    /// Whether what is noted is a turn.
    pub(super) fn is_noted(&self) -> bool {
        self.current.get() != NONE
    }

    /// Another turn of the same operation, with nothing between. `false`: it is not.
    #[inline(always)]
    pub(super) fn is_again(&self, op: u32) -> bool {
        self.current.get() == op
    }

    /// As [`awaited_turn`](Self::awaited_turn), for another turn of the same operation. `false`: it has to be called.
    #[inline(always)]
    pub(super) fn again(&self, polled: u64, count: u64, op: u32) -> bool {
        let is_same = self.is_again(op) && self.asked.get() && self.polled.get() == polled;
        if is_same {
            let spent = count.wrapping_sub(self.count.replace(count));
            let slot = &self.turned[self.slot.get() % PLACES];
            slot.set(slot.get().with(spent));
        }
        is_same
    }

    /// A requester waits, and this work is over: the longest work is kept.
    pub(super) fn worked(&self, work: Work) {
        let took = |work: Work| work.until.since(work.from);
        if self.work.get().is_none_or(|other| took(other) <= took(work)) {
            self.work.set(Some(work));
        }
    }

    /// Its turns since the poll at `polled`.
    pub(super) fn turned(&self, polled: u64) -> Option<Account> {
        let last = self.count.get();
        if last <= polled {
            return None;
        }
        if !self.asked.get() {
            return Some(Account { most: Turned::default(), before: last, last });
        }
        let most = self.turned.iter().map(Cell::get).max_by_key(|turned| turned.instructions)?;
        Some(Account { most, before: self.before.get(), last })
    }

    /// The work that was kept. It is reported once.
    pub(super) fn take_work(&self) -> Option<Work> {
        self.work.take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIND: LocationKind = LocationKind::Unpolled;

    /// The report after turns since a poll at 100. For each turn: its operation, its length, and whether the
    /// worker was asked to stop.
    fn account(turns: &[(u32, u64, bool)]) -> Account {
        let kept = Kept::default();
        let mut count = 100;
        for &(op, length, asked) in turns {
            count += length;
            match asked {
                // Every other one the short way, where that is open.
                true if count % 2 == 0 && kept.again(100, count, op) => {}
                true => {
                    kept.awaited_turn(100, count, op, KIND);
                    kept.stays(op);
                }
                false => kept.turn(count),
            }
        }
        let account = kept.turned(100).expect("turns");
        assert_eq!(account.last, count);
        account
    }

    #[test]
    fn turns_before_a_poll_are_forgotten() {
        let kept = Kept::default();
        assert_eq!(kept.turned(0), None);
        kept.awaited_turn(0, 5, 7, LocationKind::Call);
        kept.awaited_turn(0, 9, 7, LocationKind::Call);
        let most = Turned { times: 2, instructions: 9, op: 7, kind: LocationKind::Call };
        assert_eq!(kept.turned(0), Some(Account { most, before: 0, last: 9 }));
        // A poll came at 10: there was no turn since.
        assert_eq!(kept.turned(10), None);
        // The worker stopped for the first request; then there is a new one.
        kept.turn(12);
        kept.awaited_turn(10, 15, 8, KIND);
        let most = Turned { times: 1, instructions: 3, op: 8, kind: KIND };
        assert_eq!(kept.turned(10), Some(Account { most, before: 12, last: 15 }));
        // It stopped at a poll, and was asked again before its next turn.
        kept.stays(8);
        assert!(!kept.again(20, 26, 8));
        kept.awaited_turn(20, 26, 8, KIND);
        let most = Turned { times: 1, instructions: 6, op: 8, kind: KIND };
        assert_eq!(kept.turned(20), Some(Account { most, before: 20, last: 26 }));
    }

    /// Loops one after the other, nested loops, and more loops than have counts of their own.
    #[test]
    fn the_turns_that_had_most_instructions_are_told() {
        let most = |turns: &[(u32, u64, bool)]| {
            let most = account(turns).most;
            (most.op, most.times, most.instructions)
        };
        let one_behind_the_other = [vec![(1, 5, true); 1000], vec![(2, 5, true); 3]].concat();
        assert_eq!(most(&one_behind_the_other), (1, 1000, 5000));
        let in_each_other = [(1, 5, true), (1, 5, true), (1, 5, true), (2, 2, true)].repeat(100);
        assert_eq!(most(&in_each_other), (1, 300, 1500));
        let many: Vec<_> =
            (0..1000).flat_map(|turn| [(1, 5, true), (10 + turn % 50, 4, true)]).collect();
        assert_eq!(most(&many), (1, 1000, 5000));
    }

    #[test]
    fn turns_before_anybody_asked_are_nobodys_cause() {
        let before = vec![(1, 5, false); 1000];
        let account_of = |more: &[(u32, u64, bool)]| account(&[&before[..], more].concat());
        let none = account_of(&[]);
        assert_eq!((none.most.times, none.before), (0, none.last));
        let some = account_of(&[(2, 7, true), (2, 7, true)]);
        let most = Turned { times: 2, instructions: 14, op: 2, kind: KIND };
        assert_eq!(some, Account { most, before: 5100, last: 5114 });
        // That request was given up, and another came.
        let again = account_of(&[(2, 7, true), (3, 1, false), (3, 1, true)]);
        assert_eq!((again.most.op, again.before), (3, 5108));
    }
}
