//! Which task runs next, and what the others wait for.
//!
//! Ready tasks are in one queue, and the task that became ready first runs first. A task that gives way goes
//! behind all tasks that are ready by then, including sleepers whose time has come, so it runs again only
//! after them. A queue for each worker would be faster where many workers switch tasks all the time, but
//! could not keep that order: the tasks in one worker's queue would wait for that worker's running task.
//!
//! The queue has a lock of its own, held for one push, one pop or one look. Everything about tasks that wait
//! is under another one, which may be held when the queue's is taken, never the other way round. No thread
//! holds either for long, and no worker while it is stopped. `active` counts the tasks that are ready or
//! running; it only changes under the lock of those that wait, so "no task can ever run again" is a fact and
//! not a guess.

mod image;
mod tasks;

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::sync::Arc;

use super::arithmetic::object;
use super::handle::{HandleState, handle_state, handle_task, write_handle};
use super::mutex;
use super::outcome::{Ended, Outcome};
use super::task::{Task, TaskBody};
use super::trap::TrapReport;
use crate::heap::{Heap, ObjectKind, Value};
use safepoint::clock::{self, Timestamp};
use safepoint::sync::{Announced, AtomicU64, Mutex, MutexGuard, NEVER, Ordering, Sleepers, lock};

/// The largest number of tasks at a time.
pub(crate) const MAX_TASKS: usize = 1 << 16;
/// The number of traps that are kept.
pub(crate) const MAX_TRAPS: usize = 64;
/// The program's first task.
pub(crate) const MAIN: u32 = 1;

pub(super) use tasks::Tasks;

pub(super) type TaskRef = Arc<Task>;

/// What a task waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wait {
    /// Nothing: it is ready or runs.
    Nothing,
    /// The end of another task.
    Task(u32),
    /// A mutex.
    Mutex(u32),
    /// A time.
    Until(Timestamp),
}

#[derive(Debug)]
pub(super) struct State {
    pub(super) tasks: Tasks,
    next: u32,
    active: usize,
    /// When sleeping tasks are to wake, the earliest first.
    timers: BinaryHeap<Reverse<(Timestamp, u32)>>,
    /// The tasks that wait for a mutex, the first one first; sorted by the mutex.
    mutex_waiters: Vec<(u32, VecDeque<TaskRef>)>,
    /// In the order of the tasks' numbers.
    traps: Vec<TrapReport>,
    traps_omitted: u64,
    result: Option<String>,
    outcome: Option<Outcome>,
}

/// The outcome of an attempt to block a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub(super) enum Blocked {
    /// It waits; the worker is free.
    Waits,
    /// It waits, and so does every other task: no task will ever run again.
    Deadlock,
    /// It need not wait any more: it goes on.
    GoOn,
}

/// What follows from the end of a task.
#[derive(Debug)]
#[must_use]
pub(super) struct AfterEnd {
    /// Tasks that waited for it.
    pub(super) woken: Vec<TaskRef>,
    /// Whether the program goes on without it.
    pub(super) rest: Rest,
}

/// What can still run of a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rest {
    /// Tasks that run or can run.
    Running,
    /// Nothing.
    Nothing,
    /// Only tasks that wait for each other.
    Deadlock,
}

pub(super) struct Scheduler {
    ready: Mutex<VecDeque<TaskRef>>,
    state: Mutex<State>,
    /// Workers without a task.
    sleepers: Sleepers,
    /// The earliest timer, in the clock's nanoseconds.
    next_timer: AtomicU64,
}

impl Scheduler {
    pub(super) fn new() -> Self {
        Self {
            ready: Mutex::new(VecDeque::new()),
            state: Mutex::new(State {
                tasks: Tasks::default(),
                next: MAIN,
                active: 0,
                timers: BinaryHeap::new(),
                mutex_waiters: Vec::new(),
                traps: Vec::new(),
                traps_omitted: 0,
                result: None,
                outcome: None,
            }),
            sleepers: Sleepers::default(),
            next_timer: AtomicU64::new(NEVER),
        }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    // Ready tasks.

    fn queue(&self) -> MutexGuard<'_, VecDeque<TaskRef>> {
        lock(&self.ready)
    }

