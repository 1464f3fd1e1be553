//! The data between the interpreter's loop and its surroundings: the loop's locals at a slow path, and why
//! the loop was left.

use super::code::Visible;
use super::context::Context;
use super::op::Op;
use super::task::Task;
use crate::heap::Value;

/// Why the loop was left.
#[derive(Debug)]
pub(super) enum Exit {
    /// The task's first function returned.
    Finished(Value),
    /// The task trapped.
    Trapped(Box<Trap>),
    /// The task stopped at a poll, or the instruction must be tried again: it may go on at once.
    Preempted,
    /// The task was called back from a place without a poll: it goes on at once.
    CalledBack,
    /// The machine is over.
    Stopped,
    /// The stepper came to the next instruction.
    Checked,
    /// The task gives way.
    Yield,
    /// The task waits for the task of this handle.
    WaitTask(u32),
    /// The task waits for this mutex.
    WaitMutex(u32),
    /// The task sleeps for this many milliseconds.
    Sleep(u32),
}

/// Why a task traps.
#[derive(Debug)]
pub(super) struct Trap {
    pub(super) message: String,
    /// What was thrown, if that is why: as in a task's handle.
    pub(super) thrown: Option<Value>,
}

impl Exit {
    /// A trap that is nothing thrown.
    pub(super) fn trap(message: String) -> Self {
        Self::Trapped(Box::new(Trap { message, thrown: None }))
    }
}

/// The loop's locals at a slow path.
#[derive(Clone, Copy)]
pub(super) struct Point {
    pub(super) pc: *const Op,
    pub(super) regs: *mut u64,
    pub(super) frames: *mut *const Op,
    pub(super) base: u64,
    pub(super) polls: u64,
}

impl Point {
    /// Index of the operation.
    pub(super) fn op(&self, cx: &Context<'_>) -> u32 {
        let ops = cx.program.code.ops().as_ptr();
        // SAFETY: both point into the machine's code.
        unsafe { self.pc.offset_from(ops) as u32 }
    }

    /// The same point at another operation.
    pub(super) fn at(&self, pc: *const Op) -> Self {
        Self { pc, ..*self }
    }

    /// The visible instruction at which the loop is.
    pub(super) fn visible(&self, cx: &Context<'_>) -> Visible {
        cx.program.code.at(self.op(cx))
    }

    /// Instructions that the worker has executed before `visible`.
    #[inline(always)]
    pub(super) fn count(&self, visible: Visible) -> u64 {
        self.base.wrapping_add(visible as u64)
    }

    /// Writes the locals into the task and the counts into the context, as before `visible`.
    pub(super) fn save(&self, cx: &mut Context<'_>, task: &Task, visible: Visible) {
        let pc = self.op(cx);
        // SAFETY: this worker runs the task, so no other thread touches its body, and no reference to it
        // lives longer than this block; both pointers lead into the body's own stacks.
        unsafe {
            let body = &mut *task.body();
            body.pc = pc;
            body.visible = visible;
            body.jumped = None;
            body.window = self.regs.offset_from(body.registers.as_ptr().cast()) as u32;
            body.depth = self.frames.offset_from(body.frames.as_ptr().cast()) as u32;
        }
        cx.total = self.count(visible);
        cx.polls = self.polls;
    }

    /// [`save`](Self::save) as before the operation at which the loop is.
    pub(super) fn save_here(&self, cx: &mut Context<'_>, task: &Task) {
        let visible = self.visible(cx);
        self.save(cx, task, visible);
    }

    /// A register of the current frame.
    ///
    /// # Safety
    /// The current function has such a register.
    pub(super) unsafe fn register(&self, index: usize) -> Value {
        // SAFETY: as the caller promises.
        Value::from_bits(unsafe { *self.regs.add(index) })
    }
}
