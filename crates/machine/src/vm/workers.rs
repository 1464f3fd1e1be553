//! All workers of a machine: the figures of each, deaths, and the end of the program.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use super::config::MachineConfig;
use super::observer::{MachineEvent, MachineObserver};
use super::outcome::Ended;
use super::program::Program;
use super::report::{deadlock_report, trap_report};
use super::scheduler::{AfterEnd, MAIN, Rest};
use super::status::{WorkerBlock, WorkerState};
use super::store::Store;
use super::tally::Tally;
use super::task::Task;
use super::tier::Tier;
use super::trap::TrapReport;
use super::turns::ScheduleView;
use crate::heap::{CollectionFigures, Value};
use safepoint::sync::{AtomicBool, AtomicUsize, Mutex, MutexGuard, Ordering, lock};
use safepoint::{Durations, SafepointCoordinator, StoppedWorld, WorkerHandle};

pub(super) struct Workers {
    members: Box<[Member]>,
    /// Workers that block outside of a safe region.
    stalled: AtomicUsize,
    pub(super) slice: Duration,
    pub(super) profile: bool,
    pub(super) coordinator: SafepointCoordinator,
    pub(super) observer: Option<Arc<dyn MachineObserver>>,
    pub(super) tier: Tier,
    /// Locked while a thread uses tasks and heap in the stopped world, which several threads may share.
    operation: Mutex<()>,
    /// A worker died, and its task may still be there.
    lost: AtomicBool,
    settling: Mutex<()>,
}

/// One of the workers. It exists before its thread has come and after its thread has gone.
pub(super) struct Member {
    pub(super) block: WorkerBlock,
    /// For each poll site, by its id plus one, how often it polled; empty unless profiling.
    pub(super) hits: Box<[Tally]>,
    /// Whether a thread is, or was, this worker.
    pub(super) taken: AtomicBool,
    pub(super) worker: OnceLock<WorkerHandle>,
    /// How long the tasks that it ran had been ready.
    waited: Mutex<Durations>,
}

impl Member {
    fn new(counters: usize) -> Self {
        Self {
            block: WorkerBlock::default(),
            hits: (0..counters).map(|_| Tally::default()).collect(),
            taken: AtomicBool::new(false),
            worker: OnceLock::new(),
            waited: Mutex::default(),
        }
    }

    /// The worker begins a turn of a task that has been ready for `waited`.
    pub(super) fn record_wait(&self, waited: Duration) {
        lock(&self.waited).record(waited);
    }
}

impl Workers {
    pub(super) fn new(program: &Program, config: &MachineConfig) -> Self {
        let counters = if config.profile { 1 + program.module.sites().count() } else { 0 };
        Self {
            members: (0..config.workers.max(1)).map(|_| Member::new(counters)).collect(),
            stalled: AtomicUsize::new(0),
            slice: config.slice,
            profile: config.profile,
            coordinator: config.coordinator.clone(),
            observer: config.observer.clone(),
            tier: Tier::new(config.tier.clone()),
            operation: Mutex::new(()),
            lost: AtomicBool::new(false),
            settling: Mutex::new(()),
        }
    }

    pub(super) fn all(&self) -> &[Member] {
        &self.members
    }

    pub(super) fn observe(&self, worker: Option<usize>, event: MachineEvent) {
        if let Some(observer) = &self.observer {
            observer.event(worker, event);
        }
    }

