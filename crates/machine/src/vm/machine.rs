//! What all workers of a program share.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use super::code::{Code, HALT};
use super::config::MachineConfig;
use super::crew::Crew;
use super::cut::{self, Cut, FrameCut, TaskCut};
use super::debug::Debugger;
use super::handle::handle_task;
use super::observer::{MachineEvent, MachineObserver};
use super::outcome::{Ended, Outcome};
use super::output::Output;
use super::scheduler::{MAIN, Rest, Scheduler, TaskRef};
use super::status::{WorkerBlock, WorkerState};
use super::tally::Tally;
use super::task::{NoStack, StackBudget, Task, TaskBody};
use super::translate::{registers, translate};
use super::trap::{TrapReport, cut};
use super::turns::ScheduleView;
use super::view;
use super::waits;
use super::worker::Context;
use crate::heap::{Buffer, CollectionFigures, Header, Heap, Marker, NoMemory, ObjectKind, Value};
use bytecode::{Constant, PollPolicy, VerifiedModule};
use safepoint::clock;
use safepoint::sync::{Futex, lock};
use safepoint::{Durations, SafepointCoordinator, StoppedWorld, WorkerHandle};

pub(super) struct Shared {
    pub(super) module: VerifiedModule,
    pub(super) policy: PollPolicy,
    pub(super) code: Code,
    pub(super) debugger: Debugger,
    pub(super) constants: Vec<Value>,
    /// Which of the constants are which strings of the module's pool.
    strings: Vec<(u32, u16)>,
    pub(super) globals: Box<[AtomicU64]>,
    pub(super) heap: Heap,
    pub(super) scheduler: Scheduler,
    pub(super) output: Output,
    pub(super) slice: Duration,
    pub(super) profile: bool,
    pub(super) gc_stress: bool,
    gc_helpers: u32,
    seats: Box<[Seat]>,
    /// Workers that block outside of a safe region.
    stalled: AtomicUsize,
    budget: Arc<StackBudget>,
    pub(super) coordinator: SafepointCoordinator,
    pub(super) observer: Option<Arc<dyn MachineObserver>>,
    over: AtomicBool,
    /// Rung when the machine is over.
    over_bell: Futex,
    /// For whoever does something in the stopped world, which several threads may share.
    operation: Mutex<()>,
    /// A worker died, and its task may still be there.
    lost: AtomicBool,
    settling: Mutex<()>,
}

/// A worker's place.
struct Seat {
    block: WorkerBlock,
    /// For each poll site, by its id plus one, how often it polled; empty unless profiling.
    hits: Box<[Tally]>,
    /// Whether a thread is, or was, this worker.
    taken: AtomicBool,
    /// An object that the worker has just taken and not yet put anywhere; 0 for none. Relaxed: only
    /// read and written in a stopped world, or by the worker while the world runs.
    in_flight: AtomicU32,
    worker: OnceLock<WorkerHandle>,
    /// How long the tasks that it ran had been ready.
    waited: Mutex<Durations>,
}

impl Shared {
    pub(super) fn new(module: VerifiedModule, config: MachineConfig) -> Result<Self, NoMemory> {
        let heap = Heap::new(config.heap_limit_bytes)?;
        let mut shared = Self::without_tasks(module, config, heap);
        let mut buffer = Buffer::new();
        shared.make_strings(&mut buffer)?;
        shared.start_main(&mut buffer)?;
        buffer.park(&shared.heap);
        Ok(shared)
    }

    /// A machine that goes on from a cut, whose references lead into `heap`.
    pub(super) fn restored(
        module: VerifiedModule,
        config: MachineConfig,
        heap: Heap,
        cut: Cut,
    ) -> Result<Self, NoStack> {
        let mut shared = Self::without_tasks(module, config, heap);
        for (at, pooled) in &shared.strings {
            if let Ok(known) = cut.strings.binary_search_by_key(pooled, |(known, _)| *known) {
                shared.constants[*at as usize] = Value::reference(cut.strings[known].1);
            }
        }
        let mut buffer = Buffer::new();
        shared.make_strings(&mut buffer).map_err(|_| NoStack)?;
        buffer.park(&shared.heap);
        for (global, value) in shared.globals.iter().zip(&cut.globals) {
            global.store(value.bits(), Ordering::Relaxed);
        }
        let tasks = cut.tasks.iter().map(|task| shared.restored_task(task));
        let tasks = tasks.collect::<Result<Vec<_>, _>>()?;
        shared.scheduler.restore(&shared.heap, &cut, tasks);
        shared.output = Output::restored(cut.output_dropped, cut.output);
        Ok(shared)
    }

