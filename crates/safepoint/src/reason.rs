//! Why the world is stopped.

use std::fmt;

/// Reasons for stopping the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StopReason {
    /// A garbage collection.
    GarbageCollection,
    /// A snapshot of the machine's state.
    Snapshot,
    /// The debugger.
    Debug,
}

impl StopReason {
    /// Every reason.
    pub const ALL: [Self; 3] = [Self::GarbageCollection, Self::Snapshot, Self::Debug];

    /// Its place in [`StopReason::ALL`].
    pub const fn index(self) -> usize {
        match self {
            Self::GarbageCollection => 0,
            Self::Snapshot => 1,
            Self::Debug => 2,
        }
    }

    /// Steps of priority above the lowest.
    pub(super) const fn priority(self) -> u64 {
        match self {
            Self::GarbageCollection => 0,
            Self::Snapshot => 1,
            Self::Debug => 2,
        }
    }
}

impl fmt::Display for StopReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::GarbageCollection => "garbage collection",
            Self::Snapshot => "snapshot",
            Self::Debug => "debug",
        })
    }
}