    /// Puts a task behind all that are ready, and wakes a sleeping worker, which might take it.
    pub(super) fn make_ready(&self, task: TaskRef) {
        task.turns.ready(clock::now());
        self.queue().push_back(task);
        self.sleepers.wake_one();
    }

    /// Makes the tasks ready whose time has come, in the order of their times.
    pub(super) fn wake_due(&self) {
        if !self.timer_is_due() {
            return;
        }
        let now = clock::now();
        let mut woken = 0;
        let mut state = self.state();
        while let Some(Reverse((until, id))) = state.timers.peek().copied() {
            if until > now {
                break;
            }
            state.timers.pop();
            let Some(task) = state.tasks.get(id).map(|entry| Arc::clone(&entry.task)) else {
                continue;
            };
            set_wait_over(&task);
            state.unblock(task.id);
            task.turns.ready(now);
            self.queue().push_back(task);
            woken += 1;
        }
        // Last: a worker that finds no due timer then finds in the queue the tasks that were due.
        self.set_next_timer(&state);
        drop(state);
        for _ in 0..woken {
            self.sleepers.wake_one();
        }
    }

    /// Takes the task that has been ready longest.
    pub(super) fn next(&self) -> Option<TaskRef> {
        self.queue().pop_front()
    }

    /// Whether a task is ready, or a sleeping task's time has come.
    pub(super) fn somebody_could_run(&self) -> bool {
        !self.queue().is_empty() || self.timer_is_due()
    }

    /// How many tasks are ready.
    pub(super) fn ready(&self) -> usize {
        self.queue().len()
    }

    /// Wakes up to `most` sleeping workers, although there is no task for them, so that they help in the
    /// stopped world.
    pub(super) fn rouse(&self, most: u32) {
        self.sleepers.rouse(most);
    }

    /// Wakes every sleeping worker.
    pub(super) fn notify_all(&self) {
        self.sleepers.wake_all();
    }

    /// Announces that this worker will sleep; `None` if there is work after all. After `Some` the caller must
    /// call [`sleep`](Self::sleep).
    pub(super) fn announce_sleep(&self, over: impl Fn() -> bool) -> Option<Announced> {
        self.sleepers.announce(|| over() || self.somebody_could_run())
    }

    /// Sleeps until another thread wakes this worker, or the next timer is due and no other sleeper waits for
    /// it.
    pub(super) fn sleep(&self, announced: Announced) {
        let next = self.next_timer.load(Ordering::Relaxed);
        let left = Timestamp::from_nanos(next).since(clock::now());
        self.sleepers.sleep(announced, next, left);
    }

    /// This worker is about to run a task: a sleeping worker takes over waiting for the next timer.
    pub(super) fn appoint_timekeeper(&self) {
        match self.next_timer.load(Ordering::Relaxed) {
            NEVER => {}
            next => self.sleepers.appoint(next),
        }
    }

    /// A worker is gone. It may have been woken for a ready task, or have waited for the next timer, so all
    /// others are woken.
    pub(super) fn worker_is_gone(&self) {
        self.sleepers.start_anew();
    }

    // Tasks that begin and end.

    /// Adds a task and counts it as ready. The caller puts it into the queue.
    pub(super) fn add(
        &self,
        heap: &Heap,
        function: u16,
        handle: u32,
        body: TaskBody,
    ) -> Result<TaskRef, String> {
        let mut state = self.state();
        if state.tasks.len() >= MAX_TASKS {
            return Err(format!("too many tasks: {MAX_TASKS} have not ended yet"));
        }
        let id = state.next;
        state.next = id.checked_add(1).ok_or("too many tasks: their numbers are used up")?;
        write_handle(heap, handle, id, HandleState::Live);
        let task = Arc::new(Task::new(id, function, handle, body));
        state.tasks.push(Arc::clone(&task));
        state.active += 1;
        Ok(task)
    }