    fn restored_task(&self, cut: &TaskCut) -> Result<TaskRef, NoStack> {
        let at = cut::position(&self.module, &self.code, &cut.frames, self.debugger.form())
            .ok_or(NoStack)?;
        let mut body = TaskBody::restored(&self.budget, at)?;
        for (register, value) in body.registers.iter().zip(&cut.registers) {
            register.set(value.bits());
        }
        body.countdown = cut.countdown;
        body.wait_over = cut.wait_over;
        body.blocked_until = cut.blocked.map(|rest| clock::now().saturating_add(rest));
        Ok(Arc::new(Task::new(cut.id, cut.frames[0].function, cut.handle, body)))
    }

    /// Everything that a program's future depends on. `None` when it has ended.
    pub(super) fn cut(&self, _stopped: &StoppedWorld<'_>) -> Option<Cut> {
        if self.is_over() {
            return None;
        }
        let now = clock::now();
        let cut = self.scheduler.cut(|task| {
            // SAFETY: the world is stopped, so no worker touches the body, and the scheduler's lock
            // keeps away whoever wakes tasks from outside; the reference does not outlive this
            // function.
            let body = unsafe { &*task.body() };
            let mut frames: Vec<FrameCut> = view::frames(self, body)
                .map(|frame| FrameCut { function: frame.function, instruction: frame.visible })
                .collect();
            frames.reverse();
            let live = view::live_registers(self, body);
            TaskCut {
                id: task.id,
                handle: task.handle,
                wait_over: body.wait_over,
                countdown: body.countdown,
                blocked: body.blocked_until.map(|until| until.since(now)),
                frames,
                registers: body.registers[..live]
                    .iter()
                    .map(|bits| Value::from_bits(bits.get()))
                    .collect(),
            }
        });
        let (output_dropped, output) = self.output.cut();
        let strings = self.strings.iter();
        let mut strings: Vec<(u16, u32)> = strings
            .map(|(at, pooled)| (*pooled, self.constants[*at as usize].low_word()))
            .collect();
        strings.sort_unstable();
        Some(Cut {
            strings,
            globals: self
                .globals
                .iter()
                .map(|global| Value::from_bits(global.load(Ordering::Relaxed)))
                .collect(),
            output_dropped,
            output,
            ..cut
        })
    }

    /// Allocates the strings of the constant pool that are not there yet.
    fn make_strings(&mut self, buffer: &mut Buffer) -> Result<(), NoMemory> {
        for (at, pooled) in &self.strings {
            let constant = &mut self.constants[*at as usize];
            if let Some(Constant::String(text)) =
                self.module.module().constants.get(*pooled as usize)
                && *constant == Value::NULL
            {
                let string = self
                    .heap
                    .string(buffer, &[text])
                    .ok_or(NoMemory { bytes: self.heap.stats().capacity_bytes })?;
                *constant = Value::reference(string);
            }
        }
        Ok(())
    }

    /// A machine with an empty scheduler and without the strings of the constant pool.
    fn without_tasks(module: VerifiedModule, config: MachineConfig, heap: Heap) -> Self {
        let policy = config.policy.unwrap_or(module.module().policy);
        let (code, table) = translate(&module, policy);
        let debugger = Debugger::new(
            &module,
            &code,
            config.observe_all,
            config.breakpoints,
            config.break_on_trap,
            config.debugger,
        );
        let (constants, strings) = table.finish();
        let globals = module.module().globals.iter();
        let globals = globals.map(|_| AtomicU64::new(Value::NULL.bits())).collect();
        let counters = if config.profile { 1 + module.sites().count() } else { 0 };
        let workers = config.workers.max(1);
        let seats = (0..workers)
            .map(|_| Seat {
                block: WorkerBlock::default(),
                hits: (0..counters).map(|_| Tally::default()).collect(),
                taken: AtomicBool::new(false),
                in_flight: AtomicU32::new(0),
                worker: OnceLock::new(),
                waited: Mutex::default(),
            })
            .collect();
        Self {
            module,
            policy,
            code,
            debugger,
            constants,
            strings,
            globals,
            heap,
            scheduler: Scheduler::new(),
            output: Output::default(),
            slice: config.slice,
            profile: config.profile,
            gc_stress: config.gc_stress,
            gc_helpers: u32::try_from(config.gc_helpers.min(workers)).unwrap_or(u32::MAX),
            seats,
            stalled: AtomicUsize::new(0),
            budget: Arc::new(StackBudget::default()),
            coordinator: config.coordinator,
            observer: config.observer,
            over: AtomicBool::new(false),
            over_bell: Futex::new(0),
            operation: Mutex::new(()),
            lost: AtomicBool::new(false),
            settling: Mutex::new(()),
        }
    }

