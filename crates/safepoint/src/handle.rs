//! Reaching a worker from outside.

use super::{
    handshake,
    ids::WorkerId,
    reason::{Reason, StopReason},
    shared::Shared,
    slot::Slot,
};
use std::{
    fmt,
    sync::{Arc, Weak},
};

/// One registration of a worker, for whoever wants something of it: cheap to clone, usable from any
/// thread.
///
/// Slots are used again, handles are not: what is asked through the handle of a worker that is gone
/// comes to nothing, and never to the worker that has the slot by then.
pub struct WorkerHandle<R: Reason = StopReason, D = ()> {
    slot: Arc<Slot>,
    shared: Arc<Shared<R, D>>,
    id: WorkerId,
    data: Weak<D>,
}

impl<R: Reason, D> WorkerHandle<R, D> {
    pub(super) fn new(slot: &Arc<Slot>, shared: &Arc<Shared<R, D>>, data: &Weak<D>) -> Self {
        let (slot, shared, data) = (Arc::clone(slot), Arc::clone(shared), Weak::clone(data));
        Self { id: slot.worker(), slot, shared, data }
    }

    /// Whose it is.
    pub fn id(&self) -> WorkerId {
        self.id
    }

    /// What it was registered with; `None` once it is gone.
    pub fn data(&self) -> Option<Arc<D>> {
        self.data.upgrade()
    }

    /// Has `f` run for the worker at its next poll, and does not wait for it. For a worker that counts
    /// as stopped it runs here, and that worker stays where it is meanwhile. False if the worker is
    /// dead or deregistered; then `f` is dropped.
    ///
    /// `f` may run while the world is stopped for somebody else, so it must not touch what a stopped
    /// world protects. It must not start or drop the worker that it runs for, which would wait for `f`
    /// to return. A panic of `f` is caught, wherever it runs: the panic hook tells of it, and the
    /// worker goes on, since it is not the worker's.
    pub fn post(&self, f: impl FnOnce(WorkerId) + Send + 'static) -> bool {
        let id = self.id;
        self.post_job(Box::new(move || f(id)))
    }

    pub(super) fn post_job(&self, job: handshake::Job) -> bool {
        handshake::post(&self.shared.gate, &self.slot, self.id, job)
    }

    /// Declares the worker dead, because its thread is gone without having dropped its
    /// [`Worker`](super::Worker): nothing waits for it any more, a pause that did completes and names
    /// it, what it had asked for is forgotten, and a pause that it held is released. False if it was
    /// dead already or is deregistered.
    ///
    /// May wait for workers that [help](super::StoppedWorld::with_help) the dead one.
    ///
    /// # Safety
    ///
    /// From now on the world counts as stopped although this worker's thread has not stopped. So that
    /// thread never again touches what a stopped world protects, and never again uses as a proof an
    /// [`OwnWorld`](super::OwnWorld) that it held. A thread that is gone for ever does neither.
    ///
    /// A thread that is alive all the same comes no further than the coordinator: where it polls,
    /// leaves a safe region or goes on with a request, it sleeps while a pause is in force, and then
    /// panics. What it does before, and while it unwinds, is what the caller answers for.
    pub unsafe fn mark_dead(&self) -> bool {
        self.shared.bury(&self.slot, self.id)
    }
}

impl<R: Reason, D> Clone for WorkerHandle<R, D> {
    fn clone(&self) -> Self {
        Self {
            slot: Arc::clone(&self.slot),
            shared: Arc::clone(&self.shared),
            id: self.id,
            data: Weak::clone(&self.data),
        }
    }
}

impl<R: Reason, D> fmt::Debug for WorkerHandle<R, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WorkerHandle").field("id", &self.id).finish_non_exhaustive()
    }
}