    /// A task returned. `text`: the program's result, if it is the first task.
    pub(super) fn finish(
        &self,
        heap: &Heap,
        task: &Task,
        value: Value,
        text: Option<String>,
    ) -> AfterEnd {
        let mut state = self.state();
        write_handle(heap, task.handle, task.id, HandleState::Finished(value));
        if text.is_some() {
            state.result = text;
        }
        state.end(task.id)
    }

    /// A task trapped. `thrown`: by what, as its handle has it, if something was thrown.
    pub(super) fn trap(
        &self,
        heap: &Heap,
        task: &Task,
        report: TrapReport,
        thrown: Option<Value>,
    ) -> AfterEnd {
        let mut state = self.state();
        let ended = match thrown {
            Some(what) => HandleState::Thrown { what, is_caught: false },
            None => HandleState::Trapped,
        };
        write_handle(heap, task.handle, task.id, ended);
        if state.traps.len() < MAX_TRAPS || task.id == MAIN {
            let behind = state.traps.partition_point(|other| other.task < task.id);
            state.traps.insert(behind, report);
        } else {
            state.traps_omitted += 1;
        }
        state.end(task.id)
    }

    /// A task that awaited the one of this handle caught what that threw. So it is no trap of the program any more, nor is
    /// that of the tasks from which it came.
    pub(super) fn caught(&self, heap: &Heap, handle: u32) {
        let mut state = self.state();
        let mut next = Some(handle);
        while let Some(handle) = next
            && let HandleState::Thrown { what, is_caught: false } = handle_state(heap, handle)
        {
            let task = handle_task(heap, handle);
            write_handle(heap, handle, task, HandleState::Thrown { what, is_caught: true });
            match state.traps.iter().position(|report| report.task == task) {
                Some(at) => drop(state.traps.remove(at)),
                None => state.traps_omitted = state.traps_omitted.saturating_sub(1),
            }
            next = object(heap, what, ObjectKind::Task);
        }
    }

    /// The message of a task's trap and the name of its function, if the trap was kept.
    pub(super) fn trap_of(&self, task: u32) -> Option<(String, String)> {
        let state = self.state();
        let report = state.traps.iter().find(|report| report.task == task)?;
        Some((report.task_name.clone(), report.message.clone()))
    }

    /// The task that a worker runs.
    pub(super) fn task_of_worker(&self, index: usize) -> Option<TaskRef> {
        let worker = index as u32 + 1;
        let state = self.state();
        let mut tasks = state.tasks.values().map(|entry| &entry.task);
        tasks.find(|task| task.worker.load(Ordering::Relaxed) == worker).map(Arc::clone)
    }

    /// The worker that runs a task.
    pub(super) fn worker_of_task(&self, task: u32) -> Option<usize> {
        let worker = self.state().tasks.get(task)?.task.worker.load(Ordering::Relaxed);
        worker.checked_sub(1).map(|index| index as usize)
    }

    // Tasks that wait.

    /// A saved task waits for the task of a handle.
    pub(super) fn block_on_task(&self, heap: &Heap, task: &TaskRef, handle: u32) -> Blocked {
        let mut state = self.state();
        // Read under the lock, because handles are closed under it.
        if handle_state(heap, handle) != HandleState::Live {
            return Blocked::GoOn;
        }
        let target = handle_task(heap, handle);
        let Some(entry) = state.tasks.get_mut(target) else { return Blocked::GoOn };
        entry.waiters.push(Arc::clone(task));
        state.block(task.id, Wait::Task(target))
    }

    /// A saved task waits for a mutex.
    pub(super) fn block_on_mutex(&self, heap: &Heap, task: &TaskRef, object: u32) -> Blocked {
        let mut state = self.state();
        loop {
            let word = heap.load(object, 1);
            let free = word == mutex::FREE;
            let new = if free { task.id as u64 } else { word | mutex::CONTENDED };
            if heap.exchange(object, 1, word, new).is_err() {
                continue;
            }
            if free {
                set_wait_over(task);
                return Blocked::GoOn;
            }
            let at = state.waiters_of(object).unwrap_or_else(|at| {
                state.mutex_waiters.insert(at, (object, VecDeque::new()));
                at
            });
            state.mutex_waiters[at].1.push_back(Arc::clone(task));
            return state.block(task.id, Wait::Mutex(object));
        }
    }

