//! What a worker did since its last poll, kept for whoever waited for it meanwhile.
//!
//! Nothing here is done at a poll that finds nothing to do. What was kept before such a poll is told
//! from what came after it by the count of instructions at the last poll, which is there when profiling.

use std::cell::Cell;

use crate::clock::Timestamp;
use crate::safepoint::{Location, LocationKind};

/// What a worker did since its last poll.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Since {
    /// Visible instructions; `None` unless profiling.
    pub instructions: Option<u64>,
    /// Back-edges, and calls within a recursion, that do not poll; `None` if there was none, and unless
    /// profiling.
    pub turns: Option<Turns>,
    /// The longest work that was still under way when somebody came to wait for this worker, or began
    /// afterwards.
    pub work: Option<Work>,
}

/// Back-edges, or calls within a recursion, without a poll.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turns {
    /// How many.
    pub times: u64,
    /// The last one.
    pub location: Location,
    /// Instructions that were executed after it.
    pub after: u64,
}

/// Work during which a worker does not poll.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Work {
    /// What it did.
    pub kind: WorkKind,
    /// At which instruction.
    pub location: Location,
    /// How much, in the unit of the kind.
    pub amount: u64,
    /// When it began; the clock's origin if that was before anybody waited.
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
}

/// A worker's account of it.
#[derive(Debug, Default)]
pub(super) struct Kept {
    turning: Cell<Turning>,
    work: Cell<Option<Work>>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Turning {
    /// The count of instructions at the poll before.
    polled: u64,
    times: u64,
    /// The count behind the last turn, and its operation.
    count: u64,
    op: u32,
    kind: LocationKind,
}

/// Turns without a poll.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Turned {
    pub(super) times: u64,
    pub(super) count: u64,
    pub(super) op: u32,
    pub(super) kind: LocationKind,
}

impl Kept {
    /// A turn without a poll at an operation; `polled` and `count`: instructions until the last poll, and
    /// until now.
    #[inline(always)]
    pub(super) fn turn(&self, polled: u64, count: u64, op: u32, kind: LocationKind) {
        let before = self.turning.get();
        let times = if before.polled == polled { before.times } else { 0 };
        self.turning.set(Turning { polled, times: times + 1, count, op, kind });
    }

    /// Somebody waits, and this work is over: the longest counts.
    pub(super) fn worked(&self, work: Work) {
        let took = |work: Work| work.until.since(work.from);
        if self.work.get().is_none_or(|other| took(other) <= took(work)) {
            self.work.set(Some(work));
        }
    }

    /// How often it turned without a poll since the one at `polled`, the last operation, and the count
    /// behind that.
    pub(super) fn turned(&self, polled: u64) -> Option<Turned> {
        let Turning { polled: at, times, count, op, kind } = self.turning.get();
        (at == polled && times > 0).then_some(Turned { times, count, op, kind })
    }

    /// The work that was kept, which is told now.
    pub(super) fn take_work(&self) -> Option<Work> {
        self.work.take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_before_a_poll_are_forgotten() {
        let kept = Kept::default();
        assert_eq!(kept.turned(0), None);
        let (kind, call) = (LocationKind::Unpolled, LocationKind::Call);
        kept.turn(0, 5, 7, call);
        kept.turn(0, 9, 7, kind);
        assert_eq!(kept.turned(0), Some(Turned { times: 2, count: 9, op: 7, kind }));
        // A poll came at 10: nothing was turned since.
        assert_eq!(kept.turned(10), None);
        kept.turn(10, 12, 8, kind);
        assert_eq!(kept.turned(10), Some(Turned { times: 1, count: 12, op: 8, kind }));
    }
}