    /// Makes the program's first task.
    fn start_main(&self, buffer: &mut Buffer) -> Result<(), NoMemory> {
        let bytes = self.heap.stats().capacity_bytes;
        let header = Header::new(ObjectKind::Task, 0, 2);
        let payload = [0, Value::NULL.bits()];
        let handle = buffer.raw(&self.heap, header, &payload).ok_or(NoMemory { bytes })?;
        let entry = self.module.module().entry;
        let main = self.spawn(entry, handle, std::iter::empty());
        self.scheduler.make_ready(main.map_err(|_| NoMemory { bytes })?);
        Ok(())
    }

    /// Makes a task that begins with a function; not yet in any queue.
    pub(super) fn spawn(
        &self,
        function: u16,
        handle: u32,
        arguments: impl Iterator<Item = Value>,
    ) -> Result<TaskRef, String> {
        let need = registers(&self.module, function) as usize;
        let halt = self.code.address(HALT);
        let start = self.code.start(function, self.debugger.form());
        let body = TaskBody::new(&self.budget, need, halt, start);
        let body = body.map_err(|_| "out of memory: no room for the stack of another task")?;
        for (register, value) in body.registers.iter().zip(arguments) {
            register.set(value.bits());
        }
        self.scheduler.add(&self.heap, function, handle, body)
    }

    /// Relaxed: whoever sees it late does a little more that nobody asks for.
    #[inline(always)]
    pub(super) fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    /// Ends the program, once.
    pub(super) fn end(&self, ended: Ended, trap: Option<TrapReport>) {
        if !self.scheduler.set_outcome(ended, trap) {
            return;
        }
        self.over.store(true, Ordering::Relaxed);
        self.over_bell.ring();
        self.scheduler.notify_all();
        // All: a worker that leaves a stop just now might have read `over` before and set its state
        // after. Whoever leaves after the post has `over` by the same word.
        self.nudge(true);
    }

    pub(super) fn end_in_deadlock(&self) {
        let report = waits::deadlock_report(self);
        self.end(Ended::Deadlocked, report);
    }

    /// Has running workers pass through the slow path of their next poll. `all`: also those that
    /// were not running when last seen, which may be about to.
    fn nudge(&self, all: bool) {
        for seat in &self.seats {
            if (all || seat.block.read().state == WorkerState::Running)
                && let Some(worker) = seat.worker.get()
            {
                worker.post(|_| {});
            }
        }
    }

    /// Waits until the time is up or the machine is over.
    pub(super) fn wait_until_over(&self, time: Duration) {
        let until = clock::now().saturating_add(time);
        loop {
            let seen = self.over_bell.load();
            let left = until.since(clock::now());
            if self.is_over() || left.is_zero() {
                return;
            }
            self.over_bell.wait(seen, Some(left));
        }
    }

    /// Nobody else does anything with tasks and heap in the stopped world until this is dropped.
    pub(super) fn alone(&self) -> MutexGuard<'_, ()> {
        self.operation.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sees to it that the heap can be walked: a worker that died has left the free words that it had
    /// taken as they were, and only a collection knows what of them is an object.
    pub(super) fn mend_heap(self: &Arc<Self>, stopped: &StoppedWorld<'_>) {
        if self.heap.is_torn() {
            self.collect(stopped);
        }
    }

    /// Frees every object that the program cannot reach.
    pub(super) fn collect(self: &Arc<Self>, stopped: &StoppedWorld<'_>) -> CollectionFigures {
        self.settle_deaths();
        let crew = Crew { shared: self, stopped };
        self.heap.collect(stopped, &crew, &mut |marker| self.mark_roots(marker))
    }

