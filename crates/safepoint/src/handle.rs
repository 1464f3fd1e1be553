//! A handle to a worker for other threads.

use super::{
    ids::WorkerId,
    inbox::Job,
    post,
    reason::{Reason, StopReason},
    shared::Shared,
    slot::Slot,
};
use std::{
    fmt,
    sync::{Arc, Weak},
};

/// A handle to one registration of a worker: cheap to clone, usable from any thread.
///
/// Slots are used again, handles are not: a call on the handle of a worker that is gone does nothing,
/// and never affects the worker that has the slot now.
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

    /// The worker's name.
    pub fn id(&self) -> WorkerId {
        self.id
    }

    /// The data that the worker was registered with; `None` once the worker is gone.
    pub fn data(&self) -> Option<Arc<D>> {
        self.data.upgrade()
    }

    /// Makes the worker run `f` at its next poll, and does not wait for that. If the worker counts as
    /// stopped, `f` runs here on the calling thread, and the worker stays stopped meanwhile. False if
    /// the worker is dead or deregistered; then `f` is dropped.
    ///
    /// `f` may run while another holder has the stopped world, so it must not touch what a stopped
    /// world protects. It must not start or drop the worker that it runs for, because that would wait
    /// for `f` to return. A panic of `f` is caught wherever `f` runs: the panic hook reports it, and
    /// the worker continues.
    pub fn post(&self, f: impl FnOnce(WorkerId) + Send + 'static) -> bool {
        let id = self.id;
        self.post_job(Box::new(move || f(id)))
    }

    pub(super) fn post_job(&self, job: Job) -> bool {
        post::post(&self.shared.gate, &self.slot, self.id, job)
    }

    /// Declares the worker dead, because its thread has ended without dropping its
    /// [`Worker`](super::Worker). From then on no pause waits for the worker: a pause that waited for
    /// it completes and names it, its own requests are forgotten, and a pause that it held is
    /// released. False if it was dead already or is deregistered.
    ///
    /// May wait for workers that [help](super::StoppedWorld::with_help) the dead one.
    ///
    /// # Safety
    ///
    /// From now on the world counts as stopped even if this worker's thread runs. So the caller must
    /// guarantee that this thread never again touches what a stopped world protects, and never again
    /// uses an [`OwnWorld`](super::OwnWorld) that it held as a proof. A thread that no longer exists
    /// does neither.
    ///
    /// If the thread is still alive, it gets no further than its next call of the coordinator: where it
    /// polls, leaves a safe region or continues a request, it sleeps while a pause is in force, and
    /// then panics. The caller is responsible for what it does before that, and while it unwinds.
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
