//! The machine: its parts together, and what its users see of them.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::config::MachineConfig;
use super::context::Parts;
use super::debug::{Breakpoint, BreakpointError, BreakpointView, Debugger, ObjectView, inspect};
use super::image::Image;
use super::observer::MachineEvent;
use super::outcome::{Ended, Outcome};
use super::output::OutputChunk;
use super::program::Program;
use super::status::{WorkerBlock, WorkerStatus};
use super::step::{StepError, StepKind, StepReport, step};
use super::store::Store;
use super::tier::{CompiledCode, WantedCode};
use super::turns::ScheduleView;
use super::view::{self, TaskView};
use super::worker::{WorkerError, run_worker};
use super::workers::{Member, Workers};
use crate::heap::{Buffer, CollectionFigures, Heap, HeapStats, NoMemory};
use bytecode::{PollPolicy, VerifiedModule};
use safepoint::sync::MutexGuard;
use safepoint::{StoppedWorld, WorkerHandle};

/// A program with everything that it needs to run: a handle, cheap to clone.
///
/// A method that takes a [`StoppedWorld`] needs the world of the machine's own coordinator. Threads that share
/// one stopped world wait for each other.
///
/// # Panics
/// Every method that takes a [`StoppedWorld`] panics if it belongs to another coordinator, because this
/// machine's workers may be running.
#[derive(Clone)]
pub struct Machine {
    owned: Arc<OwnedParts>,
}

/// See [`Parts`].
struct OwnedParts {
    program: Program,
    store: Store,
    debugger: Debugger,
    workers: Workers,
}

impl Machine {
    /// A machine whose first task stands before the program's entry.
    ///
    /// # Errors
    /// If there is no memory for the heap, or the heap is too small for the program's strings.
    pub fn new(module: VerifiedModule, config: MachineConfig) -> Result<Self, NoMemory> {
        let heap = Heap::new(config.heap_limit_bytes)?;
        let mut owned = OwnedParts::new(module, config, heap);
        let OwnedParts { program, store, debugger, .. } = &mut owned;
        let mut buffer = Buffer::new();
        program.make_strings(&store.heap, &mut buffer, &[])?;
        store.start_main(program, debugger.form(), &mut buffer)?;
        buffer.park(&store.heap);
        Ok(Self { owned: Arc::new(owned) })
    }

    /// A machine that continues from an image. The caller has checked the image: its references lead into
    /// `heap`, its frames have passed [`stack`](super::image::stack), and its tasks wait for objects and tasks
    /// that exist. `None` if there is no memory for the stacks.
    pub(crate) fn restored(
        module: VerifiedModule,
        config: MachineConfig,
        heap: Heap,
        image: Image,
    ) -> Option<Self> {
        let mut owned = OwnedParts::new(module, config, heap);
        let OwnedParts { program, store, debugger, .. } = &mut owned;
        let mut buffer = Buffer::new();
        program.make_strings(&store.heap, &mut buffer, &image.strings).ok()?;
        buffer.park(&store.heap);
        store.restore(program, debugger.form(), image).ok()?;
        Some(Self { owned: Arc::new(owned) })
    }

    /// Passes everything that the program's future depends on, with its objects, to `capture`. `None` if the
    /// program has ended.
    pub(crate) fn image<T>(
        &self,
        stopped: &StoppedWorld<'_>,
        capture: impl FnOnce(&Image, &Heap) -> T,
    ) -> Option<T> {
        let _alone = self.alone(stopped);
        let Parts { program, store, .. } = self.parts();
        let image = store.image(program, stopped)?;
        Some(capture(&image, &store.heap))
    }