    /// Everything that can reach objects without being one: constants, globals, what workers have in
    /// hand, and of every task
    /// its handle and the registers below its top frame's operands. Frames lie in one piece, so
    /// that is all the locals and operands of all frames and nothing else.
    fn mark_roots(&self, marker: &mut Marker<'_>) {
        for constant in &self.constants {
            marker.value(*constant);
        }
        for global in &self.globals {
            marker.value(Value::from_bits(global.load(Ordering::Relaxed)));
        }
        for seat in &self.seats {
            match seat.in_flight.load(Ordering::Relaxed) {
                0 => {}
                object => marker.reference(object),
            }
        }
        for entry in self.scheduler.state().tasks.values() {
            marker.reference(entry.task.handle);
            // SAFETY: the world is stopped, so no worker touches the body; the reference does not
            // outlive this turn of the loop.
            let body = unsafe { &*entry.task.body() };
            let live = view::live_registers(self, body);
            for register in &body.registers[..live] {
                marker.value(Value::from_bits(register.get()));
            }
        }
    }

    /// Most stopped workers that help to mark.
    pub(super) fn gc_helpers(&self) -> u32 {
        self.gc_helpers
    }

    pub(super) fn set_in_flight(&self, worker: usize, object: Option<u32>) {
        self.seats[worker].in_flight.store(object.unwrap_or(0), Ordering::Relaxed);
    }

    pub(super) fn function_name(&self, function: u16) -> String {
        self.module.module().functions[function as usize].name.clone()
    }

    /// The message for whoever awaits a task that trapped.
    pub(super) fn awaited_trap(&self, handle: u32) -> String {
        let task = handle_task(&self.heap, handle);
        cut(match self.scheduler.trap_of(task) {
            Some((name, message)) => format!("awaited task {task} ({name}) trapped: {message}"),
            None => format!("awaited task {task} trapped"),
        })
    }

    pub(super) fn observe(&self, worker: Option<usize>, event: MachineEvent) {
        if let Some(observer) = &self.observer {
            observer.event(worker, event);
        }
    }

    pub(super) fn seats(&self) -> usize {
        self.seats.len()
    }

    pub(super) fn block(&self, index: usize) -> &WorkerBlock {
        &self.seats[index].block
    }

    /// A worker that has run, for whoever wants to reach it.
    pub(super) fn worker(&self, index: usize) -> Option<&WorkerHandle> {
        self.seats.get(index)?.worker.get()
    }

    /// A worker begins a turn of a task that had been ready for so long.
    pub(super) fn record_wait(&self, worker: usize, waited: Duration) {
        lock(&self.seats[worker].waited).record(waited);
    }

    /// Does something that keeps a worker from everything else, outside of a safe region.
    pub(super) fn stalling(&self, work: impl FnOnce(&Self)) {
        // Relaxed: a figure for views.
        self.stalled.fetch_add(1, Ordering::Relaxed);
        work(self);
        self.stalled.fetch_sub(1, Ordering::Relaxed);
    }

    pub(super) fn schedule(&self) -> ScheduleView {
        let mut view = ScheduleView { ready: self.scheduler.ready(), ..ScheduleView::default() };
        let mut waited = Durations::default();
        for seat in &self.seats {
            waited.add(&lock(&seat.waited));
            match seat.block.read().state {
                WorkerState::Running => view.running += 1,
                WorkerState::Stopped => view.stopped += 1,
                WorkerState::SafeRegion => view.blocked += 1,
                WorkerState::Idle => view.idle += 1,
                WorkerState::Starting | WorkerState::Finished | WorkerState::Dead => {}
            }
        }
        let stalled = self.stalled.load(Ordering::Relaxed).min(view.running);
        view.running -= stalled;
        view.blocked += stalled;
        view.ready_to_running = waited.summary();
        view
    }

    pub(super) fn hits(&self, index: usize) -> &[Tally] {
        &self.seats[index].hits
    }
}

