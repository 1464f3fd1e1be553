//! The tasks of a file, and what each of them waits for.

use std::time::Duration;

use super::objects::Objects;
use super::values;
use crate::heap::Value;
use crate::vm::image::{FrameImage, MAX_TASKS, STACK_BUDGET, TaskImage, stack};
use bytecode::codec::Reader;
use bytecode::{Instruction, LoadError, VerifiedModule};

type Result<T, E = LoadError> = std::result::Result<T, E>;

/// The longest time that a task may still sleep or block: the largest `int` of milliseconds.
const LONGEST: u64 = i32::MAX as u64 * 1_000_000;

/// What tasks may refer to.
#[derive(Clone, Copy)]
pub(super) struct Around<'a> {
    pub(super) module: &'a VerifiedModule,
    pub(super) objects: &'a Objects<'a>,
    pub(super) next_task: u32,
}

/// Reads and checks all tasks, apart from what they wait for.
pub(super) fn read(mut r: Reader<'_>, around: Around<'_>) -> Result<Vec<TaskImage>> {
    let start = r.at();
    let count = r.count(7, "tasks")?;
    if count == 0 || count > MAX_TASKS {
        return Err(r.error(start, format!("{count} tasks; expected 1 to {MAX_TASKS}")));
    }
    let mut tasks: Vec<TaskImage> = Vec::with_capacity(count);
    let mut bytes = 0;
    for _ in 0..count {
        let start = r.at();
        let task = task(&mut r, around, &mut bytes)?;
        if tasks.last().is_some_and(|last| last.id >= task.id) {
            let message = format!("task {} does not come after the one before", task.id);
            return Err(r.error(start, message));
        }
        if bytes > STACK_BUDGET {
            let message = format!("the tasks' stacks take more than {STACK_BUDGET} bytes");
            return Err(r.error(start, message));
        }
        tasks.push(task);
    }
    r.finish()?;
    let handles = around.objects.live_handles();
    if handles != count {
        let message = format!("{handles} handles say that their task lives, but {count} tasks do");
        return Err(r.error(start, message));
    }
    Ok(tasks)
}

fn task(r: &mut Reader<'_>, around: Around<'_>, bytes: &mut usize) -> Result<TaskImage> {
    let start = r.at();
    let id = r.below(around.next_task.into(), "a task's number")? as u32;
    let handle = r.below(around.objects.count() as u64, "a task's handle")? as u32;
    if !around.objects.handle(handle).is_some_and(|handle| handle.live && handle.task == id) {
        let message = format!("object {handle} is not the handle of task {id}");
        return Err(r.error(start, message));
    }
    let flags = r.below(3, "a task's flags")?;
    let countdown = r.below(1 << 16, "a task's back-edges since a poll")? as u32;
    let blocked = match flags & 2 {
        0 => None,
        _ => Some(Duration::from_nanos(r.below(LONGEST + 1, "the time to block")?)),
    };
    let place = r.at();
    let frames = r.list(2, "frames", |r| {
        let function = r.below(1 << 16, "a frame's function")? as u16;
        Ok(FrameImage { function, instruction: r.below_32_bits("a frame's instruction")? })
    })?;
    let need = stack(around.module, &frames).map_err(|(frame, message)| {
        r.error(place, format!("frame {frame} of task {id}: {message}"))
    })?;
    *bytes = bytes.saturating_add(need.bytes);
    if need.live > r.left() {
        let message = format!("the section ends inside the {} registers of task {id}", need.live);
        return Err(r.error(r.at(), message));
    }
    let registers = (0..need.live).map(|_| values::read(r, around.objects.count(), "a register"));
    let registers = registers.collect::<Result<Vec<_>>>()?;
    Ok(TaskImage { id, handle, wait_over: flags & 1 == 1, countdown, blocked, frames, registers })
}

/// Checks that each task is in exactly one list, and stands at an instruction that can wait for that.
pub(super) struct Waits<'a> {
    around: Around<'a>,
    tasks: &'a [TaskImage],
    placed: Vec<bool>,
}

impl<'a> Waits<'a> {
    pub(super) fn new(around: Around<'a>, tasks: &'a [TaskImage]) -> Self {
        Self { around, tasks, placed: vec![false; tasks.len()] }
    }

    pub(super) fn ready(&mut self, mut r: Reader<'_>) -> Result<Vec<u32>> {
        let ready = self.list(&mut r, |waits, task| match waits.stands(task) {
            (Some(Instruction::Block), _) => !task.wait_over || task.blocked.is_none(),
            (
                Some(
                    Instruction::Yield
                    | Instruction::Sleep
                    | Instruction::Collect
                    | Instruction::Stop
                    | Instruction::Handshake,
                ),
                _,
            ) => task.blocked.is_none(),
            (Some(Instruction::Lock), Some(mutex)) if task.wait_over => {
                waits.around.objects.owner(mutex) == Some(task.id) && task.blocked.is_none()
            }
            _ => !task.wait_over && task.blocked.is_none(),
        })?;
        r.finish()?;
        Ok(ready)
    }

