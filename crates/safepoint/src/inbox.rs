//! The closures that were posted to one worker.

use std::collections::VecDeque;

/// A closure to run for a worker.
pub(super) type Job = Box<dyn FnOnce() + Send>;

/// Closures that wait for one worker.
#[derive(Default)]
pub(super) struct Inbox {
    /// Boxed, because a slot must fit into two cache lines.
    #[expect(clippy::box_collection, reason = "makes the slot smaller")]
    pub(super) jobs: Box<VecDeque<Job>>,
    /// The slot has a worker that is not dead.
    pub(super) open: bool,
    /// A thread is running the closures.
    pub(super) executing: bool,
    /// The worker wants to run or to deregister, and sleeps until the closures have run.
    pub(super) owner_waits: bool,
}

impl Inbox {
    /// The inbox of a worker that has just claimed its slot.
    pub(super) fn open() -> Self {
        Self { open: true, ..Self::default() }
    }
}
