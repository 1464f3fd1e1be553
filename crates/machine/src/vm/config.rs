//! The options of a machine.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::debug::{Breakpoint, DebugSink};
use super::observer::MachineObserver;
use super::tier::TierHost;
use bytecode::PollPolicy;
use safepoint::SafepointCoordinator;

/// The options of a machine.
#[derive(Clone)]
pub struct MachineConfig {
    /// The largest number of workers that call [`Machine::run_worker`](super::Machine::run_worker); at least 1.
    pub workers: usize,
    /// Bytes that objects may take: 16 KiB to just under 32 GiB. A smaller or larger value is moved to the
    /// nearest limit.
    pub heap_limit_bytes: u64,
    /// How long a task may run while others wait.
    pub slice: Duration,
    /// Which sites poll. `None`: the policy that the program asks for.
    pub policy: Option<PollPolicy>,
    /// Count polls, of each worker and of each site.
    pub profile: bool,
    /// Collect at every allocation, with helpers each time, so that tests find a root that is missing.
    pub gc_stress: bool,
    /// The largest number of stopped workers that help to mark. Best is the number of cores minus one, because
    /// the collecting worker marks, too.
    pub gc_helpers: usize,
    /// Breakpoints that are set from the beginning: those of the first
    /// [`MOST_BREAKPOINTS`](super::MOST_BREAKPOINTS) that fit the program.
    pub breakpoints: Vec<Breakpoint>,
    /// Stop the world when a task is about to trap.
    pub break_on_trap: bool,
    /// Takes the stopped world from a worker that stopped it for the debugger. If `None`, breakpoints only
    /// count their hits.
    pub debugger: Option<Arc<dyn DebugSink>>,
    /// The coordinator that stops the workers.
    pub coordinator: SafepointCoordinator,
    /// Makes compiled code callable. If `None`, everything is interpreted.
    pub tier: Option<Arc<dyn TierHost>>,
    /// Receives the machine's events.
    pub observer: Option<Arc<dyn MachineObserver>>,
}

impl MachineConfig {
    /// One worker, 64 MiB, slices of 10 ms; as many helpers as there are other cores (none in a browser,
    /// which does not tell the number of cores).
    pub fn new(coordinator: SafepointCoordinator) -> Self {
        Self {
            workers: 1,
            heap_limit_bytes: 64 << 20,
            slice: Duration::from_millis(10),
            policy: None,
            profile: false,
            gc_stress: false,
            gc_helpers: std::thread::available_parallelism().map_or(0, |cores| cores.get() - 1),
            breakpoints: Vec::new(),
            break_on_trap: false,
            debugger: None,
            coordinator,
            tier: None,
            observer: None,
        }
    }
}

impl fmt::Debug for MachineConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MachineConfig")
            .field("workers", &self.workers)
            .field("heap_limit_bytes", &self.heap_limit_bytes)
            .finish_non_exhaustive()
    }
}
