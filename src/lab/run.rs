//! One run of a program: its machine, its coordinator, its records, and the pause that is held.

mod news;

use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;

pub use news::News;
use web_time::{SystemTime, UNIX_EPOCH};

use crate::trace;
use machine::snapshot::{self, Notes, Snapshot};
use machine::vm::{Breakpoint, DebugSink, Machine, MachineConfig, MachineObserver, TierHost};
use safepoint::sync::{Mutex, MutexGuard, lock};
use safepoint::{CancelToken, Config, Observer, SafepointCoordinator, StoppedWorld, clock};

use super::figures::{finished_view, schedule_view, stats_view};
use super::halted::{halt_view, task_view};
use super::hold::{Failed, HeldWorld, Holder, Holding};
use super::journal::{self, Journal};
use super::layout::Layout;
use super::options::Compile;
use super::places::Places;
use super::sentence::Conditions;
use super::views::{self, Operation, OperationPart, PartName, Reason, Refusal, RunOptions};
use bytecode::PollPolicy;
use language::Program;
use news::Told;

/// Most workers of a run.
pub const MOST_WORKERS: usize = 128;
/// Limits that a heap may have, in bytes.
pub const HEAP_BYTES: std::ops::RangeInclusive<usize> = 64 << 10..=512 << 20;
/// How long a task runs while others wait.
const SLICE: Duration = Duration::from_millis(10);

thread_local! {
    /// The worker that this thread is, for a panic hook.
    static CURRENT: Cell<Option<(Machine, usize)>> = const { Cell::new(None) };
}

/// Declares dead the worker of the calling thread, if it is one.
///
/// # Safety
/// As [`super::Lab::bury_current_worker`].
pub(super) unsafe fn bury_current_worker() {
    if let Some((machine, index)) = CURRENT.take() {
        // SAFETY: as the caller says: the worker's thread is this one.
        unsafe { machine.bury_worker(index) };
    }
}

/// A run; cheap to clone.
#[derive(Clone)]
pub struct Run {
    state: Arc<State>,
}

struct State {
    machine: Machine,
    coordinator: SafepointCoordinator,
    /// The program's text.
    source: String,
    cancel: CancelToken,
    journal: Arc<Journal>,
    limits: Mutex<Limits>,
    holder: Arc<Holder>,
    told: Mutex<Told>,
}

/// How long requests of page and scripts wait for late workers.
#[derive(Clone, Copy)]
struct Limits {
    warn_after: Duration,
    deadline: Duration,
}

/// What a run finds where it runs.
#[derive(Clone, Default)]
pub struct Surroundings {
    /// How many cores the workers share, if that is known.
    pub cores: Option<usize>,
    /// Makes compiled code callable, where there is any.
    pub tier: Option<Arc<dyn TierHost>>,
}

impl From<Option<usize>> for Surroundings {
    /// With so many cores, where nothing is compiled.
    fn from(cores: Option<usize>) -> Self {
        Self { cores, tier: None }
    }
}

impl Run {
    /// A run of a program; its workers begin when threads call [`Run::work`].
    ///
    /// # Errors
    /// In words, when an option is out of range or there is no memory for the heap.
    pub fn new(
        program: &Program,
        options: &RunOptions,
        cores: Option<usize>,
    ) -> Result<Self, String> {
        Self::with_breakpoints(program, options, cores.into(), Vec::new(), false)
    }

    /// As [`Run::new`], with breakpoints from the beginning, and whether the world stops when a
    /// task is about to trap.
    ///
    /// # Errors
    /// As there.
    pub fn with_breakpoints(
        program: &Program,
        options: &RunOptions,
        surroundings: Surroundings,
        breakpoints: Vec<Breakpoint>,
        break_on_trap: bool,
    ) -> Result<Self, String> {
        Self::start(program, options, surroundings, |config| {
            let config = MachineConfig { breakpoints, break_on_trap, ..config };
            Machine::new(program.module.clone(), config).map_err(|error| format!("{error}."))
        })
    }

    /// A run that goes on from a snapshot, with the program that [`Program::restored`] made of it.
    ///
    /// # Errors
    /// As [`Run::new`], and when the heap is too small for the snapshot.
    pub fn restored(
        program: &Program,
        snapshot: Snapshot<'_>,
        options: &RunOptions,
        surroundings: Surroundings,
    ) -> Result<Self, String> {
        Self::start(program, options, surroundings, |config| {
            snapshot.restore(config).map_err(|error| format!("{error}."))
        })
    }