impl Shared {
    /// The machine's side of [`Machine::run_worker`](super::Machine::run_worker).
    pub(super) fn run_worker(self: &Arc<Self>, index: usize) -> Result<(), WorkerError> {
        let count = self.seats.len();
        let seat = self.seats.get(index).ok_or(WorkerError::NoSuchWorker { index, count })?;
        // Relaxed: one of two threads finds it false, and nothing else depends on it.
        if seat.taken.swap(true, Ordering::Relaxed) {
            return Err(WorkerError::AlreadyRunning { index });
        }
        let worker = self.coordinator.register_worker();
        let _ = seat.worker.set(worker.handle());
        self.observe(Some(index), MachineEvent::WorkerStarted(worker.id()));
        let mut end = Finish { shared: self, index, state: WorkerState::Dead };
        Context::new(self, &worker, index).work();
        end.state = WorkerState::Finished;
        drop(worker);
        Ok(())
    }

    /// A worker is gone without having said so: nobody waits for it. Takes no lock, for a thread that may
    /// have died with one.
    ///
    /// # Safety
    /// As [`WorkerHandle::mark_dead`].
    pub(super) unsafe fn bury(&self, index: usize) {
        let Some(seat) = self.seats.get(index) else { return };
        seat.block.set_state(WorkerState::Dead);
        self.heap.tear();
        // Before the world can be stopped without that worker: whoever has it settles what is left first.
        self.lost.store(true, Ordering::Release);
        if let Some(worker) = seat.worker.get() {
            // SAFETY: as the caller says.
            unsafe { worker.mark_dead() };
        }
    }

    /// As [`bury`](Self::bury), and whoever waits for its task shall know.
    ///
    /// # Safety
    /// As [`WorkerHandle::mark_dead`].
    pub(super) unsafe fn worker_died(&self, index: usize) {
        // SAFETY: as the caller says.
        unsafe { self.bury(index) };
        self.scheduler.worker_is_gone();
        let _alone = self.alone();
        self.settle_deaths();
    }

    /// The tasks of workers that died trap. Before that nobody may look at them: they were saved when their
    /// workers last stopped, and have gone on since, so that neither frames nor registers fit.
    pub(super) fn settle_deaths(&self) {
        let _one = self.settling.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.lost.swap(false, Ordering::Acquire) {
            return;
        }
        for index in 0..self.seats.len() {
            if self.block(index).read().state == WorkerState::Dead {
                self.settle_death(index);
            }
        }
    }

    fn settle_death(&self, index: usize) {
        let Some(task) = self.scheduler.task_of_worker(index) else { return };
        let message = format!(
            "worker {index}, which ran this task, died; the place is where the task was last seen"
        );
        let report = view::trap_report(self, &task, message);
        let after = self.scheduler.trap(&self.heap, &task, report);
        self.observe(Some(index), MachineEvent::TaskTrapped { task: task.id });
        for woken in after.woken {
            self.scheduler.make_ready(woken);
        }
        match after.rest {
            _ if task.id == MAIN => self.end(Ended::Trapped, None),
            Rest::Running => {}
            Rest::Nothing => self.end(Ended::Finished, None),
            Rest::Deadlock => self.end_in_deadlock(),
        }
    }

    pub(super) fn tick(&self) {
        self.scheduler.wake_due();
        if !self.is_over() {
            self.nudge(false);
        }
    }

    pub(super) fn wait_outcome(&self, limit: Option<Duration>) -> Option<Outcome> {
        self.wait_until_over(limit.unwrap_or(Duration::MAX));
        self.scheduler.outcome()
    }
}

/// Says how a worker ended, also when its thread unwinds.
struct Finish<'s> {
    shared: &'s Shared,
    index: usize,
    state: WorkerState,
}

impl Drop for Finish<'_> {
    fn drop(&mut self) {
        self.shared.seats[self.index].block.set_state(self.state);
        if self.state == WorkerState::Dead {
            // SAFETY: this thread unwinds out of the worker's loop, and nothing that is dropped after
            // this touches what a stopped world protects.
            unsafe { self.shared.worker_died(self.index) };
        }
    }
}

/// Why a thread cannot become that worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkerError {
    /// The machine was made for fewer workers.
    NoSuchWorker {
        /// What was asked for.
        index: usize,
        /// How many the machine was made for.
        count: usize,
    },
    /// Another thread is that worker.
    AlreadyRunning {
        /// What was asked for.
        index: usize,
    },
}

impl fmt::Display for WorkerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSuchWorker { index, count } => write!(
                f,
                "there is no worker {index}: the machine was made for {count}; ask for more when making it"
            ),
            Self::AlreadyRunning { index } => {
                write!(f, "worker {index} runs already, or has run; take another number")
            }
        }
    }
}

impl std::error::Error for WorkerError {}
