//! Where programs poll: the one place that decides it.

use std::num::NonZeroU16;

use serde::Serialize;

/// The kinds of places at which a program may poll.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PollKind {
    /// Before a call.
    Call,
    /// A jump backwards that is taken.
    BackEdge,
    /// Before an allocation.
    Allocation,
    /// Before waiting for a task.
    Await,
    /// Where the program itself says so: before `poll`, and before a stop or a handshake that the program makes. It
    /// polls under every policy.
    Explicit,
}

/// Which kinds of sites poll.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct PollPolicy {
    /// Calls poll.
    pub calls: bool,
    /// Taken back-edges poll.
    pub back_edges: bool,
    /// Allocations poll.
    pub allocations: bool,
    /// Awaits poll.
    pub awaits: bool,
    /// If back-edges poll, only every n-th taken one does (counted per task).
    pub every: NonZeroU16,
}

impl Default for PollPolicy {
    fn default() -> Self {
        Self {
            calls: true,
            back_edges: true,
            allocations: true,
            awaits: true,
            every: NonZeroU16::MIN,
        }
    }
}

impl PollPolicy {
    /// Whether sites of this kind poll.
    pub fn polls(&self, kind: PollKind) -> bool {
        match kind {
            PollKind::Call => self.calls,
            PollKind::BackEdge => self.back_edges,
            PollKind::Allocation => self.allocations,
            PollKind::Await => self.awaits,
            PollKind::Explicit => true,
        }
    }

    /// How often sites of this kind poll, as [`PollSite::placed`](super::PollSite::placed) says it for one site.
    pub fn often(&self, kind: PollKind) -> u16 {
        match kind {
            PollKind::BackEdge if self.back_edges => self.every.get(),
            kind => self.polls(kind).into(),
        }
    }

    /// All bits that [`bits`](Self::bits) may set.
    pub const BITS: u8 = 0b1111;

    /// The kinds that poll, as modules and snapshots say it: calls 1, back-edges 2, allocations 4, awaits 8.
    pub fn bits(&self) -> u8 {
        let kinds = [self.calls, self.back_edges, self.allocations, self.awaits];
        kinds.iter().rev().fold(0, |bits, polls| bits << 1 | u8::from(*polls))
    }

    /// The policy of which [`bits`](Self::bits) gives these.
    pub fn from_bits(bits: u8, every: NonZeroU16) -> Self {
        let polls = |bit: u8| bits >> bit & 1 == 1;
        Self {
            calls: polls(0),
            back_edges: polls(1),
            allocations: polls(2),
            awaits: polls(3),
            every,
        }
    }
}
