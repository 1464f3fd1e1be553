//! One run of a program: its machine, its coordinator, its records, and the pause that is held.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde::Serialize;

use crate::clock;
use crate::safepoint::{
    CancelToken, Config, DurationSummary, Observer, PauseOptions, ReasonStatistics,
    SafepointCoordinator, StopReason, StoppedWorld,
};
use crate::snapshot;
use crate::vm::{Ended, Machine, MachineConfig, MachineObserver, TaskState, TaskView, TrapReport};

use super::journal::{self, Journal, lock};
use super::program::Program;
use super::sentence::Conditions;
use super::views::{self, Operation, Reason, Refusal, RunOptions};

/// Most workers of a run.
pub const MOST_WORKERS: usize = 128;
/// Limits that a heap may have, in bytes.
pub const HEAP_BYTES: std::ops::RangeInclusive<usize> = 64 << 10..=512 << 20;
/// How long a task runs while others wait.
const SLICE: Duration = Duration::from_millis(10);

/// A run; cheap to clone.
#[derive(Clone)]
pub struct Run {
    shared: Arc<Shared>,
}

struct Shared {
    machine: Machine,
    coordinator: SafepointCoordinator,
    cancel: CancelToken,
    journal: Arc<Journal>,
    limits: Mutex<PauseOptions>,
    held: Mutex<Option<Held>>,
    told: Mutex<Told>,
}

/// A pause that is in force until somebody resumes.
struct Held {
    world: StoppedWorld<'static>,
    by: String,
    outcome: Option<Operation>,
    snapshot: Option<Vec<u8>>,
}

/// What was told already.
#[derive(Default)]
struct Told {
    output: u64,
    finished: bool,
}

/// What is new since the last tick.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct News {
    /// Printed since.
    pub output: String,
    /// Pauses that were completed since, whoever asked for them.
    pub pauses: Vec<views::Pause>,
    /// Set once, when the program has ended.
    pub finished: Option<views::Finished>,
}

/// Where the run keeps what a page reads from shared memory.
#[derive(Debug, Clone, Serialize)]
pub struct Layout {
    /// See [`CancelToken::addresses`].
    pub cancel: CancelLayout,
    /// The workers' status blocks.
    pub status: StatusLayout,
    /// One per worker, then the requester's.
    pub rings: Vec<RingLayout>,
}

/// How to cancel a pause from outside.
#[derive(Debug, Clone, Serialize)]
pub struct CancelLayout {
    /// A word to be set to 1.
    pub flag: usize,
    /// Words to be incremented and notified afterwards.
    pub bells: [usize; 2],
}

/// Where the status blocks are; see [`crate::vm::WorkerBlock`].
#[derive(Debug, Clone, Serialize)]
pub struct StatusLayout {
    /// Of the first block.
    pub address: usize,
    /// Bytes from one to the next.
    pub stride: usize,
    /// How many.
    pub count: usize,
}

