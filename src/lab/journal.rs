//! Observes coordinator and machine, and turns their reports into records.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::time::Duration;

use crate::trace::{Event, EventKind};
use bytecode::{PathBound, PollPolicy, longest_paths};
use machine::vm::{CollectionFigures, Location, MachineEvent, MachineObserver};
use safepoint::clock::{self, Timestamp};
use safepoint::sync::{Mutex, lock};
use safepoint::{
    Event as Transition, Observer, PauseError, PauseId, PauseReport, Straggler, WorkerId,
    WorkerState, WorkerStatus,
};

use super::accounts::Accounts;
use super::begun::{Begun, find};
use super::handshakes::Handshakes;
use super::lanes::{Arrived, Lane, Lanes};
use super::lateness::Lateness;
use super::places::Places;
use super::recorder::{Recorder, micros};
use super::sentence::{Conditions, sentence, withdrawn};
use super::stretch::Stretch;
use super::views::{self, Ended, Operation, OperationPart, PartName, Refusal};
use language::Program;

/// Records that wait to be taken; older ones are dropped first.
const KEPT_RECORDS: usize = 4096;

/// Pauses that may be under way, or have no record yet.
const KEPT_BEGUN: usize = 64;

thread_local! {
    /// The sentence about the last request that this thread gave up.
    static GIVEN_UP: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Observes coordinator and machine, and turns their reports into records.
pub(super) struct Journal {
    pub(super) recorder: Recorder,
    pub(super) places: Places,
    pub(super) heap_limit: usize,
    pub(super) conditions: Conditions,
    pub(super) lanes: Lanes,
    accounts: Mutex<Accounts>,
    lateness: Mutex<Lateness>,
    records: Mutex<VecDeque<Told>>,
    /// Pauses that were armed and have no record yet, in their order. Written before the world is
    /// handed on: its new holder may record the pause before the first holder does.
    begun: Mutex<Vec<Begun>>,
    /// The pause that was armed last, and when.
    last_armed: Mutex<(u64, Timestamp)>,
    /// The last time for which the page that shows the run was hidden.
    pub(super) hidden: Stretch,
    pub(super) bounds: Vec<PathBound>,
    pub(super) handshakes: Handshakes,
}

/// A record that waits to be taken.
struct Told {
    pause: views::Pause,
    /// The workers that may not have resumed yet.
    awaits: Vec<usize>,
    /// When the release began.
    let_go: Timestamp,
    /// When all workers could run.
    released: Timestamp,
}

impl Journal {
    pub(super) fn new(
        program: &Program,
        policy: PollPolicy,
        workers: usize,
        heap_limit: usize,
        conditions: Conditions,
    ) -> Self {
        Self {
            recorder: Recorder::new(workers),
            places: Places::new(&program.module, program.text()),
            heap_limit,
            conditions,
            lanes: Lanes::new(workers),
            accounts: Mutex::default(),
            lateness: Mutex::default(),
            records: Mutex::default(),
            begun: Mutex::default(),
            last_armed: Mutex::default(),
            hidden: Stretch::default(),
            bounds: longest_paths(&program.module, policy),
            handshakes: Handshakes::default(),
        }
    }

    /// The records since the last call. The record of the last pause comes when its workers have
    /// resumed, or when the next pause is armed before that.
    pub(super) fn take(&self) -> Vec<views::Pause> {
        let mut records = lock(&self.records);
        let mut settled = 0;
        while records.get_mut(settled).is_some_and(|told| self.settles(told, None)) {
            settled += 1;
        }
        records.drain(..settled).map(|told| told.pause).collect()
    }

    /// A handshake is over. `at`: the place in the program, if that made it; otherwise the page is told.
    pub(super) fn shook_hands(&self, with: Option<usize>, at: Option<Location>, took: Duration) {
        self.handshakes.over(with.filter(|_| at.is_none()), took);
        self.recorder.handshake(with, at.unwrap_or_default(), clock::now(), took);
    }

    /// Who was late more often than chance explains.
    pub(super) fn bias(&self) -> views::Bias {
        lock(&self.lateness).verdicts()
    }

    /// The totals of the run's pauses; `over`: no worker runs any more.
    pub(super) fn totals(&self, over: bool) -> views::Totals {
        lock(&self.accounts).totals(clock::now(), over)
    }

    /// Whether it is known when the last worker resumed; completes the record then. `next`: when
    /// the next pause was armed.
    fn settles(&self, told: &mut Told, next: Option<Timestamp>) -> bool {
        if told.pause.resuming.is_some() || told.pause.ended != Ended::Completed {
            return true;
        }
        let resumed = self.lanes.all_resumed(&told.awaits, told.let_go);
        let Some(until) = resumed.or(next) else { return false };
        let resuming = us(until.since(told.released));
        told.pause.resuming = Some(resuming);
        told.pause.total = told.pause.total.map(|total| total + resuming);
        true
    }

    /// Keeps the record of a finished pause for the next tick. A pause that was handed on stays in
    /// force: it has one record, from the holder that lets the workers run, with the name of the
    /// first requester.
    pub(super) fn completed(
        &self,
        report: &PauseReport,
        outcome: Option<Operation>,
        halt: Option<views::Halt>,
    ) -> views::Pause {
        let begun = {
            let mut begun = lock(&self.begun);
            let first = find(&mut begun, report.id).cloned();
            if !report.handed_on {
                begun.retain(|other| other.id != report.id.number());
            }
            first
        };
        let pause = self.pause(report, begun.as_ref(), outcome, halt, report.handed_on);
        if report.handed_on {
            return pause;
        }
        lock(&self.accounts).pause(&report.whole());
        lock(&self.lateness).pause(&pause);
        let lanes = begun.map(|begun| begun.lanes).unwrap_or_default();
        let resumes = |(lane, state): (usize, &Lane)| state.stands.resumes().then_some(lane);
        self.tell(Told {
            pause,
            awaits: lanes.iter().enumerate().filter_map(resumes).collect(),
            let_go: report.resumed_at,
            released: report.released_at,
        })
    }

    fn tell(&self, mut told: Told) -> views::Pause {
        let mut records = lock(&self.records);
        // Read under the lock of the records: `armed` writes `last_armed` first, and then looks
        // through the records.
        let (last, armed_at) = *lock(&self.last_armed);
        let next = (last > u64::from(told.pause.id)).then_some(armed_at);
        self.settles(&mut told, next);
        if records.len() == KEPT_RECORDS {
            records.pop_front();
        }
        let pause = told.pause.clone();
        records.push_back(told);
        pause
    }

    /// A pause that is in force, with the operation that was done last.
    pub(super) fn in_force(
        &self,
        report: &PauseReport,
        done: Operation,
        halt: Option<views::Halt>,
    ) -> views::Pause {
        let begun = find(&mut lock(&self.begun), report.id).cloned();
        let begun = begun.map(|begun| Begun { outcome: None, ..begun });
        self.pause(report, begun.as_ref(), Some(done), halt, true)
    }

    /// A request that was given up, as a record.
    fn given_up(&self, begun: &Begun, at: Timestamp, ended: Ended, late: &[Straggler]) {
        let mut pause = self.record_given_up(begun, at, ended, late);
        pause.sentence = sentence(&pause, &self.conditions);
        self.tell_given_up(pause, at);
    }

    fn tell_given_up(&self, pause: views::Pause, at: Timestamp) {
        GIVEN_UP.with_borrow_mut(|text| text.clone_from(&pause.sentence));
        self.tell(Told { pause, awaits: Vec::new(), let_go: at, released: at });
    }

    /// The workers for which the request that has armed still waits.
    pub(super) fn awaiting(&self, workers: &[WorkerStatus]) -> Option<views::Awaiting> {
        let begun = lock(&self.begun).last().filter(|begun| !begun.stopped).cloned()?;
        Some(self.record_awaiting(&begun, workers, clock::now()))
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
            PauseError::TimedOut { stragglers } => ("timed-out", &stragglers[..]),
            PauseError::Cancelled => ("cancelled", &[][..]),
            _ => ("busy", &[][..]),
        };
        let message = match error {
            PauseError::TimedOut { stragglers } if !stragglers.is_empty() => {
                GIVEN_UP.with_borrow(Clone::clone)
            }
            PauseError::Cancelled => {
                "The request was taken back before all workers had stopped for it.".into()
            }
            other => format!("{other}."),
        };
        let stragglers = stragglers.iter().map(|late| self.straggler(late)).collect();
        Refusal { kind, message, stragglers }
    }

    pub(super) fn straggler(&self, late: &Straggler) -> views::Straggler {
        views::Straggler {
            worker: self.lane(late.worker),
            site: late.place.map(|at| self.places.site(at.into())),
            waited: us(late.waited),
            dead: late.state == WorkerState::Dead,
        }
    }

    /// Notes an operation that was done in a pause, and its parts. The first operation counts,
    /// unless this one is to replace it (`instead`).
    pub(super) fn did(
        &self,
        id: PauseId,
        outcome: &Operation,
        instead: bool,
        parts: &[OperationPart],
    ) {
        if let Some(begun) = find(&mut lock(&self.begun), id) {
            if instead || begun.outcome.is_none() {
                begun.outcome = Some(outcome.clone());
            }
            begun.did(parts);
        }
    }

    pub(super) fn lane(&self, worker: WorkerId) -> usize {
        self.recorder.lane(worker).unwrap_or(worker.number() as usize)
    }

    fn armed(&self, begun: Begun) {
        *lock(&self.last_armed) = (begun.id, begun.armed_at);
        for told in lock(&self.records).iter_mut().rev() {
            if told.pause.resuming.is_some() {
                break;
            }
            self.settles(told, Some(begun.armed_at));
        }
        let mut all = lock(&self.begun);
        if all.len() == KEPT_BEGUN {
            all.remove(0);
        }
        all.push(begun);
    }
}

