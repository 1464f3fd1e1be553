//! What is said of a pause beside its figures: how it ended, who stood how, what made workers late, and
//! what all pauses of a run took together.

use serde::Serialize;

use super::{Reason, Site};

/// How a request for a pause ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ended {
    /// The world was stopped, or is.
    Completed,
    /// Given up because time was up; the world was never stopped.
    TimedOut,
    /// Taken back; the world was never stopped.
    Cancelled,
}

/// How a worker stood to a pause.
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
    /// It asked for this pause itself.
    Requester,
    /// It found no room and waits for its own collection.
    WaitingForMemory,
    /// Still stopped since the pause before.
    NotYetResumed,
    /// It died while it was waited for.
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
    /// It was not running.
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

/// Why a worker that was waited for was late.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cause {
    /// Number of the worker, from 0.
    pub worker: usize,
    /// What made it late.
    pub kind: CauseKind,
    /// Where that was; where it stopped may be elsewhere.
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
    /// Collecting what goes into a snapshot, and writing it as bytes.
    Capture,
    /// Reading tasks for somebody who debugs.
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
    /// Who asked.
    pub by: String,
    /// When workers were asked to stop; microseconds since the clock's origin.
    pub since: f64,
    /// Who has not stopped.
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

/// What all pauses of a run took. Durations in microseconds, shares from 0 to 1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Totals {
    /// From the first worker's start to the last one's end, or to now.
    pub run: f64,
    /// How long the world stood still: from the last arrival to the last wake-up, over all pauses.
    pub stopped: f64,
    /// That as a share of the run.
    pub share: f64,
    /// By what the pauses were for.
    pub by_reason: ByReason,
    /// The least share of a window that the program had, by the window's length.
    pub utilisation: [Utilisation; WINDOWS_MS.len()],
    /// The longest window in which the program had less than half of its time; 0 if there is none.
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
    /// The least share of any such window that the program had.
    pub least: f64,
}
