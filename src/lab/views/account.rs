//! Records about a pause beside its figures: how it ended, the standing of each worker, causes of
//! delays, and totals over all pauses of a run.

use serde::Serialize;

use super::{ByProgram, Reason, Site};

/// How a request for a pause ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ended {
    /// The world was stopped, or is.
    Completed,
    /// Given up at its deadline; the world was not stopped.
    TimedOut,
    /// Taken back; the world was not stopped.
    Cancelled,
}

/// A worker's standing in a pause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// It ran: the pause waited for it.
    Awaited,
    /// In a safe region, or not running yet.
    SafeRegion,
    /// Blocked inside a safe region.
    Blocked,
    /// Asleep, without a task.
    Idle,
    /// It requested this pause itself.
    Requester,
    /// It found no free memory and waits for its own collection.
    WaitingForMemory,
    /// Still stopped since the pause before.
    NotYetResumed,
    /// It died while it was awaited.
    Died,
}

/// What makes a worker late.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CauseKind {
    /// A loop whose back-edge does not poll.
    UnpolledLoop,
    /// A recursion whose calls do not poll.
    UnpolledRecursion,
    /// One instruction that works on much data.
    LongInstruction,
    /// A long way to the next poll.
    LongPath,
    /// Blocked outside a safe region.
    Blocked,
    /// It had no processor.
    NoProcessor,
    /// Work of the machine itself.
    Machine,
    /// The page was hidden or frozen.
    Hidden,
    /// It died.
    Died,
    /// Nothing proves a cause.
    Unknown,
}

/// Why an awaited worker was late.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cause {
    /// Number of the worker, from 0.
    pub worker: usize,
    /// What made it late.
    pub kind: CauseKind,
    /// Where the cause is; the worker may have stopped elsewhere.
    pub place: Option<Site>,
    /// Source line of that place.
    pub line: Option<u32>,
    /// From arming to its stop, or until the request was given up; microseconds.
    pub late: f64,
    /// The figures that prove it, in words.
    pub evidence: String,
}

/// What a part of an operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PartName {
    /// Finding what is reachable.
    Mark,
    /// Freeing the rest.
    Sweep,
    /// Gathering the content of a snapshot, and writing it as bytes.
    Capture,
    /// Reading tasks for the debugger.
    Inspect,
}

/// A part of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct OperationPart {
    /// What it does.
    pub name: PartName,
    /// How long it took, in microseconds.
    pub took: f64,
}

/// A request that waits for workers to stop.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Awaiting {
    /// What it is for.
    pub reason: Reason,
    /// The requester.
    pub by: String,
    /// The stop that the program makes, if it asks for it.
    pub program: Option<ByProgram>,
    /// When workers were asked to stop; microseconds since the clock's origin.
    pub since: f64,
    /// The workers that have not stopped.
    pub workers: Vec<Awaited>,
}

/// A worker that has not stopped yet.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Awaited {
    /// Number of the worker, from 0.
    pub worker: usize,
    /// For how long, in microseconds.
    pub waited: f64,
    /// Why, as far as known by now.
    pub kind: CauseKind,
    /// Where it is, as far as that is known.
    pub place: Option<Site>,
    /// Source line of that place.
    pub line: Option<u32>,
    /// What is known, in words.
    pub evidence: String,
}

/// Totals of all pauses of a run. Durations in microseconds, shares from 0 to 1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Totals {
    /// From the first worker's start to the last one's end, or to now.
    pub run: f64,
    /// How long the world stood still: from the last arrival to the last wake-up, over all pauses.
    pub stopped: f64,
    /// That as a share of the run.
    pub share: f64,
    /// By reason.
    pub by_reason: ByReason,
    /// The least share of a window for which the program ran, by the window's length.
    pub utilisation: [Utilisation; WINDOWS_MS.len()],
    /// The longest window in which the program ran for less than half of the time; 0 if there is
    /// none.
    pub window: f64,
}

/// The lengths of windows of [`Totals::utilisation`], in milliseconds.
pub const WINDOWS_MS: [u32; 10] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];

/// Totals of each reason.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct ByReason {
    /// Collections.
    pub gc: Stopped,
    /// Snapshots.
    pub snapshot: Stopped,
    /// Debugger pauses.
    pub debug: Stopped,
}

/// How long pauses for one reason stopped the world.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Stopped {
    /// How many.
    pub pauses: u64,
    /// For how long in all.
    pub stopped: f64,
    /// As a share of the run.
    pub share: f64,
}

/// Minimum mutator utilisation for one window (Cheng and Blelloch, "A Parallel, Real-Time Garbage
/// Collector", 2001).
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Utilisation {
    /// Length of the window in milliseconds.
    pub window: f64,
    /// The least share of any such window for which the program ran.
    pub least: f64,
}