    fn start(
        program: &Program,
        options: &RunOptions,
        Surroundings { cores, tier }: Surroundings,
        machine: impl FnOnce(MachineConfig) -> Result<Machine, String>,
    ) -> Result<Self, String> {
        let workers = options.workers;
        if !(1..=MOST_WORKERS).contains(&workers) {
            return Err(format!("{workers} workers are not possible; choose 1 to {MOST_WORKERS}."));
        }
        if !HEAP_BYTES.contains(&options.heap) {
            return Err(format!(
                "A heap of {} bytes is not possible; choose {} to {}.",
                options.heap,
                HEAP_BYTES.start(),
                HEAP_BYTES.end()
            ));
        }
        let conditions = Conditions::new(cores, clock::resolution());
        let policy = options.policy.unwrap_or(program.module.module().policy);
        // How many turns a back-edge goes that adapts, nothing in the program says.
        let proven = PollPolicy { back_edges: policy.back_edges && !options.adapts, ..policy };
        let journal = Journal::new(program, proven, workers, options.heap, conditions);
        let journal = Arc::new(journal);
        let coordinator = SafepointCoordinator::with_config(Config {
            observer: Some(Arc::clone(&journal) as Arc<dyn Observer>),
            processors: cores.unwrap_or(1),
            ..Config::default()
        });
        let cancel = coordinator.cancel_token();
        let holder = Arc::new(Holder::new(cancel.clone(), Arc::clone(&journal)));
        let defaults = MachineConfig::new(coordinator.clone());
        let machine = machine(MachineConfig {
            gc_helpers: options
                .gc_helpers
                .or(cores.map(|cores| cores.saturating_sub(1)))
                .unwrap_or(defaults.gc_helpers),
            workers,
            heap_limit_bytes: options.heap as u64,
            slice: SLICE,
            policy: options.policy,
            profile: options.profile,
            gc_stress: options.stress,
            tier: tier.filter(|_| options.compile != Compile::Never),
            observer: Some(Arc::clone(&journal) as Arc<dyn MachineObserver>),
            debugger: Some(Arc::clone(&holder) as Arc<dyn DebugSink>),
            ..defaults
        })?;
        let run = Self {
            state: Arc::new(State {
                machine,
                cancel,
                coordinator,
                source: program.text().to_owned(),
                journal,
                limits: Mutex::new(Limits { warn_after: Duration::MAX, deadline: Duration::MAX }),
                holder,
                told: Mutex::default(),
            }),
        };
        run.set_timeouts(options.warn, options.deadline);
        Ok(run)
    }

    /// Makes the calling thread worker `index` until the program ends or is stopped.
    ///
    /// # Errors
    /// In words, when there is no such worker or it runs already.
    pub fn work(&self, index: usize) -> Result<(), String> {
        let machine = &self.state.machine;
        CURRENT.set(Some((machine.clone(), index)));
        let done = machine.run_worker(index).map_err(|error| error.to_string());
        CURRENT.set(None);
        done
    }

    /// The coordinator of the run's workers.
    pub fn coordinator(&self) -> &SafepointCoordinator {
        &self.state.coordinator
    }

    /// The machine.
    pub fn machine(&self) -> &Machine {
        &self.state.machine
    }

    /// Microseconds after which late workers are named, and after which a pause is given up; `None`
    /// for never.
    pub fn set_timeouts(&self, warn: Option<f64>, deadline: Option<f64>) {
        let duration = |us: f64| Duration::from_nanos((us.max(0.0) * 1e3) as u64);
        *lock(&self.state.limits) = Limits {
            warn_after: warn.map_or(Duration::MAX, duration),
            deadline: deadline.map_or(Duration::MAX, duration),
        };
    }

    /// Stops the world, performs the operation of the reason and holds. If the world is held
    /// already, the operation is performed in the same pause, and no worker runs in between.
    ///
    /// # Errors
    /// When the pause is given up or cancelled, or nothing runs.
    pub fn pause(&self, reason: Reason, by: &str) -> Result<views::Pause, Refusal> {
        let (mut holding, own) = self.hold(reason, by, true)?;
        let Some(held) = holding.held.as_mut() else { return Err(Refusal::not_running()) };
        let done = self.operate(held, reason).map(|done| self.in_force(held, done));
        if done.is_err() && own {
            self.release(holding);
        }
        done
    }