    fn parts(&self) -> Parts<'_> {
        let OwnedParts { program, store, debugger, workers } = &*self.owned;
        Parts { program, store, debugger, workers }
    }

    /// The permission to use tasks and heap in the stopped world, until this is dropped.
    ///
    /// Checks that the world belongs to this machine's coordinator: in another world its workers may be
    /// running. Locks, because several threads may share one stopped world, but only one of them at a time may
    /// touch tasks and heap.
    #[track_caller]
    fn alone(&self, stopped: &StoppedWorld<'_>) -> MutexGuard<'_, ()> {
        let Parts { program, store, workers, .. } = self.parts();
        assert!(
            stopped.belongs_to(&workers.coordinator),
            "this stopped world belongs to another coordinator, so this machine's workers may be running: \
             ask the coordinator of its MachineConfig for a pause",
        );
        let alone = workers.alone();
        workers.settle_deaths(program, store);
        alone
    }

    /// Makes sure that the heap can be walked. A worker that died has left its free words as they were, and
    /// only a collection finds out which of them are objects.
    fn mend_heap(&self, stopped: &StoppedWorld<'_>) {
        let Parts { program, store, workers, .. } = self.parts();
        if store.heap.is_torn() {
            workers.collect(program, store, stopped);
        }
    }

    fn member(&self, index: usize) -> &Member {
        &self.owned.workers.all()[index]
    }

    /// Makes the calling thread worker `index` until the program ends or is stopped. Registers with
    /// the coordinator, and deregisters on every way out.
    ///
    /// # Errors
    /// If the machine was made for fewer workers, or a thread is this worker already.
    pub fn run_worker(&self, index: usize) -> Result<(), WorkerError> {
        run_worker(self.parts(), index)
    }

    /// Stops the program: every worker leaves at its next poll, at its next scheduling point, or at the end
    /// of a blocking call. Does not wait for that. If the program has ended already, its outcome stays.
    pub fn stop(&self) {
        self.owned.workers.end(&self.owned.store, Ended::Stopped, None);
    }

    /// A thread that is no worker must call this every few milliseconds. It wakes tasks whose sleep is over,
    /// makes running workers publish their counts, and preempts tasks whose slice is over.
    pub fn tick(&self) {
        let Parts { store, workers, .. } = self.parts();
        store.scheduler.wake_due();
        if !store.is_over() {
            workers.nudge(false);
            if workers.tier.is_on() {
                store.call_back();
            }
        }
    }

    /// What is worth compiling, if that has changed since this was asked last. Only with a
    /// [`tier`](MachineConfig::tier).
    pub fn wanted_code(&self) -> Option<WantedCode> {
        let Parts { store, workers, .. } = self.parts();
        workers.tier.take_wanted(store.heap.access().is_plain(), workers.profile)
    }

    /// Wants code for every place at which the interpreter may enter it, as if all of them were hot.
    pub fn want_all_code(&self) {
        let Parts { program, workers, .. } = self.parts();
        workers.tier.want(program.code.entries());
    }

    /// Gives the workers compiled code, which replaces what they had. Each makes an instance of it at its next poll.
    /// Code for another machine is dropped.
    ///
    /// # Safety
    /// It was compiled from this machine's program, for its policy, and for what it wanted.
    pub unsafe fn install_code(&self, code: CompiledCode) {
        self.owned.workers.tier.install(code);
    }

    /// Declares a worker dead whose thread is gone without having returned from
    /// [`run_worker`](Self::run_worker), as in a browser after a trap. No pause waits for the worker any more.
    /// The task that it ran traps at the next pause; all other tasks run on other workers. Takes no lock of the
    /// machine, so a panic hook on the worker's own thread may call it. A thread that unwinds declares its worker
    /// dead itself.
    ///
    /// # Safety
    /// The thread that is worker `index` executes no more instructions of the program: it is gone, or
    /// was never there. See [`WorkerHandle::mark_dead`].
    pub unsafe fn bury_worker(&self, index: usize) {
        // SAFETY: as the caller says.
        unsafe { self.owned.workers.bury(&self.owned.store, index) };
    }

    /// A worker as the coordinator knows it; `None` before its thread has come.
    pub fn worker(&self, index: usize) -> Option<&WorkerHandle> {
        self.owned.workers.all().get(index)?.worker.get()
    }

    /// How the program ended; `None` while it runs.
    pub fn outcome(&self) -> Option<Outcome> {
        let store = &self.owned.store;
        if store.is_over() { store.scheduler.outcome() } else { None }
    }

    /// Waits until the program has ended, or for `limit`. Not for a page's main thread.
    pub fn wait_outcome(&self, limit: Option<Duration>) -> Option<Outcome> {
        let store = &self.owned.store;
        store.wait_until_over(limit.unwrap_or(Duration::MAX));
        store.scheduler.outcome()
    }

    /// Sets how many bytes of the output are kept, for a reader that reads it seldom. At least, and by default,
    /// 256 KiB.
    pub fn keep_output(&self, bytes: usize) {
        self.owned.store.output.keep(bytes);
    }

    /// What the program printed after the first `cursor` bytes.
    pub fn output_since(&self, cursor: u64) -> OutputChunk {
        self.owned.store.output.since(cursor)
    }

    /// The largest number of workers of this machine.
    pub fn workers(&self) -> usize {
        self.owned.workers.all().len()
    }

    /// What a worker is doing. Takes no lock.
    ///
    /// # Panics
    /// If there is no such worker.
    pub fn worker_status(&self, index: usize) -> WorkerStatus {
        self.member(index).block.read()
    }

    /// What the workers do, how many tasks are ready, and how long tasks were ready before they ran. For
    /// views: takes each worker's lock for a moment.
    pub fn schedule(&self) -> ScheduleView {
        let Parts { store, workers, .. } = self.parts();
        workers.schedule(store.scheduler.ready())
    }

    /// A worker's figures in place, for readers that share the memory. They stay there as long as a clone of
    /// this machine lives.
    ///
    /// # Panics
    /// If there is no such worker.
    pub fn worker_block(&self, index: usize) -> &WorkerBlock {
        &self.member(index).block
    }

    /// How often each poll site polled, by its id; empty unless profiling.
    pub fn site_hits(&self) -> Vec<u64> {
        let mut sums = Vec::new();
        for member in self.owned.workers.all() {
            let hits = member.hits.get(1..).unwrap_or_default();
            sums.resize(hits.len(), 0);
            for (sum, hit) in sums.iter_mut().zip(hits) {
                *sum += hit.get();
            }
        }
        sums
    }

    /// Frees every object that the program cannot reach.
    pub fn collect(&self, stopped: &StoppedWorld<'_>) -> CollectionFigures {
        let Parts { program, store, workers, .. } = self.parts();
        let alone = self.alone(stopped);
        let figures = workers.collect(program, store, stopped);
        drop(alone);
        workers.observe(None, MachineEvent::Collected(figures));
        figures
    }

    /// Every task that has not ended, with its frames.
    pub fn tasks(&self, stopped: &StoppedWorld<'_>) -> Vec<TaskView> {
        let _alone = self.alone(stopped);
        view::tasks(&self.owned.program, &self.owned.store, stopped)
    }

    /// Adds a breakpoint and returns its number. Its places are looked up in this machine's own program, even
    /// if it was made for another program.
    ///
    /// # Errors
    /// If there are [`MOST_BREAKPOINTS`](super::MOST_BREAKPOINTS) already, or it does not fit the program.
    pub fn add_breakpoint(
        &self,
        stopped: &StoppedWorld<'_>,
        breakpoint: Breakpoint,
    ) -> Result<u32, BreakpointError> {
        let _alone = self.alone(stopped);
        let Parts { program, store, debugger, .. } = self.parts();
        debugger.add_breakpoint(program, store, stopped, breakpoint)
    }

    /// Removes one breakpoint or all of them. Returns whether there was one.
    pub fn remove_breakpoint(&self, stopped: &StoppedWorld<'_>, id: Option<u32>) -> bool {
        let _alone = self.alone(stopped);
        self.owned.debugger.remove_breakpoint(&self.owned.program, id)
    }

    /// The breakpoints, oldest first.
    pub fn breakpoints(&self) -> Vec<BreakpointView> {
        self.owned.debugger.breakpoint_views()
    }

    /// Whether the world stops when a task is about to trap.
    pub fn break_on_trap(&self, stopped: &StoppedWorld<'_>, on: bool) {
        let _alone = self.alone(stopped);
        let Parts { program, store, debugger, .. } = self.parts();
        debugger.break_on_trap(program, store, stopped, on);
    }

    /// A debugger must call this before it releases the world. Without a breakpoint, tasks go back to the
    /// fastest form of the program.
    pub fn settle_debugger(&self, stopped: &StoppedWorld<'_>) {
        let _alone = self.alone(stopped);
        let Parts { program, store, debugger, .. } = self.parts();
        debugger.settle(program, store, stopped);
    }

    /// Lets one task execute at most `most` instructions while all workers stay stopped.
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
        step(self.parts(), stopped, task, kind, most)
    }

    /// The object behind a reference, with up to `count` of its fields or elements (at most
    /// [`SHOWN_ENTRIES`](super::SHOWN_ENTRIES)), beginning at an index. `None` if there is no object.
    pub fn object(
        &self,
        stopped: &StoppedWorld<'_>,
        reference: u32,
        from: u64,
        count: usize,
    ) -> Option<ObjectView> {
        let _alone = self.alone(stopped);
        self.mend_heap(stopped);
        let Parts { program, store, .. } = self.parts();
        inspect::object(program, store, stopped, reference, from, count)
    }

    /// A hash of every object's place and content. In one stopped world it is always the same.
    pub fn heap_digest(&self, stopped: &StoppedWorld<'_>) -> u64 {
        let _alone = self.alone(stopped);
        self.mend_heap(stopped);
        self.owned.store.heap.digest()
    }

    /// How full the heap is.
    pub fn heap_stats(&self) -> HeapStats {
        self.owned.store.heap.stats()
    }

    /// The program.
    pub fn module(&self) -> &VerifiedModule {
        &self.owned.program.module
    }

    /// Which sites poll.
    pub fn policy(&self) -> PollPolicy {
        self.owned.program.policy
    }
}

impl OwnedParts {
    /// Without tasks, and without the strings of the constant pool.
    fn new(module: VerifiedModule, config: MachineConfig, heap: Heap) -> Self {
        let program = Program::new(module, config.policy);
        let store =
            Store::new(&program, heap, config.workers.max(1), config.gc_stress, config.gc_helpers);
        let workers = Workers::new(&program, &config);
        let debugger =
            Debugger::new(&program, config.breakpoints, config.break_on_trap, config.debugger);
        Self { program, store, debugger, workers }
    }
}

impl fmt::Debug for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Machine").field("workers", &self.workers()).finish_non_exhaustive()
    }
}
