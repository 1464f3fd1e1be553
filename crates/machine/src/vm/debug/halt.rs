//! A worker that stops the world for the debugger.

use safepoint::StoppedWorld;

/// Who stopped everybody, where and why.
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

/// Why a worker stops everybody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HaltReason {
    /// Its task came to a breakpoint.
    Breakpoint {
        /// The breakpoint's number.
        id: u32,
        /// How often tasks have come there.
        hits: u64,
        /// Why the condition has no answer, in which case it stops as well.
        problem: Option<String>,
    },
    /// Its task is about to trap.
    Trap {
        /// What was wrong.
        message: String,
    },
}

/// Takes the world from workers that stop it for the debugger.
pub trait DebugSink: Send + Sync {
    /// A worker stopped the world. It stays stopped, and the worker with it, until the world is let
    /// go, which anybody may do on any thread. Called on the worker's thread; must not wait for
    /// anything that a stopped worker would have to do.
    fn halted(&self, stopped: StoppedWorld<'static>, halt: Halt);
}
