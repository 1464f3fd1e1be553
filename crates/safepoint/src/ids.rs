//! Names of workers and pauses.

use std::fmt;

/// The name of a registered worker: a number from zero in the order of registration, never used twice
/// by one coordinator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WorkerId(u32);

impl WorkerId {
    pub(super) const fn new(number: u32) -> Self {
        Self(number)
    }

    /// The number in the order of registration, from zero.
    pub const fn number(self) -> u32 {
        self.0
    }
}

impl fmt::Display for WorkerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "worker {}", self.0)
    }
}

/// The name of a pause that was armed (even if it was given up later), or of a request that was given
/// up before it armed: a number from one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PauseId(u64);

impl PauseId {
    pub(super) const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number in the order of arming or giving up, from one.
    pub const fn number(self) -> u64 {
        self.0
    }

    /// The tag under which slots and the arrival counter know this pause.
    pub(super) fn epoch(self) -> Epoch {
        let tag = (self.0 % u64::from(Epoch::MAX)) + 1;
        Epoch(u32::try_from(tag).unwrap_or(Epoch::MAX))
    }
}

impl fmt::Display for PauseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "pause {}", self.0)
    }
}

/// A pause's 24-bit tag, never zero. Zero in a word means that no pause is armed.
///
/// Tags repeat after 2^24 - 1 pauses. A stale tag does harm only if a worker is suspended between two
/// adjacent instructions of its ack for exactly that many pauses. In that case the check of every slot
/// before the request is granted panics, so no running worker counts as stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Epoch(u32);

impl Epoch {
    /// The largest tag.
    pub(super) const MAX: u32 = (1 << 24) - 1;

    pub(super) const fn from_bits(bits: u32) -> Option<Self> {
        if bits == 0 || bits > Self::MAX { None } else { Some(Self(bits)) }
    }

    pub(super) const fn bits(self) -> u32 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbouring_pauses_have_different_tags_and_none_is_zero() {
        let around_the_wrap = u64::from(Epoch::MAX) - 2..u64::from(Epoch::MAX) + 3;
        let mut last = None;
        for number in around_the_wrap {
            let epoch = PauseId::new(number).epoch();
            assert!((1..=Epoch::MAX).contains(&epoch.bits()));
            assert_ne!(Some(epoch), last);
            last = Some(epoch);
        }
    }
}
