//! Listens to coordinator and machine, and turns their reports into records.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::bytecode::VerifiedModule;
use crate::clock::{self, Timestamp};
use crate::heap::CollectionFigures;
use crate::safepoint::{
    Arrival, Observer, PauseError, PauseId, PauseReport, StopReason, Straggler, WorkerId,
    WorkerState,
};
use crate::trace::{Event, EventKind};
use crate::vm::{MachineEvent, MachineObserver};

use super::places::Places;
use super::recorder::{Recorder, micros};
use super::sentence::{self, Conditions, sentence};
use super::views::{self, Operation, Reason, Refusal};

/// Records that wait to be taken; older ones are dropped first.
const KEPT_RECORDS: usize = 4096;

/// Pauses that may be under way or untold; those that were given up are forgotten so.
const KEPT_BEGUN: usize = 64;

/// Listens to coordinator and machine, and turns their reports into records.
pub(super) struct Journal {
    pub(super) recorder: Recorder,
    places: Places,
    heap_limit: usize,
    conditions: Conditions,
    records: Mutex<VecDeque<views::Pause>>,
    /// Pauses that were armed and are not told yet, the last one last. Written before the world is
    /// handed on: whoever gets it may tell of the pause before those who had it first do.
    begun: Mutex<Vec<Begun>>,
}

/// Who began a pause, and what was done in it first.
struct Begun {
    id: u64,
    by: Option<String>,
    outcome: Option<Operation>,
}

impl Journal {
    pub(super) fn new(
        module: &VerifiedModule,
        workers: usize,
        heap_limit: usize,
        conditions: Conditions,
    ) -> Self {
        Self {
            recorder: Recorder::new(workers),
            places: Places::new(module),
            heap_limit,
            conditions,
            records: Mutex::default(),
            begun: Mutex::default(),
        }
    }

    /// The records since the last call.
    pub(super) fn take(&self) -> Vec<views::Pause> {
        std::mem::take(&mut *lock(&self.records)).into()
    }

    /// Somebody who is no worker has stopped the world.
    pub(super) fn begins(&self, id: PauseId, by: &str) {
        if let Some(begun) = find(&mut lock(&self.begun), id) {
            begun.by = Some(by.into());
        }
    }

    /// Keeps the record of a pause that is over for the next tick. One that was handed on stays in
    /// force: it is told once, by whoever lets the workers run, under the name of whoever began it.
    pub(super) fn completed(
        &self,
        report: &PauseReport,
        by: &str,
        outcome: Option<Operation>,
        halt: Option<views::Halt>,
    ) -> views::Pause {
        let first = {
            let mut begun = lock(&self.begun);
            let first = find(&mut begun, report.id).map(|it| (it.by.clone(), it.outcome.clone()));
            if !report.handed_on {
                begun.retain(|other| other.id != report.id.number());
            }
            first.unwrap_or_default()
        };
        let (by, outcome) = (first.0.unwrap_or_else(|| by.into()), first.1.or(outcome));
        let pause = self.pause(report, &by, outcome, halt, report.handed_on);
        if report.handed_on {
            return pause;
        }
        let mut records = lock(&self.records);
        if records.len() == KEPT_RECORDS {
            records.pop_front();
        }
        records.push_back(pause.clone());
        pause
    }

    /// A pause that is in force, with what was done in it last.
    pub(super) fn in_force(
        &self,
        report: &PauseReport,
        by: &str,
        done: Operation,
        halt: Option<views::Halt>,
    ) -> views::Pause {
        let first = find(&mut lock(&self.begun), report.id).and_then(|it| it.by.clone());
        self.pause(report, first.as_deref().unwrap_or(by), Some(done), halt, true)
    }

    fn pause(
        &self,
        report: &PauseReport,
        by: &str,
        outcome: Option<Operation>,
        halt: Option<views::Halt>,
        in_force: bool,
    ) -> views::Pause {
        let report = report.whole();
        let over = |duration: Duration| (!in_force).then(|| us(duration));
        let mut awaited: Vec<&Arrival> = report.arrivals.iter().collect();
        awaited.sort_by_key(|arrival| std::cmp::Reverse((!arrival.was_safe, arrival.after)));
        let mut pause = views::Pause {
            id: report.id.number() as u32,
            reason: reason(report.reason),
            by: by.into(),
            at: micros(report.requested_at),
            queue: us(report.queue_wait),
            ttsp: us(report.ttsp),
            operation: over(report.operation),
            release: over(report.release),
            total: over(report.total),
            wasted: us(report.wasted),
            stragglers: awaited
                .iter()
                .find(|arrival| Some(arrival.worker) == report.straggler)
                .map(|arrival| views::Straggler {
                    worker: self.lane(arrival.worker),
                    site: arrival.cause.or(arrival.location).map(|at| self.places.site(at)),
                    waited: us(arrival.after),
                    dead: report.dead.contains(&arrival.worker),
                })
                .into_iter()
                .collect(),
            arrivals: awaited
                .iter()
                .map(|arrival| views::Arrival {
                    worker: self.lane(arrival.worker),
                    after: us(arrival.after),
                    safe: arrival.was_safe,
                    site: arrival.location.map(|at| self.places.site(at)),
                    instructions: arrival.progress,
                    since_poll: arrival.since_poll,
                })
                .collect(),
            outcome,
            halt,
            sentence: String::new(),
        };
        pause.sentence = sentence(&pause, &self.conditions);
        if let Some(halt) = &pause.halt {
            pause.sentence = format!("{} {}", halt.text, pause.sentence);
        }
        pause
    }

