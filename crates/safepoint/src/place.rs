//! Where in its program a worker is.

use crate::sync::{Ordering, record::AtomicU64};
use std::fmt;

/// A place in a runtime's program: two numbers of the runtime's choosing, which the coordinator hands from the worker
/// to the reports, and one thing that it looks at: whether a worker may be there for long.
///
/// An address alone, an index of a function and an offset in it, a frame: whatever fits. A runtime with a type of its own
/// for places converts it from and into this one.
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

    /// The place of that number, such as an address. Places of one number are one place, whatever their detail.
    pub const fn at(address: u64) -> Self {
        Self { at: address, doing: 0 }
    }

    /// What the worker does there, such as the number of a task or a kind of instruction.
    ///
    /// # Panics
    ///
    /// If `detail` is above [`Place::MAX_DETAIL`].
    pub const fn with_detail(self, detail: u64) -> Self {
        assert!(detail <= Self::MAX_DETAIL, "a detail has 62 bits");
        Self { at: self.at, doing: self.doing & DELAYS | detail }
    }

    /// Says that a worker may be there for long without a poll, so that what was [noted](super::Worker::note) is why it
    /// is late: [`Arrival::cause`](super::Arrival::cause).
    pub const fn delaying(self) -> Self {
        Self { at: self.at, doing: self.doing | DELAYS }
    }

    /// The number of the place.
    pub const fn address(self) -> u64 {
        self.at
    }

    /// What the worker does there.
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
/// Each of the two words can be one note older or newer than the other when read while the worker runs.
#[derive(Default)]
#[repr(C)]
pub(super) struct PlaceCell {
    at: AtomicU64,
    doing: AtomicU64,
}

/// Set in `doing` once anything was noted.
const NOTED: u64 = 1 << 63;

impl PlaceCell {
    #[inline(always)]
    pub(super) fn set(&self, place: Place) {
        self.at.store(place.at, Ordering::Relaxed);
        self.doing.store(NOTED | place.doing, Ordering::Relaxed);
    }

    pub(super) fn clear(&self) {
        self.doing.store(0, Ordering::Relaxed);
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
    }
}
