//! Options of a run, as scripts give them.

use bytecode::PollPolicy;
use machine::snapshot::Description;

/// How a program is to be run.
#[derive(Debug, Clone, PartialEq)]
pub struct RunOptions {
    /// 1 to 128.
    pub workers: usize,
    /// Replaces the program's own.
    pub policy: Option<PollPolicy>,
    /// Back-edges of compiled code poll less often than the policy says, as the time that they take allows.
    pub adapts: bool,
    /// Limit of the heap in bytes.
    pub heap: usize,
    /// Counts hits per poll site.
    pub profile: bool,
    /// Compiles what is hot, where that can be done.
    pub compile: Compile,
    /// Collects at every allocation, which is slow: whatever a collection would lose is lost at once.
    pub stress: bool,
    /// The most stopped workers that help to mark; if left out, one less than there are cores.
    pub gc_helpers: Option<usize>,
    /// Microseconds after which late workers are named; the request waits on.
    pub warn: Option<f64>,
    /// Microseconds after which a pause is given up.
    pub deadline: Option<f64>,
}

impl Default for RunOptions {
    fn default() -> Self {
        Self {
            workers: 4,
            policy: None,
            adapts: false,
            heap: 32 << 20,
            profile: true,
            compile: Compile::Never,
            stress: false,
            gc_helpers: None,
            warn: None,
            deadline: None,
        }
    }
}

/// What is compiled, where that can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Compile {
    /// Nothing.
    #[default]
    Never,
    /// What is hot.
    Hot,
    /// Everything, before the program begins.
    First,
}

/// How a snapshot is to be restored; `None` leaves a setting as it was.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RestoreOptions {
    /// 1 to 128.
    pub workers: Option<usize>,
    /// Replaces the policy under which the program ran.
    pub policy: Option<PollPolicy>,
    /// As for a run.
    pub adapts: bool,
    /// Limit of the heap in bytes.
    pub heap: Option<usize>,
    /// Counts hits per poll site, as they would be for a run.
    pub profile: Option<bool>,
    /// As for a run.
    pub compile: Option<Compile>,
    /// As for a run.
    pub stress: Option<bool>,
    /// As for a run.
    pub gc_helpers: Option<usize>,
    /// Microseconds after which late workers are named; the request waits on.
    pub warn: Option<f64>,
    /// Microseconds after which a pause is given up.
    pub deadline: Option<f64>,
}

impl RestoreOptions {
    /// The options of the run: these, and those of the snapshot where these are `None`.
    pub fn over(&self, snapshot: &Description) -> RunOptions {
        RunOptions {
            workers: self.workers.unwrap_or(snapshot.workers),
            policy: Some(self.policy.unwrap_or(snapshot.policy)),
            adapts: self.adapts,
            heap: self.heap.unwrap_or(usize::try_from(snapshot.heap).unwrap_or(usize::MAX)),
            profile: self.profile.unwrap_or(RunOptions::default().profile),
            compile: self.compile.unwrap_or(RunOptions::default().compile),
            stress: self.stress.unwrap_or(RunOptions::default().stress),
            gc_helpers: self.gc_helpers,
            warn: self.warn,
            deadline: self.deadline,
        }
    }
}
