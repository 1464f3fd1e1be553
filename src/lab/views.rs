//! The lab's views: plain records with the field names that scripts see. Times and durations are
//! microseconds; instants count from the clock's origin.

mod account;
mod debugger;

use serde::Serialize;

use machine::snapshot::SnapshotError;

pub use self::account::{
    Awaited, Awaiting, ByReason, Cause, CauseKind, Ended, OperationPart, PartName, Standing,
    Stopped, Totals, Utilisation, WINDOWS_MS,
};
pub use self::debugger::{
    Breakpoint, Frame, Halt, Holder, InstructionPlace, Local, Object, Operand, Step, Task,
};
pub use language::views::{Diagnostic, ListingRow, Loaded, PathBound, Program};

pub use super::options::{Compile, RestoreOptions, RunOptions};
pub use super::reason::Reason;

/// What kind of place a worker was at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SiteKind {
    /// A call.
    Call,
    /// A back-edge.
    BackEdge,
    /// An allocation.
    Allocation,
    /// An await.
    Await,
    /// An operation that does not poll while it works: on a whole array, or a search for room in the
    /// heap.
    Bulk,
    /// A blocking call outside a safe region.
    Stall,
    /// A blocking call inside a safe region.
    Blocked,
    /// No task.
    Idle,
    /// A back-edge that does not poll.
    Unpolled,
    /// Between two tasks.
    Scheduler,
    /// At a breakpoint, or before an instruction that traps.
    Breakpoint,
    /// A poll, stop or handshake of the program's own.
    Explicit,
}

/// Where a worker was.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Site {
    /// What kind of place.
    pub kind: SiteKind,
    /// Number of the task.
    pub task: Option<u32>,
    /// Name of the function.
    pub function: Option<String>,
    /// Index of the instruction in its function.
    pub instruction: Option<u32>,
    /// Byte offset of the instruction in its function.
    pub offset: Option<u32>,
    /// Source line, from 1.
    pub line: Option<u32>,
    /// In words: `hog, line 15, acopy`.
    pub text: String,
}

/// One worker's part in a pause.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Arrival {
    /// Number of the worker, from 0.
    pub worker: usize,
    /// From arming to this worker's stop; 0 if it was not awaited.
    pub after: f64,
    /// Whether it was not awaited; `standing` says why.
    pub safe: bool,
    /// Its standing in the pause.
    pub standing: Standing,
    /// Where it stopped.
    pub site: Option<Site>,
    /// Visible instructions it has executed in all, exact at its stop.
    pub instructions: u64,
    /// Visible instructions since the poll before: it cannot have executed more after it was asked
    /// to stop. `None` if it was not awaited, or without profiling.
    pub since_poll: Option<u64>,
}

/// A worker that was awaited.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Straggler {
    /// Number of the worker, from 0.
    pub worker: usize,
    /// Where it stopped at last, or, if it has not stopped, where it was last seen.
    pub site: Option<Site>,
    /// From arming until it arrived, or until the request was given up.
    pub waited: f64,
    /// Whether it died instead of arriving.
    pub dead: bool,
}

/// What the operation of a pause did.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Operation {
    /// A collection.
    Gc(Collection),
    /// A snapshot.
    Snapshot {
        /// Bytes.
        size: usize,
    },
    /// What all tasks were doing.
    Debug {
        /// Every live task.
        tasks: Vec<Task>,
    },
}

/// Figures of a collection.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Collection {
    /// Bytes in use before.
    pub before: usize,
    /// Bytes in use after.
    pub after: usize,
    /// Bytes the heap may hold.
    pub limit: usize,
    /// Bytes freed.
    pub freed: usize,
    /// Objects before, garbage included.
    pub objects: usize,
    /// Objects that survived.
    pub live_objects: usize,
    /// Objects that were freed.
    pub freed_objects: usize,
    /// Time spent marking.
    pub mark: f64,
    /// Time spent sweeping.
    pub sweep: f64,
    /// Stopped workers that helped to mark.
    pub helpers: u32,
}

