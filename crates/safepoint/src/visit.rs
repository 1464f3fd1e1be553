//! A view of a stopped worker and its data.

use super::{ids::WorkerId, place::Place, slot::Slot};
use std::{
    any::Any,
    fmt,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::Arc,
};

/// A worker that is stopped or in a safe region, with the data that it was registered with.
pub struct StoppedWorker<D> {
    worker: WorkerId,
    place: Option<Place>,
    data: Arc<D>,
}

impl<D> StoppedWorker<D> {
    pub(super) fn new(slot: &Slot, data: Arc<D>) -> Self {
        Self { worker: slot.worker(), place: slot.arrival.place.get(), data }
    }

    /// The worker's name.
    pub fn id(&self) -> WorkerId {
        self.worker
    }

    /// Where it stopped, or the place of its last note when it entered its safe region.
    pub fn place(&self) -> Option<Place> {
        self.place
    }

    /// The data that the worker was registered with.
    pub fn data(&self) -> &D {
        &self.data
    }
}

impl<D> fmt::Debug for StoppedWorker<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoppedWorker")
            .field("worker", &self.worker)
            .field("place", &self.place)
            .finish_non_exhaustive()
    }
}

/// A requester's closure for each worker that arrives, and its panic.
pub(super) struct Visitor<'a, D> {
    visit: Visit<'a, D>,
    /// After a panic the closure is not called again.
    panicked: Option<Panic>,
}

/// The payload of a visitor's panic.
pub(super) struct Panic(Box<dyn Any + Send>);

impl Panic {
    /// Continues the panic. Called when the pause is over.
    pub(super) fn go_on(self) -> ! {
        resume_unwind(self.0)
    }
}

/// A requester's closure.
pub(super) type Visit<'a, D> = Box<dyn FnMut(&StoppedWorker<D>) + 'a>;

impl<'a, D> Visitor<'a, D> {
    pub(super) fn new(visit: Visit<'a, D>) -> Self {
        Self { visit, panicked: None }
    }

    /// Visits workers. A panic is kept until the pause is over.
    pub(super) fn visit(&mut self, arrived: &[StoppedWorker<D>]) {
        for worker in arrived {
            if self.panicked.is_some() {
                return;
            }
            let visit = &mut self.visit;
            self.panicked = catch_unwind(AssertUnwindSafe(|| visit(worker))).err().map(Panic);
        }
    }

    pub(super) fn panic(self) -> Option<Panic> {
        self.panicked
    }
}
