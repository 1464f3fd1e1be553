//! Listens to coordinator and machine, and turns their reports into records.

use std::cell::Cell;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::bytecode::VerifiedModule;
use crate::clock::{self, Timestamp};
use crate::heap::CollectionFigures;
use crate::safepoint::{
    Arrival, Observer, PauseError, PauseReport, StopReason, Straggler, WorkerId, WorkerState,
};
use crate::trace::{Event, EventKind};
use crate::vm::{MachineEvent, MachineObserver};

use super::places::Places;
use super::recorder::{Recorder, micros};
use super::sentence::{self, Conditions, sentence};
use super::views::{self, Operation, Reason, Refusal};

/// Records that wait to be taken; older ones are dropped first.
const KEPT_RECORDS: usize = 4096;

thread_local! {
    /// The worker that this thread is, for a panic hook.
    static CURRENT: Cell<Option<WorkerId>> = const { Cell::new(None) };
}

/// The worker that this thread is.
pub(super) fn current_worker() -> Option<WorkerId> {
    CURRENT.get()
}

/// This thread is no worker any more.
pub(super) fn no_worker() {
    CURRENT.set(None);
}

/// Listens to coordinator and machine, and turns their reports into records.
pub(super) struct Journal {
    pub(super) recorder: Recorder,
    places: Places,
    heap_limit: usize,
    conditions: Conditions,
    records: Mutex<VecDeque<views::Pause>>,
    /// A pause that was handed on: who began it, and what it was for.
    handed_on: Mutex<Option<(u64, String, Option<Operation>)>>,
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
            handed_on: Mutex::default(),
        }
    }

    /// The records since the last call.
    pub(super) fn take(&self) -> Vec<views::Pause> {
        std::mem::take(&mut *lock(&self.records)).into()
    }

    /// Keeps the record of a pause that is over for the next tick. One that was handed on is told
    /// once, by whoever lets the workers run, under the name of whoever began it.
    pub(super) fn completed(
        &self,
        report: &PauseReport,
        by: &str,
        outcome: Option<Operation>,
        halt: Option<views::Halt>,
    ) -> views::Pause {
        let id = report.id.number();
        let before = lock(&self.handed_on).take().filter(|(of, ..)| *of == id);
        let (by, outcome) = match before {
            Some((_, first, done)) => (first, done.or(outcome)),
            None => (by.to_owned(), outcome),
        };
        let pause = self.pause(report, &by, outcome.clone(), halt, false);
        if report.handed_on {
            *lock(&self.handed_on) = Some((id, by, outcome));
            return pause;
        }
        let mut records = lock(&self.records);
        if records.len() == KEPT_RECORDS {
            records.pop_front();
        }
        records.push_back(pause.clone());
        pause
    }

    pub(super) fn pause(
        &self,
        report: &PauseReport,
        by: &str,
        outcome: Option<Operation>,
        halt: Option<views::Halt>,
        in_force: bool,
    ) -> views::Pause {
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

    fn lane(&self, worker: WorkerId) -> usize {
        self.recorder.lane(worker).unwrap_or(worker.number() as usize)
    }
}

impl Observer for Journal {
    fn observe(&self, worker: Option<WorkerId>, at: Timestamp, event: &crate::safepoint::Event) {
        self.recorder.observe(worker, at, event);
    }
}

impl MachineObserver for Journal {
    fn event(&self, worker: Option<usize>, event: MachineEvent) {
        let Some(lane) = worker else { return };
        let now = micros(clock::now());
        let record = match event {
            MachineEvent::WorkerStarted(id) => {
                CURRENT.set(Some(id));
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
