//! Where in its program a worker is.

use crate::sync::{Ordering, record::AtomicU64};

/// What a worker does at a [`Location`]. The coordinator only stores it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum LocationKind {
    /// A poll of no particular kind.
    #[default]
    Poll = 0,
    /// The poll at a call.
    Call = 1,
    /// The poll at a jump backwards.
    BackEdge = 2,
    /// The poll at an allocation.
    Allocation = 3,
    /// The poll at an await.
    Await = 4,
    /// A bulk operation, which runs long without a poll.
    Bulk = 5,
    /// A call that may block, outside a safe region.
    Blocked = 6,
    /// A jump backwards that the poll policy leaves without a poll.
    Unpolled = 7,
    /// No program at all: the worker looks for work.
    Idle = 8,
    /// Before an instruction where somebody who debugs wants to look.
    Halt = 9,
}

impl LocationKind {
    /// Whether a worker may be there for long without reaching a poll.
    pub const fn delays(self) -> bool {
        matches!(self, Self::Bulk | Self::Blocked | Self::Unpolled)
    }

    const ALL: [Self; 10] = [
        Self::Poll,
        Self::Call,
        Self::BackEdge,
        Self::Allocation,
        Self::Await,
        Self::Bulk,
        Self::Blocked,
        Self::Unpolled,
        Self::Idle,
        Self::Halt,
    ];
}

/// A place in a program. Opaque to the coordinator, which hands it from the worker to whoever asks
/// where that worker was last seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Location {
    /// The task that the worker was running.
    pub task: u32,
    /// The function, by its index.
    pub function: u32,
    /// The instruction, by its offset in the function.
    pub instruction: u32,
    /// What the worker was doing there.
    pub kind: LocationKind,
}

/// A location that its worker writes and anybody may read.
///
/// Function and instruction are one word, so they always belong together; task and kind are another
/// and can be one note older or newer when read while the worker runs.
#[derive(Default)]
#[repr(C)]
pub(super) struct LocationCell {
    place: AtomicU64,
    doing: AtomicU64,
}

/// Set in `doing` once anything was noted.
const NOTED: u64 = 1 << 63;

impl LocationCell {
    #[inline(always)]
    pub(super) fn set(&self, location: Location) {
        let place = u64::from(location.function) << 32 | u64::from(location.instruction);
        let doing = NOTED | u64::from(location.task) << 8 | location.kind as u64;
        self.place.store(place, Ordering::Relaxed);
        self.doing.store(doing, Ordering::Relaxed);
    }

    pub(super) fn clear(&self) {
        self.doing.store(0, Ordering::Relaxed);
    }

    pub(super) fn get(&self) -> Option<Location> {
        let place = self.place.load(Ordering::Relaxed);
        let doing = self.doing.load(Ordering::Relaxed);
        if doing & NOTED == 0 {
            return None;
        }
        Some(Location {
            task: (doing >> 8) as u32,
            function: (place >> 32) as u32,
            instruction: place as u32,
            kind: LocationKind::ALL.get(usize::from(doing as u8)).copied().unwrap_or_default(),
        })
    }

    pub(super) fn copy_from(&self, other: &Self) {
        self.place.store(other.place.load(Ordering::Relaxed), Ordering::Relaxed);
        self.doing.store(other.doing.load(Ordering::Relaxed), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_noted_is_what_is_read() {
        let cell = LocationCell::default();
        assert_eq!(cell.get(), None);
        for kind in LocationKind::ALL {
            let location = Location {
                task: u32::MAX,
                function: u32::MAX - 1,
                instruction: u32::MAX - 2,
                kind,
            };
            cell.set(location);
            assert_eq!(cell.get(), Some(location));
        }
        cell.clear();
        assert_eq!(cell.get(), None);
    }
}
