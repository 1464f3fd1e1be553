//! A stretch of time that is reported from outside, such as by the page.

use std::time::Duration;

use safepoint::clock::Timestamp;
use safepoint::sync::{AtomicU64, Ordering};

/// The last stretch of time in which a condition was true, as written by code that shares the
/// memory but may be in another language. It is two words: its beginning and its end, in
/// nanoseconds like [`Timestamp`]; `u64::MAX` if that has not come. At a new stretch, the writer
/// sets the first word, then the second.
#[derive(Debug)]
pub(super) struct Stretch([AtomicU64; 2]);

impl Default for Stretch {
    fn default() -> Self {
        Self([AtomicU64::new(u64::MAX), AtomicU64::new(u64::MAX)])
    }
}

impl Stretch {
    /// How much of the time from `from` to `to` it covers.
    pub(super) fn within(&self, from: Timestamp, to: Timestamp) -> Duration {
        let [begun, until] = &self.0;
        let until = Timestamp::from_nanos(until.load(Ordering::Acquire));
        let begun = Timestamp::from_nanos(begun.load(Ordering::Relaxed));
        until.min(to).since(begun.max(from))
    }

    /// The address of the two words.
    pub(super) fn address(&self) -> usize {
        self.0.as_ptr().addr()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_covers_its_part_of_a_time() {
        let stretch = Stretch::default();
        let [from, until] = &stretch.0;
        let covered =
            || stretch.within(Timestamp::from_nanos(100), Timestamp::from_nanos(200)).as_nanos();
        assert_eq!(covered(), 0);
        for (begun, ended, covers) in
            [(150, u64::MAX, 50), (0, u64::MAX, 100), (150, 160, 10), (0, 50, 0), (300, 200, 0)]
        {
            from.store(begun, Ordering::Relaxed);
            until.store(ended, Ordering::Relaxed);
            assert_eq!(covered(), covers, "{begun} to {ended}");
        }
    }
}
