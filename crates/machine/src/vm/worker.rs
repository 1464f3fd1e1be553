//! A worker's life: find a task, run it, put it aside, find the next.

mod stops;

pub(super) use stops::NoRoom;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::code::Visible;
use super::debug::HaltReason;
use super::interpret::{Exit, run};
use super::machine::Shared;
use super::measured::Measured;
use super::observer::{MachineEvent, StopKind};
use super::outcome::Ended;
use super::scheduler::{Blocked, MAIN, Rest, TaskRef};
use super::since::{Kept, Work, WorkKind};
use super::status::{END_OF_TASK, WorkerBlock, WorkerState};
use super::tally::Tally;
use super::task::Task;
use super::text::value_text;
use super::view;
use crate::heap::Buffer;
use safepoint::clock::{self, Timestamp};
use safepoint::{Location, LocationKind, PollWord, StoppedWorld, Worker};

/// Who executes instructions.
#[derive(Clone, Copy)]
enum Role<'m> {
    /// A worker: it polls.
    Worker(&'m Worker),
    /// Somebody who has the stopped world, and with it every task: it is not stopped by anybody.
    Stepper(&'m StoppedWorld<'m>),
}

/// The word that the stepper polls.
static NEVER: PollWord = PollWord::never();

/// The own things of whoever executes instructions.
pub(super) struct Context<'m> {
    pub(super) shared: &'m Arc<Shared>,
    role: Role<'m>,
    pub(super) buffer: Buffer,
    /// Visible instructions executed, as far as saved.
    pub(super) total: u64,
    /// Polls made, as far as saved.
    pub(super) polls: u64,
    /// Polls of each site, see [`Count`](super::code::Count); empty unless profiling.
    pub(super) hits: &'m [Tally],
    block: &'m WorkerBlock,
    pub(super) measured: Measured,
    kept: Kept,
    /// Which worker this is; 0 for the stepper.
    index: usize,
    slice_end: Timestamp,
    /// The count at the last stop before an instruction.
    polled_at: Option<u64>,
}

impl<'m> Context<'m> {
    pub(super) fn new(shared: &'m Arc<Shared>, worker: &'m Worker, index: usize) -> Self {
        let mut buffer = Buffer::new();
        buffer.revalidate(&shared.heap);
        let block = shared.block(index);
        block.note.store(worker.note_address() as u64, Ordering::Relaxed);
        Self {
            shared,
            role: Role::Worker(worker),
            buffer,
            total: 0,
            polls: 0,
            hits: shared.hits(index),
            block,
            measured: Measured::default(),
            kept: Kept::default(),
            index,
            slice_end: clock::now(),
            polled_at: None,
        }
    }

    /// For whoever has the stopped world. `block` is nobody's; the buffer is given back.
    pub(super) fn stepper(
        shared: &'m Arc<Shared>,
        stopped: &'m StoppedWorld<'m>,
        block: &'m WorkerBlock,
        mut buffer: Buffer,
    ) -> Self {
        buffer.revalidate(&shared.heap);
        Self {
            shared,
            role: Role::Stepper(stopped),
            buffer,
            total: 0,
            polls: 0,
            hits: &[],
            block,
            measured: Measured::default(),
            kept: Kept::default(),
            index: 0,
            slice_end: clock::now(),
            polled_at: None,
        }
    }

    #[inline(always)]
    pub(super) fn is_stepper(&self) -> bool {
        matches!(self.role, Role::Stepper(_))
    }

