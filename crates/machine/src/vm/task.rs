//! Green tasks: registers, frames, and which thread may touch them.

use std::cell::{Cell, UnsafeCell};
use std::sync::Arc;

use super::code::Visible;
use super::op::Op;
use super::turns::TaskTurns;
use crate::heap::Value;
use safepoint::clock::Timestamp;
use safepoint::sync::{AtomicU32, AtomicUsize, Ordering};

/// The largest number of frames of one task.
pub(super) const MAX_FRAMES: usize = 1 << 16;
/// The largest number of registers of one task: 8 MiB.
pub(super) const MAX_REGISTERS: usize = 1 << 20;
/// Bytes that the stacks of all tasks may take together.
pub(crate) const STACK_BUDGET: usize = 64 << 20;
/// A task's stacks at first.
const FIRST_REGISTERS: usize = 32;
const FIRST_FRAMES: usize = 8;

/// A task of the program.
#[derive(Debug)]
pub(super) struct Task {
    /// The number of the task. The program's first task is 1.
    pub(super) id: u32,
    /// The function it began with.
    pub(super) function: u16,
    /// Its handle in the heap.
    pub(super) handle: u32,
    /// The worker that runs it plus one, 0 for none. Relaxed: only for views.
    pub(super) worker: AtomicU32,
    pub(super) turns: TaskTurns,
    body: UnsafeCell<TaskBody>,
}

/// The state of a task. It is up to date only while the task does not run: the interpreter keeps the current
/// values in locals and saves them before another thread may read the task.
#[derive(Debug)]
pub(super) struct TaskBody {
    pub(super) registers: Box<[Cell<u64>]>,
    /// Where each frame returns to.
    pub(super) frames: Box<[Cell<*const Op>]>,
    /// Frames in use.
    pub(super) depth: u32,
    /// First register of the top frame.
    pub(super) window: u32,
    /// The operation to go on with.
    pub(super) pc: u32,
    /// The visible instruction to go on with.
    pub(super) visible: Visible,
    /// The jump to `visible`, in the same function, whose poll stopped the task; it has been taken.
    pub(super) jumped: Option<Visible>,
    /// Back-edges since the last one that polled, where only every n-th does.
    pub(super) countdown: u32,
    /// The wait of the instruction at `pc` is over.
    pub(super) wait_over: bool,
    /// The time until which the worker blocks in the instruction at `pc`.
    pub(super) blocked_until: Option<Timestamp>,
    /// The holder of the stopped world changed the task after it was saved, so the worker that runs it must
    /// read all of it anew.
    pub(super) moved: bool,
    /// Its worker is in the middle of the instruction at `pc`, and begins it again if the task is moved.
    pub(super) busy: bool,
    /// Its worker requested the world because of where the task stands, and no holder has moved it since.
    pub(super) halting: bool,
    budget: Arc<StackBudget>,
}

// SAFETY: a task's body is only touched by the worker that has taken the task from the scheduler, or by the
// holder of the stopped world (see `body`); both hand over through locks, queues or the coordinator, which
// order the accesses. The pointers in `frames` lead into the machine's code, which never changes and outlives
// its tasks.
unsafe impl Send for Task {}
// SAFETY: as above.
unsafe impl Sync for Task {}

/// The place at which a task goes on.
#[derive(Debug)]
pub(super) struct Position {
    /// Registers that must exist.
    pub(super) registers: usize,
    /// Where each frame returns to, outermost first.
    pub(super) returns: Vec<*const Op>,
    /// First register of the innermost frame.
    pub(super) window: u32,
    pub(super) pc: u32,
    pub(super) visible: Visible,
}

/// There is no memory for a stack of that size, or the budget does not allow it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NoStack;

/// Counts the bytes of all stacks.
#[derive(Debug, Default)]
pub(super) struct StackBudget {
    used: AtomicUsize,
}

impl StackBudget {
    fn take(&self, bytes: usize) -> Result<(), NoStack> {
        // Relaxed: nothing else is ordered by this sum.
        let before = self.used.fetch_add(bytes, Ordering::Relaxed);
        if before.saturating_add(bytes) > STACK_BUDGET {
            self.give(bytes);
            return Err(NoStack);
        }
        Ok(())
    }

    fn give(&self, bytes: usize) {
        self.used.fetch_sub(bytes, Ordering::Relaxed);
    }
}