    /// Keeps other threads from tasks and heap in the stopped world until the guard is dropped.
    pub(super) fn alone(&self) -> MutexGuard<'_, ()> {
        lock(&self.operation)
    }

    /// Makes running workers take the slow path of their next poll. `all`: also workers that did not run when
    /// this thread looked, because they may be about to run.
    pub(super) fn nudge(&self, all: bool) {
        for member in &self.members {
            if (all || member.block.read().state == WorkerState::Running)
                && let Some(worker) = member.worker.get()
            {
                worker.post(|_| {});
            }
        }
    }

    /// Runs work that blocks a worker outside of a safe region, and counts the worker as stalled meanwhile.
    pub(super) fn stalling(&self, work: impl FnOnce()) {
        // Relaxed: a figure for views.
        self.stalled.fetch_add(1, Ordering::Relaxed);
        work();
        self.stalled.fetch_sub(1, Ordering::Relaxed);
    }

    /// What the workers do. `ready`: the number of ready tasks.
    pub(super) fn schedule(&self, ready: usize) -> ScheduleView {
        let mut view = ScheduleView { ready, ..ScheduleView::default() };
        let mut waited = Durations::default();
        for member in &self.members {
            waited.add(&lock(&member.waited));
            match member.block.read().state {
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

    // How the program ends.

    /// Ends the program, once.
    pub(super) fn end(&self, store: &Store, ended: Ended, trap: Option<TrapReport>) {
        if store.end(ended, trap) {
            // All: a worker that leaves a stop just now might have read `over` before and set its state
            // after. A worker that leaves after the post has `over` by the same word.
            self.nudge(true);
        }
    }

    pub(super) fn end_in_deadlock(&self, program: &Program, store: &Store) {
        self.end(store, Ended::Deadlocked, deadlock_report(program, store));
    }

    /// A task has trapped, perhaps by what was thrown. If it is the first task, the program has trapped.
    pub(super) fn task_trapped(
        &self,
        program: &Program,
        store: &Store,
        worker: usize,
        task: &Task,
        (report, thrown): (TrapReport, Option<Value>),
    ) {
        let after = store.scheduler.trap(&store.heap, task, report, thrown);
        self.observe(Some(worker), MachineEvent::TaskTrapped { task: task.id });
        if task.id == MAIN {
            return self.end(store, Ended::Trapped, None);
        }
        self.task_ended(program, store, after);
    }

    /// A task has ended: the tasks that waited for it continue.
    pub(super) fn task_ended(&self, program: &Program, store: &Store, after: AfterEnd) {
        for task in after.woken {
            store.scheduler.make_ready(task);
        }
        match after.rest {
            Rest::Running => {}
            Rest::Nothing => self.end(store, Ended::Finished, None),
            Rest::Deadlock => self.end_in_deadlock(program, store),
        }
    }

    /// Frees every object that the program cannot reach.
    pub(super) fn collect(
        &self,
        program: &Program,
        store: &Store,
        stopped: &StoppedWorld<'_>,
    ) -> CollectionFigures {
        self.settle_deaths(program, store);
        store.collect(program, stopped)
    }

    // Workers that die.

    /// A worker is gone without having deregistered: no pause waits for it from now on. Takes no lock of the
    /// machine, because the dead thread may have held one.
    ///
    /// # Safety
    /// As [`WorkerHandle::mark_dead`].
    pub(super) unsafe fn bury(&self, store: &Store, index: usize) {
        let Some(member) = self.members.get(index) else { return };
        member.block.set_state(WorkerState::Dead);
        store.heap.tear();
        // Set before the world can be stopped without this worker, so that the holder settles the death first.
        self.lost.store(true, Ordering::Release);
        if let Some(worker) = member.worker.get() {
            // SAFETY: as the caller says.
            unsafe { worker.mark_dead() };
        }
    }

    /// As [`bury`](Self::bury), and [settles](Self::settle_deaths) the death at once.
    ///
    /// # Safety
    /// As [`WorkerHandle::mark_dead`].
    pub(super) unsafe fn worker_died(&self, program: &Program, store: &Store, index: usize) {
        // SAFETY: as the caller says.
        unsafe { self.bury(store, index) };
        let _alone = self.alone();
        self.settle_deaths(program, store);
    }

    /// Makes the tasks of dead workers trap, and wakes the other workers: a dead one may have been woken for a
    /// ready task. Before that no thread may read these tasks: they were saved when
    /// their workers last stopped and have run since, so the saved frames and registers are out of date.
    pub(super) fn settle_deaths(&self, program: &Program, store: &Store) {
        let _one = lock(&self.settling);
        if !self.lost.swap(false, Ordering::Acquire) {
            return;
        }
        store.scheduler.worker_is_gone();
        for (index, member) in self.members.iter().enumerate() {
            if member.block.read().state == WorkerState::Dead
                && let Some(task) = store.scheduler.task_of_worker(index)
            {
                let message = format!(
                    "worker {index}, which ran this task, died; the place is where the task was last seen"
                );
                let report = trap_report(program, &task, message);
                self.task_trapped(program, store, index, &task, (report, None));
            }
        }
    }
}