    /// Begins a handshake with one worker: it comes to its next poll, or stands where it counts as stopped, while all
    /// others run. The [news](Run::tick) say when it is over.
    ///
    /// # Errors
    /// If there is no such worker, or it has ended.
    pub fn handshake(&self, worker: usize) -> Result<(), Refusal> {
        let (journal, from) = (Arc::clone(&self.state.journal), clock::now());
        let done = move |_| journal.shook_hands(Some(worker), None, clock::now().since(from));
        let handle = self.state.machine.worker(worker);
        let posted = handle.is_some_and(|handle| handle.post(done));
        posted.then_some(()).ok_or_else(Refusal::not_running)
    }

    /// The workers that a request still waits for, and why; `None` if no request waits.
    pub fn awaiting(&self) -> Option<views::Awaiting> {
        self.state.journal.awaiting(&self.state.coordinator.workers())
    }

    /// The pause that is in force, with its last operation.
    fn in_force(&self, held: &HeldWorld, done: Operation) -> views::Pause {
        self.state.journal.in_force(&held.world.report(), done, self.halt(held))
    }

    fn halt(&self, held: &HeldWorld) -> Option<views::Halt> {
        let halt = held.halt.as_ref()?;
        Some(halt_view(&self.state.machine, halt, held.world.joined()))
    }

    fn hold(
        &self,
        reason: Reason,
        by: &str,
        keep: bool,
    ) -> Result<(MutexGuard<'_, Holding>, bool), Refusal> {
        let held = self.state.holder.hold(keep, || self.stop_world(reason, by));
        held.map_err(|failed| match failed {
            Failed::Closed => Refusal::not_running(),
            Failed::Refused(refusal) => refusal,
        })
    }

    /// Releases a held world. Returns the record, which is complete unless the world was handed on
    /// to another request; `None` if no world was held.
    pub fn resume(&self) -> Option<views::Pause> {
        self.release(self.state.holder.lock())
    }

    /// Keeps the lock to the end: no thread finds the world held and loses it in the middle of its
    /// work.
    fn release(&self, mut holding: MutexGuard<'_, Holding>) -> Option<views::Pause> {
        let held = holding.held.take()?;
        self.state.machine.settle_debugger(&held.world);
        let halt = self.halt(&held);
        let report = held.world.resume_from_pause();
        Some(self.state.journal.completed(&report, held.outcome, halt))
    }

    /// Stops the world, performs the operation and releases it. A world that is held already stays
    /// held.
    ///
    /// # Errors
    /// As [`Run::pause`].
    pub fn cycle(&self, reason: Reason, by: &str) -> Result<views::Pause, Refusal> {
        let (mut holding, own) = self.hold(reason, by, false)?;
        let Some(held) = holding.held.as_mut() else { return Err(Refusal::not_running()) };
        let done = self.operate(held, reason).map(|done| self.in_force(held, done));
        if !own {
            return done;
        }
        let whole = self.release(holding);
        done?;
        whole.ok_or_else(Refusal::not_running)
    }

    /// Takes a snapshot in a pause of its own, or in the held world.
    ///
    /// # Errors
    /// As [`Run::pause`].
    pub fn take_snapshot(&self, by: &str) -> Result<Vec<u8>, Refusal> {
        let (mut holding, own) = self.hold(Reason::Snapshot, by, false)?;
        let Some(held) = holding.held.as_mut() else { return Err(Refusal::not_running()) };
        let done = self.operate(held, Reason::Snapshot);
        let taken = held.snapshot.clone();
        if own {
            self.release(holding);
        }
        done?;
        taken.ok_or_else(Refusal::not_running)
    }

    /// The held world's state as one file.
    ///
    /// # Errors
    /// In words, when no world is held.
    pub fn snapshot(&self) -> Result<Vec<u8>, String> {
        let mut holding = self.state.holder.lock();
        let Some(pause) = holding.held.as_mut() else {
            return Err("No world is stopped; press Snapshot first.".into());
        };
        if let Some(bytes) = &pause.snapshot {
            return Ok(bytes.clone());
        }
        let bytes = self.capture(&pause.world)?;
        pause.snapshot = Some(bytes.clone());
        Ok(bytes)
    }