/// A pause, while it is in force and afterwards; or a request that was given up.
///
/// Its parts follow one another: `queue`, `ttsp`, `noticing`, `operation`, `held`, `release`,
/// `resuming`. Their sum is `total`. A part that is not over yet, or that never began, is `None`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Pause {
    /// From 1, ascending.
    pub id: u32,
    /// Why.
    pub reason: Reason,
    /// The requester: `page`, `timer`, `worker N`, `command line`.
    pub by: String,
    /// The stop that the program made, if it made one in this pause.
    pub program: Option<ByProgram>,
    /// When it was requested.
    pub at: f64,
    /// How the request ended.
    pub ended: Ended,
    /// Waiting for other pauses.
    pub queue: f64,
    /// From arming to the last arrival, or to the moment at which the request was given up.
    pub ttsp: f64,
    /// From the last arrival until the requester was woken.
    pub noticing: Option<f64>,
    /// The operation of the pause.
    pub operation: Option<f64>,
    /// From the end of the operation until the holder began the release.
    pub held: Option<f64>,
    /// Clearing the request and waking all workers.
    pub release: Option<f64>,
    /// From the last wake-up to the first instruction of the last worker that resumed, or to the
    /// next pause.
    pub resuming: Option<f64>,
    /// The sum of the parts that are known; `None` while the world is stopped.
    pub total: Option<f64>,
    /// The parts of the operation.
    pub parts: Vec<OperationPart>,
    /// Other requests for the same reason that were served by this stop.
    pub served: u64,
    /// How long these took, in microseconds.
    #[serde(rename = "servedFor")]
    pub served_for: f64,
    /// Sum over awaited workers of the time between their own stop and the last arrival.
    pub wasted: f64,
    /// The workers that were awaited longest, the latest first.
    pub stragglers: Vec<Straggler>,
    /// All workers, latest first; of a request that was given up, those that had stopped.
    pub arrivals: Vec<Arrival>,
    /// One for each worker that was late, the latest first.
    pub causes: Vec<Cause>,
    /// What the operation did.
    pub outcome: Option<Operation>,
    /// The worker that stopped the world at a breakpoint or before a trap, if one did.
    pub halt: Option<Halt>,
    /// Whether the page that shows the run was hidden for a part of it.
    pub hidden: bool,
    /// The pause in one sentence.
    pub sentence: String,
}

/// A stop that the program made.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ByProgram {
    /// The reason that the program gave; `collect` for a collection. Of several stops that one pause served, all
    /// reasons.
    pub why: String,
    /// Where.
    pub site: Site,
}

/// How a program ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finished {
    /// What main returned, as text; `None` when it trapped or was stopped.
    pub result: Option<String>,
    /// All output, or its last part if it is very long.
    pub output: String,
    /// The trap of main, or the first one of a task that was not awaited.
    pub trap: Option<Trap>,
}

/// A task's end by a fault of the program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Trap {
    /// What was wrong and what was expected.
    pub message: String,
    /// Number of the task.
    pub task: u32,
    /// Name of the function.
    pub function: String,
    /// Source line, from 1.
    pub line: Option<u32>,
    /// Byte offset in the function.
    pub offset: u32,
    /// Calls that led there, innermost first, in words; of a deep stack those at both ends.
    pub stack: Vec<String>,
    /// How many calls are left out of these.
    #[serde(rename = "framesOmitted")]
    pub frames_omitted: u32,
}

/// Percentiles of a duration in microseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Percentiles {
    /// Median.
    pub p50: f64,
    /// 90 of 100 are at most this.
    pub p90: f64,
    /// 99 of 100.
    pub p99: f64,
    /// 999 of 1000.
    pub p99_9: f64,
    /// The longest.
    pub max: f64,
}

