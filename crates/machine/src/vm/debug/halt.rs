//! A worker that stops the world for the debugger.

use safepoint::StoppedWorld;

/// Which worker stopped the world, where and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Halt {
    /// The worker.
    pub worker: usize,
    /// The task that it runs.
    pub task: u32,
    /// Index of the function.
    pub function: u16,
    /// Index of the instruction that comes next.
    pub instruction: u32,
    /// Why.
    pub why: HaltReason,
}

/// Why a worker stops the world for the debugger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HaltReason {
    /// Its task reached a breakpoint.
    Breakpoint {
        /// The breakpoint's number.
        id: u32,
        /// How often tasks have reached it.
        hits: u64,
        /// Why the condition has no result; then the breakpoint stops the world as well.
        problem: Option<String>,
    },
    /// Its task is about to trap.
    Trap {
        /// What was wrong.
        message: String,
    },
}

/// Receives the world from workers that stop it for the debugger.
pub trait DebugSink: Send + Sync {
    /// A worker stopped the world. The world and this worker stay stopped until the world is released, which
    /// any thread may do. Called on the worker's thread; must not wait for anything that a stopped worker
    /// would have to do.
    fn halted(&self, stopped: StoppedWorld<'static>, halt: Halt);
}
