//! The addresses of data that a page reads in shared memory.

use machine::vm::Machine;
use safepoint::{CancelToken, clock};
use serde::Serialize;

use super::journal::Journal;
use super::recorder::micros;

/// The addresses of a run's data that a page reads in shared memory.
#[derive(Debug, Clone, Serialize)]
pub struct Layout {
    /// See [`CancelToken::addresses`](safepoint::CancelToken::addresses).
    pub cancel: CancelLayout,
    /// The workers' status blocks.
    pub status: StatusLayout,
    /// One per worker, then the requester's.
    pub rings: Vec<RingLayout>,
    /// Two 64-bit words that the page writes: when it was hidden last and when it was shown again,
    /// in nanoseconds by the engine's clock; all ones if that has not happened. The page writes a
    /// new beginning before a new end.
    pub hidden: usize,
    /// The engine's clock, microseconds.
    pub now: f64,
}

impl Layout {
    pub(super) fn of(machine: &Machine, cancel: &CancelToken, journal: &Journal) -> Self {
        let block = |index| std::ptr::from_ref(machine.worker_block(index)).addr();
        let count = machine.workers();
        let [flag, bells @ ..] = cancel.addresses();
        let ring = |(address, capacity)| RingLayout { address, capacity };
        Self {
            cancel: CancelLayout { flag, bells },
            status: StatusLayout {
                address: block(0),
                stride: if count > 1 { block(1) - block(0) } else { 64 },
                count,
            },
            hidden: journal.hidden.address(),
            now: micros(clock::now()),
            rings: journal.recorder.rings().into_iter().map(ring).collect(),
        }
    }
}

/// How to cancel a pause from outside.
#[derive(Debug, Clone, Serialize)]
pub struct CancelLayout {
    /// A word to be set to 1.
    pub flag: usize,
    /// Words to be incremented and notified afterwards.
    pub bells: [usize; 2],
}

/// Where the status blocks are; see [`machine::vm::WorkerBlock`].
#[derive(Debug, Clone, Serialize)]
pub struct StatusLayout {
    /// Address of the first block.
    pub address: usize,
    /// Bytes from one block to the next.
    pub stride: usize,
    /// How many blocks.
    pub count: usize,
}

/// Where a ring is; see [`crate::trace`].
#[derive(Debug, Clone, Serialize)]
pub struct RingLayout {
    /// Address of its header.
    pub address: usize,
    /// Capacity in events.
    pub capacity: u32,
}
