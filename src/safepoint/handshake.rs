//! Running closures for single workers without stopping the world.
//!
//! A worker's inbox and its HANDSHAKE bit change together under the inbox's lock. While the bit is
//! set the worker cannot leave a safe region, so exactly one of two runs its closures:
//!
//! - it was running when the first was posted: the worker, at its next poll, or when it next becomes
//!   SAFE, whichever comes first;
//! - it was SAFE: whoever posted, on its behalf, at once.
//!
//! Whoever runs them goes on until the inbox is empty and clears the bit in the same critical
//! section, so a closure posted meanwhile is not left behind.

use super::{ids::WorkerId, shared::Shared, slot::Slot};
use crate::{
    clock::{self, Timestamp},
    sync::{Futex, Mutex, MutexGuard, lock},
};
use std::{collections::VecDeque, sync::Arc, time::Duration};

/// Something to run for a worker.
pub(super) type Job = Box<dyn FnOnce() + Send>;

/// Closures that wait for one worker.
#[derive(Default)]
pub(super) struct Inbox {
    jobs: VecDeque<Job>,
    /// Somebody is running them.
    executing: bool,
    /// The worker wants to leave its safe region and sleeps until they have run.
    owner_waits: bool,
}

/// For whom a handshake's closure runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HandshakeTarget {
    /// One worker.
    Worker(WorkerId),
    /// Every worker registered when the handshake begins.
    All,
}

/// How a handshake ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HandshakeReport {
    /// The workers for which the closure ran, in that order.
    pub ran: Vec<WorkerId>,
    /// Workers that were dead, or not registered, before it could run.
    pub missed: Vec<WorkerId>,
    /// Workers that had not polled when the time was up; it still runs for them at their next poll.
    pub pending: Vec<WorkerId>,
}

/// Posts `job` to the worker of `slot`, and runs it here if that worker is SAFE.
pub(super) fn post(shared: &Shared, slot: &Slot, job: Job) {
    let run_here = {
        let mut inbox = lock(&slot.inbox);
        inbox.jobs.push_back(job);
        let safe = slot.begin_handshake();
        let run_here = safe && !inbox.executing;
        inbox.executing |= run_here;
        run_here
    };
    if run_here {
        drain(shared, slot);
    }
}

/// The worker itself runs what was posted, or waits for whoever is running it.
pub(super) fn run_own(shared: &Shared, slot: &Slot) {
    loop {
        let gate = shared.gate.load();
        {
            let mut inbox = lock(&slot.inbox);
            if !inbox.executing {
                if inbox.jobs.is_empty() {
                    slot.end_handshake();
                    return;
                }
                inbox.executing = true;
                break;
            }
            inbox.owner_waits = true;
        }
        shared.gate.wait(gate, None);
    }
    drain(shared, slot);
}

/// Runs closures until none is left. The caller has set `executing`.
fn drain(shared: &Shared, slot: &Slot) {
    let mut execution = Execution { shared, slot, finished: false };
    while let Some(job) = execution.next_job() {
        job();
    }
}

/// The right to run a worker's closures. Given back when the inbox is found empty, in the same
/// critical section; or when a closure panics, and then the HANDSHAKE bit stays set for the rest.
struct Execution<'a> {
    shared: &'a Shared,
    slot: &'a Slot,
    finished: bool,
}

impl Execution<'_> {
    fn next_job(&mut self) -> Option<Job> {
        let mut inbox = lock(&self.slot.inbox);
        let job = inbox.jobs.pop_front();
        if job.is_none() {
            self.slot.end_handshake();
            self.finish(inbox);
        }
        job
    }

    fn finish(&mut self, mut inbox: MutexGuard<'_, Inbox>) {
        inbox.executing = false;
        self.finished = true;
        if std::mem::take(&mut inbox.owner_waits) {
            self.shared.gate.ring();
        }
    }
}

impl Drop for Execution<'_> {
    fn drop(&mut self) {
        if !self.finished {
            self.finish(lock(&self.slot.inbox));
        }
    }
}

/// Drops what was posted to a worker that will never run it.
pub(super) fn discard(slot: &Slot) {
    let jobs = {
        let mut inbox = lock(&slot.inbox);
        if !inbox.executing {
            slot.end_handshake();
        }
        std::mem::take(&mut inbox.jobs)
    };
    drop(jobs);
}

/// Counts the closures of one handshake as they run or are dropped.
pub(super) struct Completion {
    bell: Futex,
    state: Mutex<HandshakeReport>,
}

impl Completion {
    pub(super) fn new(targets: &[WorkerId]) -> Arc<Self> {
        let state = HandshakeReport { pending: targets.to_vec(), ..HandshakeReport::default() };
        Arc::new(Self { bell: Futex::new(0), state: Mutex::new(state) })
    }

    /// The job that runs `f` for `worker` and tells whoever waits, also if it is dropped instead.
    pub(super) fn job(
        self: &Arc<Self>,
        worker: WorkerId,
        f: Arc<dyn Fn(WorkerId) + Send + Sync>,
    ) -> Job {
        let mut ticket = Ticket { completion: Arc::clone(self), worker, ran: false };
        Box::new(move || {
            f(worker);
            ticket.ran();
        })
    }

    /// Waits until no closure is outstanding, at most until `until`.
    pub(super) fn wait(&self, until: Option<Timestamp>) -> HandshakeReport {
        loop {
            let seen = self.bell.load();
            let report = lock(&self.state).clone();
            let left = until.map(|until| until.since(clock::now()));
            if report.pending.is_empty() || left == Some(Duration::ZERO) {
                return report;
            }
            self.bell.wait(seen, left);
        }
    }
}

/// One worker's part of a handshake.
struct Ticket {
    completion: Arc<Completion>,
    worker: WorkerId,
    ran: bool,
}

impl Ticket {
    fn ran(&mut self) {
        self.ran = true;
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut report = lock(&self.completion.state);
        report.pending.retain(|&pending| pending != self.worker);
        if self.ran {
            report.ran.push(self.worker);
        } else {
            report.missed.push(self.worker);
        }
        drop(report);
        self.completion.bell.ring();
    }
}
