//! Known ways to break the protocol, for checks that must be seen to fail.
//!
//! Switched on one at a time by the model tests, and only there: in every other build the question
//! whether one is on is the constant `false`.

/// One way to break the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Mutant {
    /// The arrival count is opened after the slots were armed.
    RequestAfterArming = 1,
    /// Leaving a safe region is a load and a store instead of a compare-exchange.
    PlainStoreOnLeave,
    /// A newcomer runs at once, whatever is asked of its slot.
    NewcomersRun,
    /// Free slots are not armed, so who claims one does not find the request.
    FreeSlotsNotArmed,
    /// Resuming orders nothing.
    RelaxedResume,
    /// The arrival count does not look at the pause's tag.
    UntaggedArrivals,
    /// An arrival orders nothing.
    RelaxedArrival,
    /// Becoming SAFE orders nothing.
    RelaxedEnter,
    /// The gate opens before the requests are taken back.
    GateBeforeDisarm,
    /// The requester looks at the arrival count before it looks at its doorbell.
    DoorbellReadLate,
    /// Leaving a safe region does not wait for a closure that runs on the worker's behalf.
    LeaveDuringHandshake,
    /// Whoever offers work does not wait for those who took part.
    HelpersNotAwaited,
    /// A worker that dies while it helps is waited for.
    DeadHelperAwaited,
    /// Giving a pause up does not look whose count it ends.
    GiveUpIgnoresEpoch,
    /// A request that was forgotten arms all the same.
    ForgottenArms,
    /// A closure is posted to whoever has the slot.
    PostToTheSlot,
    /// Whoever has the slot is declared dead.
    BuryTheSlot,
    /// A slot is given back while a closure runs for its worker.
    VacatedDuringHandshake,
    /// A worker that was declared dead in a safe region leaves it while the world is stopped.
    TheDeadWalk,
    /// A panic of foreign code goes through the coordinator.
    PanicsPassThrough,
    /// A worker sets its limit without looking whether it is poisoned.
    LimitOverPoison,
    /// Arrivals before the last ring no bell although the requester visits each.
    VisitorNotRung,
}

impl Mutant {
    /// Every one.
    #[cfg(any(loom, shuttle))]
    pub const ALL: [Self; 22] = [
        Self::RequestAfterArming,
        Self::PlainStoreOnLeave,
        Self::NewcomersRun,
        Self::FreeSlotsNotArmed,
        Self::RelaxedResume,
        Self::UntaggedArrivals,
        Self::RelaxedArrival,
        Self::RelaxedEnter,
        Self::GateBeforeDisarm,
        Self::DoorbellReadLate,
        Self::LeaveDuringHandshake,
        Self::HelpersNotAwaited,
        Self::DeadHelperAwaited,
        Self::GiveUpIgnoresEpoch,
        Self::ForgottenArms,
        Self::PostToTheSlot,
        Self::BuryTheSlot,
        Self::VacatedDuringHandshake,
        Self::TheDeadWalk,
        Self::PanicsPassThrough,
        Self::LimitOverPoison,
        Self::VisitorNotRung,
    ];

    /// Whether this one is on.
    #[cfg(any(loom, shuttle))]
    pub(super) fn is_on(self) -> bool {
        ACTIVE.load(std::sync::atomic::Ordering::Relaxed) == self as u8
    }

    /// Whether this one is on: never.
    #[cfg(not(any(loom, shuttle)))]
    #[inline(always)]
    pub(super) const fn is_on(self) -> bool {
        false
    }
}

#[cfg(any(loom, shuttle))]
static ACTIVE: std::sync::atomic::AtomicU8 = std::sync::atomic::AtomicU8::new(0);

/// Switches one on, or all off, for the whole process.
#[cfg(any(loom, shuttle))]
pub fn set_mutant(mutant: Option<Mutant>) {
    let active = mutant.map_or(0, |mutant| mutant as u8);
    ACTIVE.store(active, std::sync::atomic::Ordering::Relaxed);
}