/// Where a ring is; see [`crate::trace`].
#[derive(Debug, Clone, Serialize)]
pub struct RingLayout {
    /// Of its header.
    pub address: usize,
    /// In events.
    pub capacity: u32,
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
        let conditions =
            Conditions { cores, clock_step: clock::resolution().as_nanos() as f64 / 1e3 };
        let journal = Arc::new(Journal::new(&program.module, workers, options.heap, conditions));
        let coordinator = SafepointCoordinator::with_config(Config {
            observer: Some(Arc::clone(&journal) as Arc<dyn Observer>),
            ..Config::default()
        });
        let machine = Machine::new(
            program.module.clone(),
            MachineConfig {
                workers,
                heap_limit_bytes: options.heap as u64,
                slice: SLICE,
                policy: options.policy,
                profile: options.profile,
                observer: Some(Arc::clone(&journal) as Arc<dyn MachineObserver>),
                ..MachineConfig::new(coordinator.clone())
            },
        )
        .map_err(|error| format!("{error}."))?;
        let run = Self {
            shared: Arc::new(Shared {
                machine,
                cancel: coordinator.cancel_token(),
                coordinator,
                journal,
                limits: Mutex::default(),
                held: Mutex::new(None),
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
        let done = self.shared.machine.run_worker(index).map_err(|error| error.to_string());
        journal::no_worker();
        done
    }

    /// See [`super::Lab::bury_current_worker`].
    pub fn bury_current_worker(&self) {
        if let Some(worker) = journal::current_worker() {
            self.shared.coordinator.mark_dead(worker);
        }
    }

    /// Who stops the world.
    pub fn coordinator(&self) -> &SafepointCoordinator {
        &self.shared.coordinator
    }

    /// The machine.
    pub fn machine(&self) -> &Machine {
        &self.shared.machine
    }

    /// Microseconds after which late workers are named, and after which a pause is given up; `None`
    /// for never.
    pub fn set_timeouts(&self, warn: Option<f64>, deadline: Option<f64>) {
        let duration = |us: f64| Duration::from_nanos((us.max(0.0) * 1e3) as u64);
        *lock(&self.shared.limits) = PauseOptions {
            warn_after: Some(warn.map_or(Duration::MAX, duration)),
            deadline: Some(deadline.map_or(Duration::MAX, duration)),
            cancel: Some(self.shared.cancel.clone()),
            ..PauseOptions::default()
        };
    }

    /// Stops the world, performs the operation of the reason and holds. While the world is held
    /// already the operation is performed in the same pause, and nobody runs in between.
    ///
    /// # Errors
    /// When the pause is given up or cancelled, or nothing runs.
    pub fn pause(&self, reason: Reason, by: &str) -> Result<views::Pause, Refusal> {
        let mut held = lock(&self.shared.held);
        if held.is_none() {
            *held = Some(Held {
                world: self.stop_world(reason)?,
                by: by.into(),
                outcome: None,
                snapshot: None,
            });
        }
        let Some(pause) = held.as_mut() else { return Err(Refusal::not_running()) };
        self.operate(pause, reason);
        let report = pause.world.report();
        Ok(self.shared.journal.pause(&report, &pause.by, pause.outcome.clone(), true))
    }

    /// Lets a held world go; the whole record, or `None` when nothing was held.
    pub fn resume(&self) -> Option<views::Pause> {
        let held = lock(&self.shared.held).take()?;
        let report = held.world.resume_from_pause();
        Some(self.shared.journal.completed(&report, &held.by, held.outcome))
    }

    /// Stops the world, performs the operation and lets it go. While the world is held it stays so.
    ///
    /// # Errors
    /// As [`Run::pause`].
    pub fn cycle(&self, reason: Reason, by: &str) -> Result<views::Pause, Refusal> {
        let held_before = lock(&self.shared.held).is_some();
        let pause = self.pause(reason, by)?;
        if held_before {
            return Ok(pause);
        }
        self.resume().ok_or_else(Refusal::not_running)
    }

    /// The held world's state as one file.
    ///
    /// # Errors
    /// In words, when no world is held.
    pub fn snapshot(&self) -> Result<Vec<u8>, String> {
        let mut held = lock(&self.shared.held);
        let Some(pause) = held.as_mut() else {
            return Err("No world is stopped; press Snapshot first.".into());
        };
        Ok(pause
            .snapshot
            .get_or_insert_with(|| snapshot::capture(&self.shared.machine, &pause.world))
            .clone())
    }

    /// Asks every worker to leave the program at its next poll, and lets a held world go.
    pub fn stop(&self) {
        self.shared.machine.stop();
        self.resume();
    }

    /// Wakes timers, ends slices, publishes counts; what is new since the last call.
    pub fn tick(&self) -> Option<News> {
        let shared = &self.shared;
        if lock(&shared.held).is_none() {
            shared.machine.tick();
        }
        let pauses = shared.journal.take();
        let mut told = lock(&shared.told);
        // Before the output: what was printed before the end is then read, too.
        let finished = if told.finished { None } else { self.finished() };
        told.finished |= finished.is_some();
        let chunk = shared.machine.output_since(told.output);
        told.output = chunk.cursor;
        let quiet = chunk.text.is_empty() && pauses.is_empty() && finished.is_none();
        (!quiet).then_some(News { output: chunk.text, pauses, finished })
    }

    /// How the program ended; `None` while it runs.
    pub fn finished(&self) -> Option<views::Finished> {
        let outcome = self.shared.machine.outcome()?;
        let trap = outcome.trap.as_ref().or(outcome.other_traps.first());
        Some(views::Finished {
            result: if outcome.ended == Ended::Finished { outcome.result.clone() } else { None },
            output: self.shared.machine.output_since(0).text,
            trap: trap.map(trap_view),
        })
    }

    /// Percentiles of all pauses so far.
    pub fn stats(&self) -> views::Stats {
        let stats = self.shared.coordinator.stats();
        views::Stats {
            gc: reason_stats(&stats.garbage_collection),
            snapshot: reason_stats(&stats.snapshot),
            debug: reason_stats(&stats.debug),
        }
    }

    /// Where a page finds what it reads.
    pub fn layout(&self) -> Layout {
        let machine = &self.shared.machine;
        let block = |index| std::ptr::from_ref(machine.worker_block(index)).addr();
        let count = machine.workers();
        let [flag, bells @ ..] = self.shared.cancel.addresses();
        Layout {
            cancel: CancelLayout { flag, bells },
            status: StatusLayout {
                address: block(0),
                stride: if count > 1 { block(1) - block(0) } else { 64 },
                count,
            },
            rings: self
                .shared
                .journal
                .recorder
                .rings()
                .into_iter()
                .map(|(address, capacity)| RingLayout { address, capacity })
                .collect(),
        }
    }

    fn stop_world(&self, reason: Reason) -> Result<StoppedWorld<'static>, Refusal> {
        let shared = &self.shared;
        if shared.machine.outcome().is_some() {
            return Err(Refusal::not_running());
        }
        let options = lock(&shared.limits).clone();
        shared
            .coordinator
            .request_with(stop_reason(reason), &options)
            .map_err(|error| shared.journal.refusal(&error))
    }

    fn operate(&self, pause: &mut Held, reason: Reason) {
        let machine = &self.shared.machine;
        pause.outcome = Some(match reason {
            Reason::Gc => {
                Operation::Gc(self.shared.journal.collection(&machine.collect(&pause.world)))
            }
            Reason::Snapshot => {
                let bytes = snapshot::capture(machine, &pause.world);
                let size = bytes.len();
                pause.snapshot = Some(bytes);
                Operation::Snapshot { size }
            }
            Reason::Debug => Operation::Debug {
                tasks: machine
                    .tasks(&pause.world)
                    .into_iter()
                    .map(|task| self.task(task))
                    .collect(),
            },
        });
        pause.world.operation_done();
    }

    fn task(&self, task: TaskView) -> views::Task {
        let functions = self.shared.machine.module().functions();
        let (state, worker) = match task.state {
            TaskState::Running { worker } => ("running", Some(worker as usize)),
            TaskState::Ready => ("runnable", None),
            TaskState::Awaiting => ("awaiting", None),
            TaskState::Locking => ("locking", None),
            TaskState::Sleeping => ("sleeping", None),
        };
        views::Task {
            id: task.id,
            state: state.into(),
            worker,
            waiting: task.waiting_for,
            frames: task
                .frames
                .into_iter()
                .map(|frame| views::Frame {
                    offset: functions[usize::from(frame.function)].offset(frame.instruction),
                    function: frame.function_name,
                    instruction: frame.instruction,
                    line: frame.line,
                    locals: frame
                        .locals
                        .into_iter()
                        .map(|(name, value)| views::Local { name, value })
                        .collect(),
                    operands: frame.operands,
                })
                .collect(),
        }
    }
}

fn stop_reason(reason: Reason) -> StopReason {
    match reason {
        Reason::Gc => StopReason::GarbageCollection,
        Reason::Snapshot => StopReason::Snapshot,
        Reason::Debug => StopReason::Debug,
    }
}

fn trap_view(trap: &TrapReport) -> views::Trap {
    views::Trap {
        message: trap.message.clone(),
        task: trap.task,
        function: trap.function.clone(),
        line: trap.line,
        offset: trap.offset,
        stack: trap
            .call_stack
            .iter()
            .map(|entry| match entry.line {
                Some(line) => format!("{}, line {line}", entry.function),
                None => format!("{}, instruction {}", entry.function, entry.instruction),
            })
            .collect(),
    }
}

fn reason_stats(stats: &ReasonStatistics) -> views::ReasonStats {
    views::ReasonStats {
        count: stats.pauses,
        queue: percentiles(&stats.queue),
        ttsp: percentiles(&stats.ttsp),
        operation: percentiles(&stats.operation),
        release: percentiles(&stats.release),
        total: percentiles(&stats.total),
    }
}

fn percentiles(summary: &DurationSummary) -> views::Percentiles {
    let us = |ns: u64| ns as f64 / 1e3;
    views::Percentiles {
        p50: us(summary.p50_ns),
        p90: us(summary.p90_ns),
        p99: us(summary.p99_ns),
        p99_9: us(summary.p99_9_ns),
        max: us(summary.max_ns),
    }
}
