//! A worker's life: it registers, takes a task, runs it, puts it back, takes the next.

use std::fmt;
use std::time::Duration;

use super::context::{Context, Parts};
use super::debug::HaltReason;
use super::interpret::run;
use super::observer::{MachineEvent, StopKind};
use super::point::{Exit, Trap};
use super::report::trap_report;
use super::scheduler::{Blocked, MAIN, TaskRef};
use super::since::{Work, WorkKind};
use super::status::{END_OF_TASK, WorkerState};
use super::task::Task;
use super::text::value_text;
use crate::vm::location::{Location, LocationKind};
use safepoint::clock;
use safepoint::sync::Ordering;

/// Makes the calling thread worker `index`, until the program is over.
pub(super) fn run_worker(parts: Parts<'_>, index: usize) -> Result<(), WorkerError> {
    let Parts { workers, .. } = parts;
    let count = workers.all().len();
    let member = workers.all().get(index).ok_or(WorkerError::NoSuchWorker { index, count })?;
    // Relaxed: one of two threads finds it false, and nothing else depends on it.
    if member.taken.swap(true, Ordering::Relaxed) {
        return Err(WorkerError::AlreadyRunning { index });
    }
    let worker = workers.coordinator.register_worker();
    let _ = member.worker.set(worker.handle());
    workers.observe(Some(index), MachineEvent::WorkerStarted(worker.id()));
    let mut end = Finish { parts, index, state: WorkerState::Dead };
    Context::new(parts, &worker, index).work();
    end.state = WorkerState::Finished;
    drop(worker);
    Ok(())
}

/// Records how a worker ended, also when its thread unwinds.
struct Finish<'m> {
    parts: Parts<'m>,
    index: usize,
    state: WorkerState,
}

impl Drop for Finish<'_> {
    fn drop(&mut self) {
        let Parts { program, store, workers, .. } = self.parts;
        workers.all()[self.index].block.set_state(self.state);
        if self.state == WorkerState::Dead {
            // SAFETY: this thread unwinds out of the worker's loop, and nothing that is dropped after
            // this touches what a stopped world protects.
            unsafe { workers.worker_died(program, store, self.index) };
        }
    }
}

