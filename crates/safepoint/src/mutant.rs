//! Mutants: known ways to break the protocol, each of which a check must detect.
//!
//! The model tests switch them on, one at a time. In every other build `is_on` is the constant
//! `false`.

/// One way to break the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Mutant {
    /// The arrival count is opened after the slots were armed.
    RequestAfterArming = 1,
    /// Leaving a safe region is a load and a store instead of a compare-exchange.
    PlainStoreOnLeave,
    /// A newcomer runs at once, also if its slot is armed.
    NewcomersRun,
    /// Free slots are not armed, so a worker that claims one does not find the request.
    FreeSlotsNotArmed,
    /// Resuming orders nothing.
    RelaxedResume,
    /// Counting an arrival does not check the pause's tag.
    UntaggedArrivals,
    /// An arrival orders nothing.
    RelaxedArrival,
    /// Becoming SAFE orders nothing.
    RelaxedEnter,
    /// The gate opens before the slots are disarmed.
    GateBeforeDisarm,
    /// The requester reads the arrival count before it reads its doorbell.
    DoorbellReadLate,
    /// Leaving a safe region does not wait for a closure that runs on the worker's behalf.
    LeaveDuringHandshake,
    /// The holder does not wait for its helpers.
    HelpersNotAwaited,
    /// The holder waits for a worker that has died while it helped.
    DeadHelperAwaited,
    /// Giving a pause up does not check which pause's count it ends.
    GiveUpIgnoresEpoch,
    /// A request that was forgotten still arms.
    ForgottenArms,
    /// A closure is posted to the present owner of the slot.
    PostToTheSlot,
    /// The present owner of the slot is declared dead.
    BuryTheSlot,
    /// A slot is given back while a closure runs for its worker.
    VacatedDuringHandshake,
    /// A worker that was declared dead in a safe region leaves it while the world is stopped.
    TheDeadWalk,
    /// A panic of foreign code goes through the coordinator.
    PanicsPassThrough,
    /// A worker sets its limit without checking whether it is poisoned.
    LimitOverPoison,
    /// Arrivals before the last ring no bell, although the requester visits each.
    VisitorNotRung,
}

impl Mutant {
    /// Every mutant.
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

/// Switches this mutant on, or all off, for the whole process.
#[cfg(any(loom, shuttle))]
pub fn set_mutant(mutant: Option<Mutant>) {
    let active = mutant.map_or(0, |mutant| mutant as u8);
    ACTIVE.store(active, std::sync::atomic::Ordering::Relaxed);
}