    pub(super) fn timers(&mut self, mut r: Reader<'_>) -> Result<Vec<(Duration, u32)>> {
        let timers = r.list(2, "timers", |r| {
            let rest = Duration::from_nanos(r.below(LONGEST + 1, "the time to sleep")?);
            let task = self.place(r, |waits, task| {
                matches!(waits.stands(task), (Some(Instruction::Sleep), _))
                    && waits.has_waited_for_nothing(task)
            })?;
            Ok((rest, task))
        })?;
        r.finish()?;
        Ok(timers)
    }

    pub(super) fn awaited(&mut self, mut r: Reader<'_>) -> Result<Vec<(u32, Vec<u32>)>> {
        let count = r.count(3, "awaited tasks")?;
        let mut awaited: Vec<(u32, Vec<u32>)> = Vec::with_capacity(count);
        for _ in 0..count {
            let start = r.at();
            let target = r.below_32_bits("an awaited task")?;
            let Some(handle) = self.find(target).map(|index| self.tasks[index].handle) else {
                return Err(r.error(start, format!("task {target} is awaited but is not there")));
            };
            if awaited.last().is_some_and(|(last, _)| *last >= target) {
                return Err(r.error(start, format!("task {target} does not come after the last")));
            }
            let waiters = self.list(&mut r, |waits, task| {
                waits.stands(task) == (Some(Instruction::Await), Some(handle))
                    && waits.has_waited_for_nothing(task)
            })?;
            awaited.push((target, waiters));
        }
        r.finish()?;
        Ok(awaited)
    }

    pub(super) fn contended(&mut self, mut r: Reader<'_>) -> Result<Vec<(u32, Vec<u32>)>> {
        let count = r.count(3, "contended mutexes")?;
        let mut contended: Vec<(u32, Vec<u32>)> = Vec::with_capacity(count);
        for _ in 0..count {
            let start = r.at();
            let mutex = r.below(self.around.objects.count() as u64, "a contended mutex")? as u32;
            let Some(owner) = self.around.objects.owner(mutex) else {
                return Err(r.error(start, format!("object {mutex} is no mutex that is held")));
            };
            if contended.last().is_some_and(|(last, _)| *last >= mutex) {
                return Err(r.error(start, format!("object {mutex} does not come after the last")));
            }
            let waiters = self.list(&mut r, |waits, task| {
                waits.stands(task) == (Some(Instruction::Lock), Some(mutex))
                    && waits.has_waited_for_nothing(task)
                    && task.id != owner
            })?;
            if waiters.is_empty() {
                return Err(r.error(start, format!("no task waits for mutex {mutex}")));
            }
            contended.push((mutex, waiters));
        }
        r.finish()?;
        Ok(contended)
    }

    /// Checks that every task is in a list, and that some task can go on.
    pub(super) fn finish(self, r: &Reader<'_>, can_go_on: bool) -> Result<()> {
        if let Some(index) = self.placed.iter().position(|placed| !placed) {
            let message = format!("task {} is neither ready nor waits", self.tasks[index].id);
            return Err(r.error(r.at(), message));
        }
        if !can_go_on {
            return Err(r.error(r.at(), "every task waits for another: none can go on"));
        }
        Ok(())
    }

    fn find(&self, task: u32) -> Option<usize> {
        self.tasks.binary_search_by_key(&task, |task| task.id).ok()
    }

    /// The instruction at which a task stands, and the object on top of its operands.
    fn stands(&self, task: &TaskImage) -> (Option<Instruction>, Option<u32>) {
        let instruction = task.frames.last().and_then(|top| top.instruction(self.around.module));
        let top = task.registers.last().copied().filter(|value| value.is_reference());
        (instruction, top.map(Value::low_word))
    }

    fn has_waited_for_nothing(&self, task: &TaskImage) -> bool {
        !task.wait_over && task.blocked.is_none()
    }

    fn list(
        &mut self,
        r: &mut Reader<'_>,
        fits: impl Fn(&Self, &TaskImage) -> bool,
    ) -> Result<Vec<u32>> {
        r.list(1, "tasks", |r| self.place(r, &fits))
    }

    fn place(
        &mut self,
        r: &mut Reader<'_>,
        fits: impl Fn(&Self, &TaskImage) -> bool,
    ) -> Result<u32> {
        let start = r.at();
        let id = r.below_32_bits("a task's number")?;
        let fail = |message: String| -> Result<u32> { Err(r.error(start, message)) };
        let Some(index) = self.find(id) else {
            return fail(format!("task {id} is not there"));
        };
        if self.placed[index] {
            return fail(format!("task {id} is in a list already"));
        }
        if !fits(self, &self.tasks[index]) {
            return fail(format!(
                "task {id} does not stand at an instruction where it can be here"
            ));
        }
        self.placed[index] = true;
        Ok(id)
    }
}
