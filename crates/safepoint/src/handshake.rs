//! Running one closure for several workers without stopping the world, and waiting until it has run.

use super::{
    handle::WorkerHandle,
    ids::WorkerId,
    inbox::Job,
    reason::{Reason, StopReason},
    shared::Shared,
};
use crate::{
    clock::{self, Timestamp},
    sync::{Futex, Mutex, lock},
};
use std::{sync::Arc, time::Duration};

/// The workers for which a handshake's closure runs.
#[non_exhaustive]
pub enum HandshakeTarget<R: Reason = StopReason, D = ()> {
    /// One worker.
    Worker(WorkerHandle<R, D>),
    /// Every worker registered when the handshake begins.
    All,
}

/// The outcome of a handshake.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct HandshakeReport {
    /// The workers for which the closure ran, in that order.
    pub ran: Vec<WorkerId>,
    /// The workers for which the closure panicked.
    pub panicked: Vec<WorkerId>,
    /// Workers that were dead or deregistered before the closure could run.
    pub missed: Vec<WorkerId>,
    /// Workers that had not polled when the time was up. The closure still runs for them at their next
    /// poll.
    pub pending: Vec<WorkerId>,
}

/// Runs `f` for the target workers, each at its own next poll, and waits until it has run.
pub(super) fn handshake<R: Reason, D>(
    shared: &Arc<Shared<R, D>>,
    target: HandshakeTarget<R, D>,
    until: Option<Timestamp>,
    f: Arc<dyn Fn(WorkerId) + Send + Sync>,
) -> HandshakeReport {
    let workers = match target {
        HandshakeTarget::Worker(worker) => vec![worker],
        HandshakeTarget::All => lock(&shared.table)
            .living()
            .map(|(slot, data, _)| WorkerHandle::new(slot, shared, data))
            .collect(),
    };
    let completion = Completion::new(workers.iter().map(WorkerHandle::id));
    for (number, worker) in workers.iter().enumerate() {
        worker.post_job(completion.job(number, worker.id(), Arc::clone(&f)));
    }
    completion.wait(until)
}

/// Counts the closures of one handshake as they run or are dropped.
struct Completion {
    /// Rings once, when no closure is outstanding.
    bell: Futex,
    state: Mutex<Outstanding>,
}

struct Outstanding {
    /// Indexed by the tickets' numbers; `None` once a closure has run or was dropped.
    workers: Vec<Option<WorkerId>>,
    left: usize,
    /// The workers whose closures have run or were dropped.
    report: HandshakeReport,
}

impl Completion {
    fn new(targets: impl Iterator<Item = WorkerId>) -> Arc<Self> {
        let workers: Vec<_> = targets.map(Some).collect();
        let (left, report) = (workers.len(), HandshakeReport::default());
        let state = Outstanding { workers, left, report };
        Arc::new(Self { bell: Futex::new(0), state: Mutex::new(state) })
    }

    /// The job that runs `f` for the target with this number. The waiting thread gets its outcome, also
    /// if the job is dropped instead.
    fn job(
        self: &Arc<Self>,
        number: usize,
        worker: WorkerId,
        f: Arc<dyn Fn(WorkerId) + Send + Sync>,
    ) -> Job {
        let completion = Arc::clone(self);
        let mut ticket = Ticket { completion, number, worker, list: |report| &mut report.missed };
        Box::new(move || {
            ticket.ends_in(|report| &mut report.panicked);
            f(worker);
            ticket.ends_in(|report| &mut report.ran);
        })
    }

    /// Waits until no closure is outstanding, at most until `until`.
    fn wait(&self, until: Option<Timestamp>) -> HandshakeReport {
        loop {
            let seen = self.bell.load();
            let left = until.map(|until| until.since(clock::now()));
            {
                let state = lock(&self.state);
                if state.left == 0 || left == Some(Duration::ZERO) {
                    let pending = state.workers.iter().flatten().copied().collect();
                    return HandshakeReport { pending, ..state.report.clone() };
                }
            }
            self.bell.wait(seen, left);
        }
    }
}

/// One worker's part of a handshake.
struct Ticket {
    completion: Arc<Completion>,
    number: usize,
    worker: WorkerId,
    /// The list that the worker is added to if the closure is dropped now.
    list: List,
}

/// One list of a report.
type List = fn(&mut HandshakeReport) -> &mut Vec<WorkerId>;

impl Ticket {
    fn ends_in(&mut self, list: List) {
        self.list = list;
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let is_last = {
            let mut state = lock(&self.completion.state);
            state.workers[self.number] = None;
            state.left -= 1;
            (self.list)(&mut state.report).push(self.worker);
            state.left == 0
        };
        if is_last {
            self.completion.bell.ring();
        }
    }
}
