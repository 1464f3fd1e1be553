//! The reasons for pauses.

use std::fmt;

/// The reasons for which a runtime stops its world: its own enumeration, or [`StopReason`].
///
/// ```
/// use safepoint::{Config, Reason, SafepointCoordinator};
///
/// #[derive(Clone, Copy, Debug, PartialEq, Eq)]
/// enum Why { Collect, Deoptimise }
///
/// impl Reason for Why {
///     const ALL: &'static [Self] = &[Self::Collect, Self::Deoptimise];
///     fn priority(self) -> u32 { u32::from(self == Self::Deoptimise) }
/// }
///
/// impl std::fmt::Display for Why {
///     fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
///         f.write_str(match self { Self::Collect => "collect", Self::Deoptimise => "deoptimise" })
///     }
/// }
///
/// let coordinator: SafepointCoordinator<Why> = SafepointCoordinator::of(Config::default());
/// let stopped = coordinator.request_stw_pause(Why::Deoptimise)?;
/// assert_eq!(stopped.reason(), Why::Deoptimise);
/// # Ok::<(), safepoint::PauseError<Why>>(())
/// ```
pub trait Reason: Copy + Eq + fmt::Debug + fmt::Display + Send + Sync + 'static {
    /// Every reason, each once, and at most 254. A reason that is missing here works, but statistics do not count it, and
    /// [`current_reason`](super::SafepointCoordinator::current_reason) does not return it.
    const ALL: &'static [Self];

    /// The priority, in steps above the lowest: see [`Config::aging`](super::Config::aging).
    fn priority(self) -> u32 {
        0
    }
}

/// The index of a reason in [`Reason::ALL`], plus one; [`u8::MAX`] if it is missing there. Never 0.
pub(super) fn code<R: Reason>(reason: R) -> u8 {
    let index = R::ALL.iter().position(|known| *known == reason);
    index.and_then(|index| u8::try_from(index + 1).ok()).unwrap_or(u8::MAX)
}

/// The reason with that [`code`].
pub(super) fn of_code<R: Reason>(code: u8) -> Option<R> {
    if code == u8::MAX { None } else { R::ALL.get(usize::from(code).checked_sub(1)?).copied() }
}

/// The three reasons of a virtual machine: a collector, snapshots, a debugger.
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

    /// Its index in [`StopReason::ALL`].
    pub const fn index(self) -> usize {
        self as usize
    }
}

impl Reason for StopReason {
    const ALL: &'static [Self] = &Self::ALL;

    fn priority(self) -> u32 {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_names_its_reason() {
        for (index, &reason) in StopReason::ALL.iter().enumerate() {
            assert_eq!(reason.index(), index);
            assert_eq!(of_code(code(reason)), Some(reason));
        }
        assert_eq!(of_code::<StopReason>(0), None);
        assert_eq!(of_code::<StopReason>(u8::MAX), None);
    }
}
