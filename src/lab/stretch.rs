//! A stretch of time that somebody outside tells of.

use std::time::Duration;

use safepoint::clock::Timestamp;
use safepoint::sync::{AtomicU64, Ordering};

/// The last stretch of time in which something held, told by somebody who may share the memory but not the
/// language: two words, from when and until when, in nanoseconds like [`Timestamp`]; `u64::MAX` where that
/// has not come. Who tells that another stretch begins writes the first word, then the second.
#[derive(Debug)]
pub(super) struct Stretch([AtomicU64; 2]);

impl Default for Stretch {
    fn default() -> Self {
        Self([AtomicU64::new(u64::MAX), AtomicU64::new(u64::MAX)])
    }
}

impl Stretch {
    /// How much of that time it covers.
    pub(super) fn within(&self, from: Timestamp, to: Timestamp) -> Duration {
        let [begun, until] = &self.0;
        let until = Timestamp::from_nanos(until.load(Ordering::Acquire));
        let begun = Timestamp::from_nanos(begun.load(Ordering::Relaxed));
        until.min(to).since(begun.max(from))
    }

    /// Where the two words are.
    pub(super) fn address(&self) -> usize {
        self.0.as_ptr().addr()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_covers_what_it_holds_of_a_time() {
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