impl Observer for Journal {
    fn observe(&self, worker: Option<WorkerId>, at: Timestamp, event: &Transition) {
        let lane = worker.map(|worker| self.lane(worker));
        let asked = || (lane, lane.and_then(|lane| self.lanes.stops_for_program(lane)));
        match (event, lane) {
            (Transition::SafeEntered, Some(lane)) => self.lanes.safe_entered(lane),
            (Transition::SafeLeft | Transition::Resumed, Some(lane)) => self.lanes.runs(lane, at),
            (Transition::Arrived { pause, place, progress }, Some(lane)) => {
                let location = place.map(Location::from);
                let (pause, progress) = (pause.number(), *progress);
                let (since, ran) = Default::default();
                self.lanes.arrived(lane, Arrived { pause, at, location, progress, since, ran });
            }
            (Transition::Deregistered, Some(lane)) => {
                self.lanes.away(lane);
                lock(&self.accounts).ends(at);
            }
            (Transition::Died { worker }, _) => self.lanes.died(self.lane(*worker)),
            (Transition::Armed { pause, reason, requested_at, note, running, .. }, _) => self
                .armed(Begun {
                    running: running
                        .iter()
                        .map(|&(worker, done)| (self.lane(worker), done))
                        .collect(),
                    asked_lanes: self.lanes.asked(),
                    ..Begun::new(*pause, *reason, asked(), note.as_deref(), *requested_at, at)
                }),
            (Transition::Withdrawn { pause, reason, requested_at, note, behind, cancelled }, _) => {
                let note = note.as_deref();
                let begun = Begun::new(*pause, *reason, asked(), note, *requested_at, at);
                let ended = if *cancelled { Ended::Cancelled } else { Ended::TimedOut };
                let mut pause = self.record_given_up(&begun, at, ended, &[]);
                pause.sentence = withdrawn(&pause, behind.map(PauseId::number), &self.conditions);
                self.tell_given_up(pause, at);
            }
            (Transition::Stopped { pause }, _) => {
                if let Some(begun) = find(&mut lock(&self.begun), *pause) {
                    begun.lanes = self.lanes.all();
                    begun.stopped = true;
                }
            }
            (
                Transition::TimedOut { pause: Some(pause), stragglers }
                | Transition::Cancelled { pause: Some(pause), stragglers },
                _,
            ) => {
                let mut all = lock(&self.begun);
                let begun = find(&mut all, *pause).cloned();
                all.retain(|other| other.id != pause.number());
                drop(all);
                let ended = match event {
                    Transition::Cancelled { .. } => Ended::Cancelled,
                    _ => Ended::TimedOut,
                };
                if let Some(begun) = begun {
                    self.given_up(&begun, at, ended, stragglers);
                }
            }
            _ => {}
        }
        self.recorder.observe(worker, at, event);
    }
}

