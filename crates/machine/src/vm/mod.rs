//! Frames, tasks, scheduler, interpreter.
//!
//! A [`Machine`] runs one verified program. Its functions are translated once into a register form
//! (`op`, `translate`); the interpreter (`interpret`) polls the coordinator's word where the poll
//! policy says so. Tasks are spread over workers (`scheduler`, `worker`); a worker is whatever
//! thread calls [`Machine::run_worker`].
//!
//! Unsafe code is in `interpret` (unchecked access to code, registers and heap words) and where a
//! task's body is borrowed (`task` says when that is sound).

mod arithmetic;
mod code;
mod config;
mod crew;
pub(crate) mod cut;
mod debug;
mod handle;
mod interpret;
mod machine;
mod measured;
mod observer;
mod op;
mod outcome;
mod output;
mod scheduler;
mod since;
mod slow;
mod status;
mod tally;
mod task;
mod text;
mod translate;
mod trap;
mod turns;
mod view;
mod waits;
mod worker;

use std::fmt;
use std::sync::{Arc, MutexGuard};
use std::time::Duration;

pub use crate::heap::{CollectionFigures, HeapStats, NoMemory};
pub use config::MachineConfig;
pub use debug::{
    Breakpoint, BreakpointError, BreakpointRequest, BreakpointView, ConditionError, DebugSink,
    Halt, HaltReason, HolderView, MOST_BREAKPOINTS, ObjectView, Place, SHOWN_CHARACTERS,
    SHOWN_ENTRIES, SHOWN_HOLDERS, StepEnd, StepError, StepKind, StepReport, ValueView,
};
pub use machine::WorkerError;
pub use observer::{MachineEvent, MachineObserver, StopKind};
pub use outcome::{Ended, Outcome};
pub use output::OutputChunk;
pub use since::{Since, Turns, Work, WorkKind};
pub use status::{LongestPath, WorkerBlock, WorkerState, WorkerStatus};
pub use trap::{StackEntry, TrapReport};
pub use turns::{ScheduleView, TurnsView};
pub use view::{FrameView, TaskState, TaskView};

use crate::heap::Heap;
use bytecode::{PollPolicy, VerifiedModule};
use machine::Shared;
use safepoint::{StoppedWorld, WorkerHandle};

/// A program with everything it needs to run; a handle, cheap to clone.
///
/// Whatever needs a stopped world takes the one of the coordinator that the machine was made with. Threads
/// that share one stopped world wait for each other.
///
/// # Panics
/// Every method that takes a [`StoppedWorld`] panics when that belongs to another coordinator: it says
/// nothing of this machine's workers.
#[derive(Clone)]
pub struct Machine {
    shared: Arc<Shared>,
}

impl Machine {
    /// A machine whose first task stands before the program's entry.
    ///
    /// # Errors
    /// If there is no memory for the heap, or the heap is too small for the program's strings.
    pub fn new(module: VerifiedModule, config: MachineConfig) -> Result<Self, NoMemory> {
        Ok(Self { shared: Arc::new(Shared::new(module, config)?) })
    }

    /// A machine that goes on from a cut, whose references lead into `heap`, whose frames passed
    /// [`cut::stack`], and whose tasks wait for what is there. `None`: no memory for the stacks.
    pub(crate) fn restored(
        module: VerifiedModule,
        config: MachineConfig,
        heap: Heap,
        cut: cut::Cut,
    ) -> Option<Self> {
        Some(Self { shared: Arc::new(Shared::restored(module, config, heap, cut).ok()?) })
    }

    /// Gives everything that the program's future depends on, with its objects, to `capture`. `None` when
    /// the program has ended.
    pub(crate) fn cut<T>(
        &self,
        stopped: &StoppedWorld<'_>,
        capture: impl FnOnce(&cut::Cut, &Heap) -> T,
    ) -> Option<T> {
        let _alone = self.alone(stopped);
        let cut = self.shared.cut(stopped)?;
        Some(capture(&cut, &self.shared.heap))
    }

