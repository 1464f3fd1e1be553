//! The place in a program at which a worker is.

use crate::sync::{Ordering, record::AtomicU64};
use std::fmt;

/// A place in a runtime's program: two numbers that the runtime chooses and the coordinator only passes on to the
/// reports, and a flag that the coordinator reads: whether a worker may be there for long.
///
/// The numbers may be an address, a function's index with an offset, or a frame. A runtime that has its own type for
/// places converts it to and from this one.
///
/// ```
/// use safepoint::Place;
///
/// struct InFunction { function: u32, line: u32 }
///
/// impl From<InFunction> for Place {
///     fn from(it: InFunction) -> Self {
///         Place::at(u64::from(it.function) << 32 | u64::from(it.line))
///     }
/// }
/// # assert_eq!(Place::from(InFunction { function: 1, line: 7 }).address(), 1 << 32 | 7);
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    at: u64,
    /// The detail, and the flag [`DELAYS`].
    doing: u64,
}

/// Set in [`Place::doing`] where a worker may be for long.
const DELAYS: u64 = 1 << 62;

impl Place {
    /// The largest detail.
    pub const MAX_DETAIL: u64 = DELAYS - 1;

    /// The place with this number, such as an address. Places with equal numbers count as one place in statistics, whatever
    /// their detail.
    pub const fn at(address: u64) -> Self {
        Self { at: address, doing: 0 }
    }

    /// Adds a detail about what the worker does there, such as the number of a task or a kind of instruction.
    ///
    /// # Panics
    ///
    /// If `detail` is above [`Place::MAX_DETAIL`].
    pub const fn with_detail(self, detail: u64) -> Self {
        assert!(detail <= Self::MAX_DETAIL, "a detail has 62 bits");
        Self { at: self.at, doing: self.doing & DELAYS | detail }
    }

    /// Marks a place where a worker may be for long without a poll. If a worker has [noted](super::Worker::note) such a
    /// place and is late, reports name it as the [cause](super::Arrival::cause).
    pub const fn delaying(self) -> Self {
        Self { at: self.at, doing: self.doing | DELAYS }
    }

    /// The number of the place.
    pub const fn address(self) -> u64 {
        self.at
    }

    /// The detail: what the worker does there.
    pub const fn detail(self) -> u64 {
        self.doing & Self::MAX_DETAIL
    }

    /// Whether a worker may be there for long without a poll.
    pub const fn delays(self) -> bool {
        self.doing & DELAYS != 0
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Place")
            .field("address", &format_args!("{:#x}", self.at))
            .field("detail", &format_args!("{:#x}", self.detail()))
            .field("delays", &self.delays())
            .finish()
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#x}", self.at)?;
        match self.detail() {
            0 => Ok(()),
            detail => write!(f, " ({detail:#x})"),
        }
    }
}

/// A place that its worker writes and every thread may read.
///
/// A reader may see the two words of different notes while the worker runs.
#[derive(Default)]
#[repr(C)]
pub(super) struct PlaceCell {
    at: AtomicU64,
    doing: AtomicU64,
}

/// Set in `doing` while there is a note.
const NOTED: u64 = 1 << 63;

impl PlaceCell {
    /// Stores what differs: a loop notes the same place at each turn, and in WebAssembly every atomic store is a
    /// sequentially consistent one, which costs many times a load.
    #[inline(always)]
    pub(super) fn set(&self, place: Place) {
        let differs = |word: &AtomicU64, new| word.load(Ordering::Relaxed) != new;
        if differs(&self.at, place.at) {
            self.at.store(place.at, Ordering::Relaxed);
        }
        let doing = NOTED | place.doing;
        if differs(&self.doing, doing) {
            self.doing.store(doing, Ordering::Relaxed);
        }
    }

    pub(super) fn clear(&self) {
        if self.doing.load(Ordering::Relaxed) != 0 {
            self.doing.store(0, Ordering::Relaxed);
        }
    }

    pub(super) fn get(&self) -> Option<Place> {
        let at = self.at.load(Ordering::Relaxed);
        let doing = self.doing.load(Ordering::Relaxed);
        (doing & NOTED != 0).then_some(Place { at, doing: doing & !NOTED })
    }

    pub(super) fn copy_from(&self, other: &Self) {
        self.at.store(other.at.load(Ordering::Relaxed), Ordering::Relaxed);
        self.doing.store(other.doing.load(Ordering::Relaxed), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_that_was_noted_is_read_as_it_was() {
        let cell = PlaceCell::default();
        assert_eq!(cell.get(), None);
        let there = Place::at(u64::MAX).with_detail(Place::MAX_DETAIL);
        for place in [Place::default(), there, there.delaying(), Place::at(1).delaying()] {
            cell.set(place);
            assert_eq!(cell.get(), Some(place));
        }
        assert_eq!((there.detail(), there.delays()), (Place::MAX_DETAIL, false));
        assert_eq!(there.delaying().with_detail(3).detail(), 3);
        cell.clear();
        assert_eq!(cell.get(), None);
        // The same as before the note was removed.
        cell.set(Place::at(1).delaying());
        assert_eq!(cell.get(), Some(Place::at(1).delaying()));
    }
}