impl TaskBody {
    /// A body with room for `registers` registers, of which the first are the arguments.
    pub(super) fn new(
        budget: &Arc<StackBudget>,
        registers: usize,
        halt: *const Op,
        start: u32,
    ) -> Result<Self, NoStack> {
        let registers = registers.max(FIRST_REGISTERS);
        budget.take(Self::bytes_of(registers, FIRST_FRAMES))?;
        let made = filled(registers, Value::NULL.bits(), &[])
            .and_then(|made| Ok((made, filled(FIRST_FRAMES, halt, &[])?)));
        let (registers, frames) = made.inspect_err(|NoStack| {
            budget.give(Self::bytes_of(registers, FIRST_FRAMES));
        })?;
        Ok(Self {
            registers,
            frames,
            depth: 1,
            window: 0,
            pc: start,
            visible: 0,
            jumped: None,
            countdown: 0,
            wait_over: false,
            blocked_until: None,
            moved: false,
            busy: false,
            halting: false,
            budget: Arc::clone(budget),
        })
    }

    /// A body that continues at a place, with all registers null.
    pub(super) fn restored(budget: &Arc<StackBudget>, at: Position) -> Result<Self, NoStack> {
        let depth = at.returns.len();
        let mut body = Self::new(budget, at.registers, at.returns[0], at.pc)?;
        body.grow(at.registers, depth)?;
        for (frame, back) in body.frames.iter().zip(at.returns) {
            frame.set(back);
        }
        body.depth = depth as u32;
        body.window = at.window;
        body.visible = at.visible;
        Ok(body)
    }

    /// Bytes that the stacks of a task take at least.
    pub(super) fn bytes_for(registers: usize, frames: usize) -> usize {
        let frames = if frames > FIRST_FRAMES { frames.next_power_of_two() } else { FIRST_FRAMES };
        Self::bytes_of(registers.max(FIRST_REGISTERS), frames.min(MAX_FRAMES))
    }

    fn bytes_of(registers: usize, frames: usize) -> usize {
        registers * size_of::<u64>() + frames * size_of::<*const Op>()
    }

    /// Bytes of the stacks.
    fn bytes(&self) -> usize {
        Self::bytes_of(self.registers.len(), self.frames.len())
    }

    /// Makes room for at least that many registers and frames.
    pub(super) fn grow(&mut self, registers: usize, frames: usize) -> Result<(), NoStack> {
        let budget = Arc::clone(&self.budget);
        if registers > MAX_REGISTERS || frames > MAX_FRAMES {
            return Err(NoStack);
        }
        let registers = grown(self.registers.len(), registers, MAX_REGISTERS);
        let frames = grown(self.frames.len(), frames, MAX_FRAMES);
        let before = self.bytes();
        budget.take(Self::bytes_of(registers, frames) - before)?;
        let made = filled(registers, Value::NULL.bits(), &self.registers)
            .and_then(|made| Ok((made, filled(frames, std::ptr::null(), &self.frames)?)));
        let (registers, frames) = made.inspect_err(|NoStack| {
            budget.give(Self::bytes_of(registers, frames) - before);
        })?;
        self.registers = registers;
        self.frames = frames;
        Ok(())
    }
}

fn grown(now: usize, need: usize, most: usize) -> usize {
    if need <= now { now } else { need.next_power_of_two().max(now * 2).min(most) }
}

fn filled<T: Copy>(len: usize, with: T, from: &[Cell<T>]) -> Result<Box<[Cell<T>]>, NoStack> {
    let mut cells = Vec::new();
    cells.try_reserve_exact(len).map_err(|_| NoStack)?;
    cells.extend(from.iter().map(|cell| Cell::new(cell.get())));
    cells.resize_with(len, || Cell::new(with));
    Ok(cells.into_boxed_slice())
}

impl Task {
    pub(super) fn new(id: u32, function: u16, handle: u32, body: TaskBody) -> Self {
        Self {
            id,
            function,
            handle,
            worker: AtomicU32::new(0),
            turns: TaskTurns::default(),
            body: UnsafeCell::new(body),
        }
    }

    /// The task's body. Dereferencing it is sound for the worker that has taken the task from the
    /// scheduler, as long as it neither stops nor gives the task back; and for the holder of the
    /// stopped world. Neither may keep a reference beyond that.
    pub(super) fn body(&self) -> *mut TaskBody {
        self.body.get()
    }
}

impl Drop for TaskBody {
    fn drop(&mut self) {
        self.budget.give(self.bytes());
    }
}