/// Figures of one reason.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct ReasonStats {
    /// Completed pauses.
    pub count: u64,
    /// Waiting for other pauses.
    pub queue: Percentiles,
    /// Time to safepoint.
    pub ttsp: Percentiles,
    /// Until the requester was woken.
    pub noticing: Percentiles,
    /// The operation of the pause.
    pub operation: Percentiles,
    /// Until the holder began the release.
    pub held: Percentiles,
    /// Waking the workers.
    pub release: Percentiles,
    /// From the request to the end of the release, without the time in which the world was only
    /// held.
    pub total: Percentiles,
}

/// How long tasks were ready before they ran.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct ReadyToRunning {
    /// How often a task was given a worker.
    pub count: u64,
    /// The median.
    pub p50: f64,
    /// The 99th percentile.
    pub p99: f64,
    /// The longest.
    pub max: f64,
}

/// What the workers do, and how many tasks are ready.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Schedule {
    /// Workers that execute instructions or look for a task.
    pub running: usize,
    /// Workers that wait for something outside of the machine.
    pub blocked: usize,
    /// Workers that have nothing to do.
    pub idle: usize,
    /// Workers that stand at a safepoint.
    pub stopped: usize,
    /// Tasks that are ready and have no worker.
    pub ready: usize,
    /// How long tasks were ready before they ran.
    pub ready_to_running: ReadyToRunning,
    /// A sentence without the times: `All 4 workers are blocked; 3 tasks are ready.`
    pub text: String,
}

/// Which workers and places were last more often than chance explains.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Bias {
    /// Pauses that awaited at least two workers.
    pub pauses: u64,
    /// So many are needed for a verdict.
    pub enough: u64,
    /// Workers, the one most often last first.
    pub workers: Vec<Biased>,
    /// Places where the last worker was held up, by their text.
    pub places: Vec<Biased>,
}

/// Last more often than chance explains.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Biased {
    /// `worker 3`, or the text of a place.
    pub who: String,
    /// How often it was last.
    pub last: u64,
    /// How often it would be by chance.
    pub expected: f64,
}

/// Figures of all reasons.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Stats {
    /// Collections.
    pub gc: ReasonStats,
    /// Snapshots.
    pub snapshot: ReasonStats,
    /// Debugger pauses.
    pub debug: ReasonStats,
    /// All pauses together.
    pub totals: Totals,
    /// Who was late too often.
    pub bias: Bias,
    /// Handshakes of the program and of the page.
    pub handshakes: Handshakes,
}

/// A handshake that the page made with a worker.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Handshake {
    /// Number of the worker, from 0.
    pub worker: usize,
    /// How long it took until the worker had come to a poll, in microseconds.
    pub took: f64,
}

/// How long handshakes took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Handshakes {
    /// How many, those included for which nobody was awaited.
    pub count: u64,
    /// In microseconds.
    pub took: Percentiles,
}

/// Why a request was refused.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Refusal {
    /// `timed-out`, `cancelled`, `busy`, `not-running`, `snapshot`, `failed`.
    pub kind: &'static str,
    /// In words.
    pub message: String,
    /// The late workers at the deadline.
    pub stragglers: Vec<Straggler>,
}

impl Refusal {
    /// The request cannot be fulfilled.
    pub fn failed(message: String) -> Self {
        Self { kind: "failed", message, stragglers: Vec::new() }
    }

    /// A file is no snapshot that can be restored.
    pub fn snapshot(error: &SnapshotError) -> Self {
        Self { kind: "snapshot", message: format!("{error}."), stragglers: Vec::new() }
    }

    /// The request needs a stopped world.
    pub fn not_held() -> Self {
        Self {
            kind: "not-held",
            message: "The world is not stopped; press Debug first.".into(),
            stragglers: Vec::new(),
        }
    }

    /// No program runs.
    pub fn not_running() -> Self {
        Self {
            kind: "not-running",
            message: "No program is running; press Run first.".into(),
            stragglers: Vec::new(),
        }
    }
}
