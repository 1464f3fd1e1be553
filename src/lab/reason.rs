//! The reasons of pauses, by the names that scripts use.

use safepoint::StopReason;
use serde::Serialize;

/// Why the world is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Reason {
    /// A collection of the heap.
    Gc,
    /// A consistent copy of the program's state.
    Snapshot,
    /// A look at tasks, frames and heap.
    Debug,
}

impl Reason {
    /// Its name in scripts.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gc => "gc",
            Self::Snapshot => "snapshot",
            Self::Debug => "debug",
        }
    }

    /// The reason of that name.
    pub fn of_name(name: &str) -> Option<Self> {
        [Self::Gc, Self::Snapshot, Self::Debug].into_iter().find(|reason| reason.name() == name)
    }
}

impl From<Reason> for StopReason {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::Gc => Self::GarbageCollection,
            Reason::Snapshot => Self::Snapshot,
            Reason::Debug => Self::Debug,
        }
    }
}

impl From<StopReason> for Reason {
    fn from(reason: StopReason) -> Self {
        match reason {
            StopReason::GarbageCollection => Self::Gc,
            StopReason::Snapshot => Self::Snapshot,
            StopReason::Debug => Self::Debug,
        }
    }
}