    pub(super) fn collection(&self, figures: &CollectionFigures) -> views::Collection {
        views::Collection {
            before: figures.before_bytes as usize,
            after: figures.after_bytes as usize,
            limit: self.heap_limit,
            freed: figures.before_bytes.saturating_sub(figures.after_bytes) as usize,
            objects: figures.objects_before as usize,
            live_objects: figures.objects_live as usize,
            freed_objects: figures.objects_freed as usize,
            mark: us(figures.mark_time),
            sweep: us(figures.sweep_time),
            helpers: figures.helpers,
        }
    }

    pub(super) fn refusal(&self, error: &PauseError) -> Refusal {
        let (kind, stragglers) = match error {
            PauseError::Busy { .. } => ("busy", &[][..]),
            PauseError::TimedOut { stragglers } => ("timed-out", &stragglers[..]),
            PauseError::Cancelled => ("cancelled", &[][..]),
        };
        let stragglers: Vec<_> = stragglers.iter().map(|late| self.straggler(late)).collect();
        Refusal {
            kind,
            message: sentence::refusal(error, &stragglers, &self.conditions),
            stragglers,
        }
    }

    fn straggler(&self, late: &Straggler) -> views::Straggler {
        views::Straggler {
            worker: self.lane(late.worker),
            site: late.location.map(|at| self.places.site(at)),
            waited: us(late.waited),
            dead: late.state == WorkerState::Dead,
        }
    }

    /// What was done in a pause; the first counts, unless whoever began it has thought better of it.
    pub(super) fn did(&self, id: PauseId, outcome: &Operation, instead: bool) {
        if let Some(begun) = find(&mut lock(&self.begun), id)
            && (instead || begun.outcome.is_none())
        {
            begun.outcome = Some(outcome.clone());
        }
    }

    fn lane(&self, worker: WorkerId) -> usize {
        self.recorder.lane(worker).unwrap_or(worker.number() as usize)
    }
}

impl Observer for Journal {
    fn observe(&self, worker: Option<WorkerId>, at: Timestamp, event: &crate::safepoint::Event) {
        if let crate::safepoint::Event::Armed { pause, .. } = event {
            let by = worker.map(|worker| format!("worker {}", self.lane(worker)));
            let mut begun = lock(&self.begun);
            if begun.len() == KEPT_BEGUN {
                begun.remove(0);
            }
            begun.push(Begun { id: pause.number(), by, outcome: None });
        }
        self.recorder.observe(worker, at, event);
    }
}

impl MachineObserver for Journal {
    fn event(&self, worker: Option<usize>, event: MachineEvent) {
        if let (MachineEvent::Collected(figures), Some(_)) = (event, worker) {
            // In a stopped world that this worker has: the pause is the one that was armed last.
            if let Some(begun) = lock(&self.begun).last_mut() {
                let outcome = || Operation::Gc(self.collection(&figures));
                begun.outcome.get_or_insert_with(outcome);
            }
        }
        let Some(lane) = worker else { return };
        let now = micros(clock::now());
        let record = match event {
            MachineEvent::WorkerStarted(id) => {
                self.recorder.worker_is(id, lane);
                Event::new(now, EventKind::WorkerStart)
            }
            MachineEvent::TaskStarted { task, function } => {
                Event { task, function: function.into(), ..Event::new(now, EventKind::TaskStart) }
            }
            MachineEvent::TaskStopped { task } => {
                Event { task, ..Event::new(now, EventKind::TaskStop) }
            }
            MachineEvent::IdleBegin => Event::new(now, EventKind::IdleBegin),
            MachineEvent::IdleEnd => Event::new(now, EventKind::IdleEnd),
            _ => return,
        };
        self.recorder.write(lane, &record);
    }

    fn paused(&self, worker: usize, report: &PauseReport, collected: Option<CollectionFigures>) {
        let outcome = collected.map(|figures| Operation::Gc(self.collection(&figures)));
        self.completed(report, &format!("worker {worker}"), outcome, None);
    }
}

fn find(begun: &mut [Begun], id: PauseId) -> Option<&mut Begun> {
    begun.iter_mut().rev().find(|one| one.id == id.number())
}

fn reason(reason: StopReason) -> Reason {
    match reason {
        StopReason::GarbageCollection => Reason::Gc,
        StopReason::Snapshot => Reason::Snapshot,
        StopReason::Debug => Reason::Debug,
    }
}

fn us(duration: Duration) -> f64 {
    duration.as_nanos() as f64 / 1e3
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
