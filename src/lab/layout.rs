//! Where a page finds in shared memory what it reads in place.

use serde::Serialize;

/// Where the run keeps what a page reads from shared memory.
#[derive(Debug, Clone, Serialize)]
pub struct Layout {
    /// See [`CancelToken::addresses`](safepoint::CancelToken::addresses).
    pub cancel: CancelLayout,
    /// The workers' status blocks.
    pub status: StatusLayout,
    /// One per worker, then the requester's.
    pub rings: Vec<RingLayout>,
    /// Two 64-bit words that the page writes: since when and until when it was hidden last, in nanoseconds by
    /// the engine's clock; all ones where that has not come. A new beginning is written before a new end.
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
    /// Of the first block.
    pub address: usize,
    /// Bytes from one to the next.
    pub stride: usize,
    /// How many.
    pub count: usize,
}

/// Where a ring is; see [`crate::trace`].
#[derive(Debug, Clone, Serialize)]
pub struct RingLayout {
    /// Of its header.
    pub address: usize,
    /// In events.
    pub capacity: u32,
}