    /// Gives a contended mutex to the task that has waited longest.
    pub(super) fn pass_on(&self, heap: &Heap, object: u32) -> Option<TaskRef> {
        let mut state = self.state();
        let (mut next, mut more) = (None, false);
        if let Ok(at) = state.waiters_of(object) {
            let waiters = &mut state.mutex_waiters[at].1;
            next = waiters.pop_front();
            more = !waiters.is_empty();
            if !more {
                state.mutex_waiters.remove(at);
            }
        }
        heap.store(object, 1, mutex::word(next.as_ref().map_or(0, |task| task.id), more));
        if let Some(task) = &next {
            set_wait_over(task);
            state.unblock(task.id);
        }
        next
    }

    /// A saved task sleeps.
    pub(super) fn block_until(&self, task: &TaskRef, until: Timestamp) -> Blocked {
        let mut state = self.state();
        state.timers.push(Reverse((until, task.id)));
        self.set_next_timer(&state);
        state.block(task.id, Wait::Until(until))
    }

    /// Whether a timer's time has come.
    fn timer_is_due(&self) -> bool {
        // Acquire: a thread that sees the new time also sees the timer that was pushed before.
        match self.next_timer.load(Ordering::Acquire) {
            NEVER => false,
            next => clock::now() >= Timestamp::from_nanos(next),
        }
    }

    fn set_next_timer(&self, state: &State) {
        let next = state.timers.peek();
        let next = next.map_or(NEVER, |Reverse((until, _))| until.as_nanos());
        self.next_timer.store(next, Ordering::Release);
    }

    // The end.

    /// Notes how the program ended. False if it had ended already.
    pub(super) fn set_outcome(&self, ended: Ended, trap: Option<TrapReport>) -> bool {
        let mut state = self.state();
        if state.outcome.is_some() {
            return false;
        }
        let mut traps = std::mem::take(&mut state.traps);
        let main = traps.iter().position(|report| report.task == MAIN);
        let of_main = main.map(|index| traps.remove(index));
        let listed = traps.len().min(16);
        state.traps_omitted += (traps.len() - listed) as u64;
        traps.truncate(listed);
        state.outcome = Some(Outcome {
            ended,
            result: state.result.take(),
            trap: trap.or(of_main),
            other_traps: traps,
            traps_omitted: state.traps_omitted,
        });
        true
    }

    pub(super) fn outcome(&self) -> Option<Outcome> {
        self.state().outcome.clone()
    }
}

impl State {
    /// Where the tasks are that wait for a mutex, or belong.
    fn waiters_of(&self, mutex: u32) -> Result<usize, usize> {
        self.mutex_waiters.binary_search_by_key(&mutex, |(mutex, _)| *mutex)
    }

    fn block(&mut self, task: u32, wait: Wait) -> Blocked {
        if let Some(entry) = self.tasks.get_mut(task) {
            entry.wait = wait;
        }
        self.active -= 1;
        match self.rest() {
            Rest::Deadlock => Blocked::Deadlock,
            _ => Blocked::Waits,
        }
    }

    fn unblock(&mut self, task: u32) {
        if let Some(entry) = self.tasks.get_mut(task) {
            entry.wait = Wait::Nothing;
        }
        self.active += 1;
    }

    fn end(&mut self, task: u32) -> AfterEnd {
        let entry = self.tasks.remove(task);
        self.active -= 1;
        let woken = entry.map(|entry| entry.waiters).unwrap_or_default();
        for waiter in &woken {
            self.unblock(waiter.id);
        }
        AfterEnd { woken, rest: self.rest() }
    }

    fn rest(&self) -> Rest {
        if self.tasks.len() == 0 {
            Rest::Nothing
        } else if self.active == 0 && self.timers.is_empty() {
            Rest::Deadlock
        } else {
            Rest::Running
        }
    }
}

/// The wait of the task's instruction is over. Only for a task that was just taken out of a list of waiting
/// tasks, under the lock: no other thread has it then.
fn set_wait_over(task: &Task) {
    // SAFETY: see above; the reference does not outlive the statement.
    unsafe { (*task.body()).wait_over = true };
}
