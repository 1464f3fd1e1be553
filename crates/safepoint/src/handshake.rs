//! Running closures for single workers without stopping the world.
//!
//! A worker's inbox and its HANDSHAKE bit change together under the inbox's lock. While the bit is
//! set the worker cannot leave a safe region, so exactly one thread runs its closures:
//!
//! - If the worker was running when the first closure was posted, the worker runs them: at its next
//!   poll, or when it next becomes SAFE, whichever comes first.
//! - If it was SAFE, the poster runs them at once, on its behalf.
//!
//! The thread that runs them continues until the inbox is empty, and clears the bit in the same
//! critical section. So a closure that is posted meanwhile is not left behind.
//!
//! A slot is also claimed and vacated under the inbox's lock, and vacated only while no thread runs a
//! closure. So under that lock the poster finds the registration that it means, or none, and no
//! closure ever runs for the next owner of the slot.

use super::{
    contain::contained,
    handle::WorkerHandle,
    ids::WorkerId,
    mutant::Mutant,
    reason::{Reason, StopReason},
    slot::Slot,
};
use crate::{
    clock::{self, Timestamp},
    sync::{Futex, Mutex, lock},
};
use std::{collections::VecDeque, mem, sync::Arc, time::Duration};

/// A closure to run for a worker.
pub(super) type Job = Box<dyn FnOnce() + Send>;

/// Closures that wait for one worker.
#[derive(Default)]
pub(super) struct Inbox {
    /// Boxed, because a slot must fit into two cache lines.
    #[expect(clippy::box_collection, reason = "makes the slot smaller")]
    jobs: Box<VecDeque<Job>>,
    /// The slot has a worker that is not dead.
    open: bool,
    /// A thread is running the closures.
    executing: bool,
    /// The worker wants to run or to deregister, and sleeps until the closures have run.
    owner_waits: bool,
}

impl Inbox {
    /// The inbox of a worker that has just claimed its slot.
    pub(super) fn open() -> Self {
        Self { open: true, ..Self::default() }
    }
}

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

/// Posts `job` to `worker`, which had the slot when its handle was made, and runs it here if the
/// worker is SAFE. False if the worker is dead or gone.
pub(super) fn post(gate: &Futex, slot: &Slot, worker: WorkerId, job: Job) -> bool {
    let run_here = {
        let mut inbox = lock(&slot.inbox);
        let there = inbox.open && slot.worker() == worker;
        if there || Mutant::PostToTheSlot.is_on() {
            inbox.jobs.push_back(job);
            let safe = slot.begin_handshake();
            let run_here = safe && !inbox.executing;
            inbox.executing |= run_here;
            run_here
        } else {
            drop(inbox);
            contained(|| drop(job));
            return false;
        }
    };
    if run_here {
        drain(gate, slot);
    }
    true
}

/// The worker itself runs the posted closures, or waits for the thread that runs them.
pub(super) fn run_own(gate: &Futex, slot: &Slot) {
    loop {
        let seen = gate.load();
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
        gate.wait(seen, None);
    }
    drain(gate, slot);
}

/// Runs closures until none is left. The caller has set `executing`.
fn drain(gate: &Futex, slot: &Slot) {
    loop {
        let job = {
            let mut inbox = lock(&slot.inbox);
            let Some(job) = inbox.jobs.pop_front() else {
                slot.end_handshake();
                inbox.executing = false;
                if mem::take(&mut inbox.owner_waits) {
                    gate.ring();
                }
                return;
            };
            job
        };
        // A handshake learns of a panic from the closure's ticket. For other closures the panic hook
        // alone reports it.
        contained(job);
    }
}

/// The worker, which is SAFE or dead, gives its slot back, as soon as no thread runs a closure for it.
pub(super) fn vacate(gate: &Futex, slot: &Slot) {
    let unrun = loop {
        let seen = gate.load();
        {
            let mut inbox = lock(&slot.inbox);
            if !inbox.executing || Mutant::VacatedDuringHandshake.is_on() {
                let unrun = close(&mut inbox, slot);
                slot.vacate();
                break unrun;
            }
            inbox.owner_waits = true;
        }
        gate.wait(seen, None);
    };
    discard(unrun);
}

/// Ends posting to the worker, which has just died. Returns the closures that did not run; the caller
/// must [discard] them.
pub(super) fn close_dead(slot: &Slot) -> VecDeque<Job> {
    close(&mut lock(&slot.inbox), slot)
}

fn close(inbox: &mut Inbox, slot: &Slot) -> VecDeque<Job> {
    inbox.open = false;
    if !inbox.executing {
        slot.end_handshake();
    }
    mem::take(&mut *inbox.jobs)
}

/// Drops closures that will never run. The caller has no lock.
pub(super) fn discard(unrun: VecDeque<Job>) {
    for job in unrun {
        contained(|| drop(job));
    }
}

/// Counts the closures of one handshake as they run or are dropped.
pub(super) struct Completion {
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
    pub(super) fn new(targets: impl Iterator<Item = WorkerId>) -> Arc<Self> {
        let workers: Vec<_> = targets.map(Some).collect();
        let (left, report) = (workers.len(), HandshakeReport::default());
        let state = Outstanding { workers, left, report };
        Arc::new(Self { bell: Futex::new(0), state: Mutex::new(state) })
    }

    /// The job that runs `f` for the target with this number. The waiting thread gets its outcome, also
    /// if the job is dropped instead.
    pub(super) fn job(
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
    pub(super) fn wait(&self, until: Option<Timestamp>) -> HandshakeReport {
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