    /// Whoever has the stopped world may do something with what the workers share, until this is dropped.
    ///
    /// The world of another coordinator proves nothing of this machine's workers. And one world may be
    /// shared by several threads, of which one at a time may touch tasks and heap.
    #[track_caller]
    fn alone(&self, stopped: &StoppedWorld<'_>) -> MutexGuard<'_, ()> {
        assert!(
            stopped.belongs_to(&self.shared.coordinator),
            "this stopped world belongs to another coordinator, so this machine's workers may be running: \
             ask the coordinator of its MachineConfig for a pause",
        );
        let alone = self.shared.alone();
        self.shared.settle_deaths();
        alone
    }

    /// Makes the calling thread worker `index` until the program ends or is stopped. Registers with
    /// the coordinator, and deregisters on every way out.
    ///
    /// # Errors
    /// If the machine was made for fewer workers, or that worker runs already.
    pub fn run_worker(&self, index: usize) -> Result<(), WorkerError> {
        self.shared.run_worker(index)
    }

    /// Stops the program: every worker leaves at its next poll, scheduling point, or end of what it
    /// blocks in. Does not wait for that. An outcome that there is already stays.
    pub fn stop(&self) {
        self.shared.end(Ended::Stopped, None);
    }

    /// To be called every few milliseconds by somebody who is no worker: wakes tasks that slept
    /// enough, has running workers publish their counts, and preempts tasks whose slice is over.
    pub fn tick(&self) {
        self.shared.tick();
    }

    /// Says that a worker's thread is gone for ever without having returned from
    /// [`run_worker`](Self::run_worker), as a browser's worker is after a trap. Its task traps, its
    /// other tasks go on elsewhere, and no pause waits for it. A thread that unwinds says so itself.
    ///
    /// # Safety
    /// The thread that is worker `index` executes no more instructions of the program: it is gone, or
    /// was never there. See [`WorkerHandle::mark_dead`].
    pub unsafe fn worker_died(&self, index: usize) {
        // SAFETY: as the caller says.
        unsafe { self.shared.worker_died(index) };
    }

    /// As [`worker_died`](Self::worker_died), without any lock: for a panic hook on the worker's own thread.
    /// The task traps as soon as somebody has stopped the world.
    ///
    /// # Safety
    /// As there.
    pub unsafe fn bury_worker(&self, index: usize) {
        // SAFETY: as the caller says.
        unsafe { self.shared.bury(index) };
    }

    /// A worker as the coordinator knows it; `None` before its thread has come.
    pub fn worker(&self, index: usize) -> Option<&WorkerHandle> {
        self.shared.worker(index)
    }

    /// How the program ended; `None` while it runs.
    pub fn outcome(&self) -> Option<Outcome> {
        if self.shared.is_over() { self.shared.scheduler.outcome() } else { None }
    }

    /// Waits until the program has ended, or for `limit`. Not for a page's main thread.
    pub fn wait_outcome(&self, limit: Option<Duration>) -> Option<Outcome> {
        self.shared.wait_outcome(limit)
    }

    /// Keeps so many bytes of the output, for a reader who comes seldom; 256 KiB at least, and if this is not called.
    pub fn keep_output(&self, bytes: usize) {
        self.shared.output.keep(bytes);
    }

    /// What the program printed after the first `cursor` bytes.
    pub fn output_since(&self, cursor: u64) -> OutputChunk {
        self.shared.output.since(cursor)
    }

    /// Most workers of this machine.
    pub fn workers(&self) -> usize {
        self.shared.seats()
    }

    /// What a worker is doing. Takes no lock.
    ///
    /// # Panics
    /// If there is no such worker.
    pub fn worker_status(&self, index: usize) -> WorkerStatus {
        self.shared.block(index).read()
    }

    /// What the workers do, how many tasks are ready, and how long tasks were ready before they ran. For
    /// views: takes each worker's lock for a moment.
    pub fn schedule(&self) -> ScheduleView {
        self.shared.schedule()
    }

    /// A worker's figures where they lie, for readers that share the memory. They stay there as long
    /// as a clone of this machine lives.
    ///
    /// # Panics
    /// If there is no such worker.
    pub fn worker_block(&self, index: usize) -> &WorkerBlock {
        self.shared.block(index)
    }

    /// How often each poll site polled, by its id; empty unless profiling.
    pub fn site_hits(&self) -> Vec<u64> {
        let mut sums = Vec::new();
        for index in 0..self.workers() {
            let hits = self.shared.hits(index).get(1..).unwrap_or_default();
            sums.resize(hits.len(), 0);
            for (sum, hit) in sums.iter_mut().zip(hits) {
                *sum += hit.get();
            }
        }
        sums
    }

    /// Frees every object that the program cannot reach.
    pub fn collect(&self, stopped: &StoppedWorld<'_>) -> CollectionFigures {
        let alone = self.alone(stopped);
        let figures = self.shared.collect(stopped);
        drop(alone);
        self.shared.observe(None, MachineEvent::Collected(figures));
        figures
    }

    /// Every task that has not ended, with its frames.
    pub fn tasks(&self, stopped: &StoppedWorld<'_>) -> Vec<TaskView> {
        let _alone = self.alone(stopped);
        view::tasks(&self.shared, stopped)
    }

    /// Has every task run in the form of the program that asks before each instruction whether to
    /// stop, or in the fast one. Breakpoints do so by themselves.
    pub fn use_debug_form(&self, stopped: &StoppedWorld<'_>, on: bool) {
        let _alone = self.alone(stopped);
        let form = if on { code::Form::Debug } else { code::Form::Fast };
        debug::forms::set(&self.shared, stopped, form);
    }

    /// Adds a breakpoint; its number. What it asks for is looked up in this machine's own program,
    /// whatever program it was made for.
    ///
    /// # Errors
    /// If there are [`MOST_BREAKPOINTS`] already, or it does not fit the program.
    pub fn add_breakpoint(
        &self,
        stopped: &StoppedWorld<'_>,
        breakpoint: Breakpoint,
    ) -> Result<u32, BreakpointError> {
        let _alone = self.alone(stopped);
        self.shared.add_breakpoint(stopped, breakpoint)
    }

    /// Removes a breakpoint, or all; whether there was any.
    pub fn remove_breakpoint(&self, stopped: &StoppedWorld<'_>, id: Option<u32>) -> bool {
        let _alone = self.alone(stopped);
        self.shared.remove_breakpoint(id)
    }

    /// The breakpoints, oldest first.
    pub fn breakpoints(&self) -> Vec<BreakpointView> {
        self.shared.breakpoints()
    }

    /// Whether everybody stops when a task is about to trap.
    pub fn break_on_trap(&self, stopped: &StoppedWorld<'_>, on: bool) {
        let _alone = self.alone(stopped);
        self.shared.break_on_trap(stopped, on);
    }

    /// To be called before a debugger lets the world go: without a breakpoint tasks go back to the
    /// form of the program that runs fastest.
    pub fn settle_debugger(&self, stopped: &StoppedWorld<'_>) {
        let _alone = self.alone(stopped);
        self.shared.settle_debugger(stopped);
    }

    /// Has one task go on while everybody else stands still, for at most `most` instructions.
    ///
    /// # Errors
    /// If the task cannot go on.
    pub fn step(
        &self,
        stopped: &StoppedWorld<'_>,
        task: u32,
        kind: StepKind,
        most: u64,
    ) -> Result<StepReport, StepError> {
        let _alone = self.alone(stopped);
        debug::step::step(&self.shared, stopped, task, kind, most)
    }

    /// The object behind a reference, with `count` of its fields or elements from that one on, at
    /// most [`SHOWN_ENTRIES`]; `None` if there is no object.
    pub fn object(
        &self,
        stopped: &StoppedWorld<'_>,
        reference: u32,
        from: u64,
        count: usize,
    ) -> Option<ObjectView> {
        let _alone = self.alone(stopped);
        debug::inspect::object(&self.shared, stopped, reference, from, count)
    }

    /// A number made of every object's place and content: two of one stopped world are equal.
    pub fn heap_digest(&self, stopped: &StoppedWorld<'_>) -> u64 {
        let _alone = self.alone(stopped);
        self.shared.mend_heap(stopped);
        self.shared.heap.digest()
    }

    /// How full the heap is.
    pub fn heap_stats(&self) -> HeapStats {
        self.shared.heap.stats()
    }

    /// The program.
    pub fn module(&self) -> &VerifiedModule {
        &self.shared.module
    }

    /// Which sites poll.
    pub fn policy(&self) -> PollPolicy {
        self.shared.policy
    }
}

impl fmt::Debug for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Machine").field("workers", &self.workers()).finish_non_exhaustive()
    }
}