    /// Runs a function in the held world, or in a pause of its own.
    pub(super) fn in_stopped_world<T>(
        &self,
        work: impl FnOnce(&Machine, &StoppedWorld<'_>) -> T,
    ) -> Result<T, Refusal> {
        let (holding, own) = self.hold(Reason::Debug, "page", false)?;
        let Some(held) = holding.held.as_ref() else { return Err(Refusal::not_running()) };
        let done = work(&self.state.machine, &held.world);
        if own {
            self.release(holding);
        }
        Ok(done)
    }

    pub(super) fn places(&self) -> &Places {
        &self.state.journal.places
    }

    /// Runs a function in the held world.
    pub(super) fn in_held_world<T>(
        &self,
        work: impl FnOnce(&Machine, &mut HeldWorld) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let mut holding = self.state.holder.lock();
        match holding.held.as_mut() {
            Some(held) => work(&self.state.machine, held),
            None => Err(Refusal::not_held()),
        }
    }

    /// Asks every worker to leave the program at its next poll, and releases a held world. Waiting
    /// requests are taken back, unless all workers leave before the requests notice.
    pub fn stop(&self) {
        self.state.holder.close();
        self.state.machine.stop();
        self.resume();
    }

    /// As [`Run::stop`], but the workers are asked to leave only after all waiting requests were
    /// taken back, or after `limit`. Blocks: not for a page's main thread.
    pub fn stop_in_order(&self, limit: Duration) {
        self.state.holder.close();
        self.state.holder.settle(limit);
        self.stop();
    }

    /// How the program ended; `None` while it runs.
    pub fn finished(&self) -> Option<views::Finished> {
        let outcome = self.state.machine.outcome()?;
        Some(finished_view(outcome, self.state.machine.output_since(0).text))
    }

    /// Percentiles of all pauses so far.
    pub fn stats(&self) -> views::Stats {
        let totals = self.state.journal.totals(self.state.machine.outcome().is_some());
        let journal = &self.state.journal;
        let stats = self.state.coordinator.stats();
        stats_view(&stats, totals, journal.bias(), &journal.handshakes.times())
    }

    /// What the workers do, how many tasks are ready, and how long tasks were ready before they ran.
    pub fn schedule(&self) -> views::Schedule {
        schedule_view(&self.state.machine.schedule())
    }

    /// A worker's events since `cursor`, which is 0 at first. For native readers.
    pub fn events(&self, worker: usize, cursor: &mut u32) -> trace::Read {
        self.state.journal.recorder.read(worker, cursor)
    }

    /// The addresses of the data that a page reads.
    pub fn layout(&self) -> Layout {
        let State { machine, cancel, journal, .. } = &*self.state;
        Layout::of(machine, cancel, journal)
    }

    fn stop_world(&self, reason: Reason, by: &str) -> Result<StoppedWorld<'static>, Refusal> {
        let state = &self.state;
        if state.machine.outcome().is_some() {
            return Err(Refusal::not_running());
        }
        let Limits { warn_after, deadline } = *lock(&state.limits);
        let request = state.coordinator.request(reason.into()).note(by);
        let request = request.warn_after(warn_after).deadline(deadline).cancel(&state.cancel);
        request.stop().map_err(|error| state.journal.refusal(&error))
    }

    fn capture(&self, world: &StoppedWorld<'_>) -> Result<Vec<u8>, String> {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let made_unix_ms = u64::try_from(since.as_millis()).unwrap_or(u64::MAX);
        let notes = Notes { made_unix_ms, source: Some(self.state.source.clone()) };
        snapshot::capture(&self.state.machine, world, &notes).map_err(|error| format!("{error}."))
    }

    /// Performs a reason's operation. The record has the operation for the pause's own reason, or
    /// else the first one.
    fn operate(&self, pause: &mut HeldWorld, reason: Reason) -> Result<Operation, Refusal> {
        let machine = &self.state.machine;
        let begin = clock::now();
        let took =
            |name| vec![OperationPart { name, took: journal::us(clock::now().since(begin)) }];
        let (done, parts) = match reason {
            Reason::Gc => {
                let figures = machine.collect(&pause.world);
                let parts = journal::parts_of(&figures).to_vec();
                (Operation::Gc(self.state.journal.collection(&figures)), parts)
            }
            Reason::Snapshot => {
                let bytes = self.capture(&pause.world).map_err(Refusal::failed)?;
                let size = bytes.len();
                pause.snapshot = Some(bytes);
                (Operation::Snapshot { size }, took(PartName::Capture))
            }
            Reason::Debug => {
                let tasks = machine.tasks(&pause.world).into_iter();
                let tasks = tasks.map(|task| task_view(machine, self.places(), task)).collect();
                (Operation::Debug { tasks }, took(PartName::Inspect))
            }
        };
        pause.world.operation_done();
        let own = Reason::from(pause.world.reason()) == reason;
        if pause.outcome.is_none() || own {
            pause.outcome = Some(done.clone());
        }
        let instead = own && !pause.world.joined();
        self.state.journal.did(pause.world.id(), &done, instead, &parts);
        Ok(done)
    }
}