impl MachineObserver for Journal {
    fn event(&self, worker: Option<usize>, event: MachineEvent) {
        if let (MachineEvent::Collected(figures), Some(_)) = (event, worker) {
            // This worker holds the stopped world: the pause is the one that was armed last.
            if let Some(begun) = lock(&self.begun).last_mut() {
                let outcome = || Operation::Gc(self.collection(&figures));
                begun.outcome.get_or_insert_with(outcome);
                begun.did(&parts_of(&figures));
            }
        }
        let Some(lane) = worker else { return };
        if let MachineEvent::Handshake { with, at, took } = event {
            return self.shook_hands(with, Some(at), took);
        }
        if let MachineEvent::Stops { kind, since } = event {
            return self.lanes.stops_as(lane, kind, since);
        }
        let at = clock::now();
        let now = micros(at);
        let record = match event {
            MachineEvent::WorkerStarted(id) => {
                self.recorder.worker_is(id, lane);
                self.lanes.begins(lane, at);
                lock(&self.accounts).begins(at);
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

    fn stopped_by_program(&self, _worker: usize, at: Location, why: &str) {
        // As for a collection: this worker holds the stopped world.
        if let Some(begun) = lock(&self.begun).last_mut() {
            begun.by_program(at, why);
        }
    }

    fn paused(&self, report: &PauseReport, collected: Option<CollectionFigures>) {
        let outcome = collected.map(|figures| Operation::Gc(self.collection(&figures)));
        self.completed(report, outcome, None);
    }
}

/// The parts of a collection.
pub(super) fn parts_of(figures: &CollectionFigures) -> [OperationPart; 2] {
    [
        OperationPart { name: PartName::Mark, took: us(figures.mark_time) },
        OperationPart { name: PartName::Sweep, took: us(figures.sweep_time) },
    ]
}

/// Microseconds. Not inlined: it is called at every duration of a record.
#[inline(never)]
pub(super) fn us(duration: Duration) -> f64 {
    clock::nanos(duration) as f64 / 1e3
}
