//! How a program ended.

use super::trap::TrapReport;

/// Why nothing runs any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Every task has ended.
    Finished,
    /// The first task trapped.
    Trapped,
    /// Every task waits for another.
    Deadlocked,
    /// The machine was stopped: [`Machine::stop`](super::Machine::stop).
    Stopped,
}

/// How a program ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Why nothing runs any more.
    pub ended: Ended,
    /// The text of what the first task returned.
    pub result: Option<String>,
    /// The trap that ended the program, or the deadlock.
    pub trap: Option<TrapReport>,
    /// Traps of other tasks, the first few.
    pub other_traps: Vec<TrapReport>,
    /// Traps of other tasks that are not listed.
    pub traps_omitted: u64,
}