impl Context<'_> {
    /// Works until the program ends or is stopped.
    fn work(&mut self) {
        self.block.set_state(WorkerState::Running);
        while !self.store.is_over() {
            // Between tasks everything is saved: a safepoint whatever the policy says.
            if self.poll_word().is_armed() {
                let kind = match self.store.scheduler.somebody_could_run() {
                    true => LocationKind::Poll,
                    false => LocationKind::Idle,
                };
                self.stop_at(Location { kind, ..Location::default() });
                continue;
            }
            self.store.scheduler.wake_due();
            match self.store.scheduler.next() {
                Some(task) => {
                    self.store.scheduler.appoint_timekeeper();
                    self.execute(task);
                }
                None => self.idle(),
            }
        }
        self.buffer.park(&self.store.heap);
        self.publish();
    }

    fn execute(&mut self, task: TaskRef) {
        // Relaxed: only views read these.
        task.worker.store(self.index as u32 + 1, Ordering::Relaxed);
        self.block.task.store(task.id, Ordering::Relaxed);
        self.begins_task();
        self.observe(MachineEvent::TaskStarted { task: task.id, function: task.function });
        let now = clock::now();
        self.workers.all()[self.index].record_wait(task.turns.begins(now));
        let slice_end = now.saturating_add(self.workers.slice);
        let mut may_stop = true;
        let exit = loop {
            self.run_compiled(&task, may_stop);
            let exit = if self.workers.profile {
                run::<true>(self, &task)
            } else {
                run::<false>(self, &task)
            };
            if let Exit::Trapped(trap) = &exit
                && self.debugger.breaks_on_trap()
                && self.moves_instead_of_trapping(&task, &trap.message)
            {
                continue;
            }
            if matches!(exit, Exit::Preempted | Exit::CalledBack) {
                self.sample(&task);
            }
            may_stop = !matches!(exit, Exit::CalledBack);
            if !may_stop {
                continue;
            }
            // After a stop the task continues where it was, unless its slice is over and other tasks are ready.
            let slice_is_over =
                || self.store.scheduler.somebody_could_run() && clock::now() >= slice_end;
            if !matches!(exit, Exit::Preempted) || slice_is_over() || self.store.is_over() {
                break exit;
            }
        };
        if self.workers.profile {
            self.task_path_ends(&task, &exit);
        }
        self.publish();
        self.block.task.store(0, Ordering::Relaxed);
        task.worker.store(0, Ordering::Relaxed);
        self.observe(MachineEvent::TaskStopped { task: task.id });
        self.put_aside(task, exit);
    }

    /// Stops the world before a task traps. Returns whether the holder moved the task, so that it does not trap
    /// where it was.
    fn moves_instead_of_trapping(&mut self, task: &Task, message: &str) -> bool {
        if self.debugger.sink.is_none() {
            return false;
        }
        self.halt(task, HaltReason::Trap { message: message.into() });
        // SAFETY: this worker has the task, and runs again; the reference does not outlive the
        // statement.
        unsafe { !std::mem::take(&mut (*task.body()).halting) }
    }

    /// A saved task leaves the worker. Between two tasks there is a safepoint.
    fn task_path_ends(&mut self, task: &Task, exit: &Exit) {
        let program = self.program;
        self.path_ends(self.total, || {
            if matches!(exit, Exit::Finished(_)) {
                return (task.function, END_OF_TASK);
            }
            // SAFETY: this worker still has the task; the reference does not outlive the block.
            let (pc, visible) = unsafe {
                let body = &*task.body();
                (body.pc, body.visible)
            };
            (program.code.function(pc), visible)
        });
    }

    fn put_aside(&mut self, task: TaskRef, exit: Exit) {
        let (program, store) = (self.program, self.store);
        let (scheduler, heap) = (&store.scheduler, &store.heap);
        let blocked = match exit {
            Exit::Preempted | Exit::CalledBack | Exit::Checked => Blocked::GoOn,
            // The task stays in the table, so that views and snapshots find it.
            Exit::Stopped => Blocked::Waits,
            Exit::Yield => {
                // SAFETY: this worker still has the task, and other threads know it only by the table of
                // tasks; the reference does not outlive the statement.
                unsafe { (*task.body()).wait_over = true };
                Blocked::GoOn
            }
            Exit::WaitTask(handle) => scheduler.block_on_task(heap, &task, handle),
            Exit::WaitMutex(mutex) => scheduler.block_on_mutex(heap, &task, mutex),
            Exit::Sleep(millis) => {
                let until = clock::now().saturating_add(Duration::from_millis(millis as u64));
                scheduler.block_until(&task, until)
            }
            Exit::Finished(value) => {
                let text = (task.id == MAIN).then(|| value_text(&program.module, heap, value));
                let after = scheduler.finish(heap, &task, value, text);
                self.observe(MachineEvent::TaskFinished { task: task.id });
                return self.workers.task_ended(program, store, after);
            }
            Exit::Trapped(trap) => {
                let Trap { message, thrown } = *trap;
                let from = self.begins_work();
                let report = trap_report(program, &task, message);
                let location = Location { task: task.id, ..Location::default() };
                let (kind, amount) = (WorkKind::Trap, 0);
                self.ends_work(Work { kind, location, amount, from, until: from });
                let why = (report, thrown);
                return self.workers.task_trapped(program, store, self.index, &task, why);
            }
        };
        match blocked {
            Blocked::GoOn => {
                // A task that gives way goes behind the tasks whose time has come.
                scheduler.wake_due();
                scheduler.make_ready(task);
            }
            Blocked::Waits => {}
            Blocked::Deadlock => self.workers.end_in_deadlock(program, store),
        }
    }

    fn idle(&mut self) {
        let store = self.store;
        if let Some(announced) = store.scheduler.announce_sleep(|| store.is_over()) {
            self.observe(MachineEvent::IdleBegin);
            self.in_safe_region(StopKind::Idle, || store.scheduler.sleep(announced));
            self.observe(MachineEvent::IdleEnd);
        }
    }
}

/// Why a thread cannot become a worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkerError {
    /// The machine was made for fewer workers.
    NoSuchWorker {
        /// The index that was asked for.
        index: usize,
        /// How many the machine was made for.
        count: usize,
    },
    /// Another thread is that worker.
    AlreadyRunning {
        /// The index that was asked for.
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