    pub(super) fn poll_word(&self) -> &'m PollWord {
        match self.role {
            Role::Worker(worker) => worker.poll_word(),
            Role::Stepper(_) => &NEVER,
        }
    }

    /// See [`Worker::note`].
    #[inline]
    pub(super) fn note(&self, location: Location) {
        if let Role::Worker(worker) = self.role {
            worker.note(location);
        }
    }

    /// When work begins that may take long, if somebody waits already.
    pub(super) fn begins_work(&self) -> Timestamp {
        if self.poll_word().is_armed() { clock::now() } else { Timestamp::default() }
    }

    /// Such work is over: it is kept if somebody has come to wait for this worker.
    pub(super) fn ends_work(&mut self, work: Work) {
        let Role::Worker(worker) = self.role else { return };
        if self.poll_word().is_armed() {
            self.kept.worked(Work { until: clock::now(), ..work });
        }
        worker.note_done();
    }

    /// A turn without a poll, at an operation and after so many instructions.
    #[inline(always)]
    pub(super) fn turns(&self, count: u64, op: u32, kind: LocationKind) {
        self.kept.turn(self.measured.polled(), count, op, kind, self.poll_word().is_requested());
        self.block.instructions.store(count, Ordering::Relaxed);
        if let Role::Worker(worker) = self.role {
            worker.note_progress(count);
        }
    }

    /// Works until the program ends or is stopped.
    pub(super) fn work(&mut self) {
        self.block.set_state(WorkerState::Running);
        while !self.shared.is_over() {
            // Between tasks everything is saved: a safepoint whatever the policy says.
            if self.poll_word().is_armed() {
                self.stop_at(Location { kind: LocationKind::Idle, ..Location::default() });
                continue;
            }
            self.shared.scheduler.wake_due();
            match self.shared.scheduler.next() {
                Some(task) => {
                    self.shared.scheduler.appoint_timekeeper();
                    self.execute(task);
                }
                None => self.idle(),
            }
        }
        self.buffer.park(&self.shared.heap);
        self.publish();
    }

    fn execute(&mut self, task: TaskRef) {
        // Relaxed: these are for views.
        task.worker.store(self.index as u32 + 1, Ordering::Relaxed);
        self.block.task.store(task.id, Ordering::Relaxed);
        self.observe(MachineEvent::TaskStarted { task: task.id, function: task.function });
        let now = clock::now();
        self.shared.record_wait(self.index, task.turns.begins(now));
        self.slice_end = now.saturating_add(self.shared.slice);
        let exit = loop {
            let exit = if self.shared.profile {
                run::<true>(self, &task)
            } else {
                run::<false>(self, &task)
            };
            if let Exit::Trapped(message) = &exit
                && self.shared.debugger.breaks_on_trap()
                && self.moves_instead_of_trapping(&task, message)
            {
                continue;
            }
            // After a stop the task goes on where it was, unless it is somebody else's turn.
            if !matches!(exit, Exit::Preempted) || self.slice_is_over() || self.shared.is_over() {
                break exit;
            }
        };
        if self.shared.profile {
            self.task_path_ends(&task, &exit);
        }
        self.publish();
        self.block.task.store(0, Ordering::Relaxed);
        task.worker.store(0, Ordering::Relaxed);
        self.observe(MachineEvent::TaskStopped { task: task.id });
        self.put_aside(task, exit);
    }

    /// Stops the world before a task traps; whether it was moved meanwhile, so that it does not trap
    /// where it stood.
    fn moves_instead_of_trapping(&mut self, task: &Task, message: &str) -> bool {
        if self.shared.debugger.sink.is_none() {
            return false;
        }
        self.halt(task, HaltReason::Trap { message: message.into() });
        // SAFETY: this worker has the task, and runs again; the reference does not outlive the
        // statement.
        unsafe { !std::mem::take(&mut (*task.body()).halting) }
    }

    /// A path without a poll ends at an instruction, and the next begins.
    pub(super) fn path_ends(&mut self, count: u64, place: impl FnOnce() -> (u16, Visible)) {
        let length = self.measured.end(count);
        if self.measured.exceeds(length) {
            self.is_longest_path(length, place());
        }
    }

    /// The path that has just ended is the longest; its length, and where it did.
    pub(super) fn is_longest_path(&mut self, length: u64, place: (u16, Visible)) {
        self.measured.is_longest(length, self.block, place);
    }

    /// A task leaves the worker, and was saved: between two tasks there is a safepoint.
    fn task_path_ends(&mut self, task: &Task, exit: &Exit) {
        let shared = self.shared;
        self.path_ends(self.total, || {
            if matches!(exit, Exit::Finished(_)) {
                return (task.function, END_OF_TASK);
            }
            // SAFETY: this worker still has the task; the reference does not outlive the block.
            let (pc, visible) = unsafe {
                let body = &*task.body();
                (body.pc, body.visible)
            };
            (shared.code.function(pc), visible)
        });
    }

    fn put_aside(&mut self, task: TaskRef, exit: Exit) {
        let shared = self.shared;
        let (scheduler, heap) = (&shared.scheduler, &shared.heap);
        let blocked = match exit {
            Exit::Preempted | Exit::Checked => Blocked::GoOn,
            // The task stays where it is, so that whoever looks at the machine finds it.
            Exit::Stopped => Blocked::Waits,
            Exit::Yield => {
                // SAFETY: this worker still has the task, and nobody else knows of it but by the
                // table of tasks; the reference does not outlive the statement.
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
                let text = (task.id == MAIN).then(|| value_text(&shared.module, heap, value));
                let after = scheduler.finish(heap, &task, value, text);
                self.observe(MachineEvent::TaskFinished { task: task.id });
                return self.after_end(after.woken, after.rest);
            }
            Exit::Trapped(message) => {
                let from = self.begins_work();
                let report = view::trap_report(shared, &task, message);
                let location = Location { task: task.id, ..Location::default() };
                let (kind, amount) = (WorkKind::Trap, 0);
                self.ends_work(Work { kind, location, amount, from, until: from });
                let after = scheduler.trap(heap, &task, report);
                self.observe(MachineEvent::TaskTrapped { task: task.id });
                if task.id == MAIN {
                    return shared.end(Ended::Trapped, None);
                }
                return self.after_end(after.woken, after.rest);
            }
        };
        match blocked {
            Blocked::GoOn => {
                // Who gives way comes behind those whose time has come.
                scheduler.wake_due();
                scheduler.make_ready(task);
            }
            Blocked::Waits => {}
            Blocked::Deadlock => shared.end_in_deadlock(),
        }
    }

    fn after_end(&mut self, woken: Vec<TaskRef>, rest: Rest) {
        for task in woken {
            self.shared.scheduler.make_ready(task);
        }
        match rest {
            Rest::Running => {}
            Rest::Nothing => self.shared.end(Ended::Finished, None),
            Rest::Deadlock => self.shared.end_in_deadlock(),
        }
    }

    fn idle(&mut self) {
        let shared = self.shared;
        if let Some(announced) = shared.scheduler.announce_sleep(|| shared.is_over()) {
            self.observe(MachineEvent::IdleBegin);
            self.in_safe_region(StopKind::Idle, |shared| shared.scheduler.sleep(announced));
            self.observe(MachineEvent::IdleEnd);
        }
    }

    /// Whether the last poll that stopped was before the instruction at which the task is saved now,
    /// and nothing was executed since; says so once.
    pub(super) fn has_polled_here(&mut self) -> bool {
        let again = self.polled_at == Some(self.total);
        self.polled_at = (!again).then_some(self.total);
        again
    }

    /// Whether the running task has had its time and others wait for theirs.
    fn slice_is_over(&self) -> bool {
        self.shared.scheduler.somebody_could_run() && clock::now() >= self.slice_end
    }

    /// Lets everybody see where the worker is.
    pub(super) fn show(&self, location: Location) {
        self.block.function.store(location.function, Ordering::Relaxed);
        self.block.instruction.store(location.instruction, Ordering::Relaxed);
    }

    /// Lets everybody see the counts.
    pub(super) fn publish(&self) {
        self.block.instructions.store(self.total, Ordering::Relaxed);
        self.block.polls.store(self.polls, Ordering::Relaxed);
        if let Role::Worker(worker) = self.role {
            worker.note_progress(self.total);
        }
    }

    fn observe(&self, event: MachineEvent) {
        let worker = (!self.is_stepper()).then_some(self.index);
        self.shared.observe(worker, event);
    }

    pub(super) fn observe_spawn(&self, by: &Task, spawned: &Task) {
        self.observe(MachineEvent::TaskSpawned {
            task: spawned.id,
            function: spawned.function,
            by: by.id,
        });
    }
}
