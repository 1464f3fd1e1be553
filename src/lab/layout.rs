//! The addresses of data that a page reads in shared memory.

use serde::Serialize;

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
