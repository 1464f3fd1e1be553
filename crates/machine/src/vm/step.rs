//! A step of the debugger: one task goes on while all workers stay stopped.
//!
//! The holder of the stopped world has every task, so it can execute a task's instructions itself, in the
//! debugger's form, one visible instruction at a time. A task always stays at a place where a worker can go
//! on with it: an instruction that would wait, return from the task's last frame or trap is left to the
//! worker.

use std::cell::Cell;
use std::fmt;
use std::sync::Arc;

use super::code::{Form, Visible};
use super::context::{Context, Parts};
use super::debug::{HaltReason, forms};
use super::frames::live_registers;
use super::handle::handle_task;
use super::interpret::run;
use super::mutex;
use super::op::Op;
use super::point::Exit;
use super::scheduler::TaskRef;
use super::status::{WorkerBlock, WorkerState};
use super::task::{Task, TaskBody};
use super::text::short_text;
use super::trap::shortened;
use super::waits;
use crate::heap::Value;
use bytecode::Instruction;
use safepoint::StoppedWorld;
use safepoint::sync::Ordering;

/// How far a step goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepKind {
    /// Until the next statement begins, or the function has returned; a call leads into the function. Where statements
    /// are not known, each instruction is one.
    Into,
    /// As [`Into`](Self::Into), but a call is done as a whole.
    Over,
    /// Until the current function has returned.
    Out,
    /// One instruction.
    Instruction,
}

/// The result of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepReport {
    /// Instructions executed.
    pub instructions: u64,
    /// Why it ended.
    pub end: StepEnd,
}

/// Why a step ended. Except after [`Moved`](Self::Moved), the task stands before an instruction that is not
/// executed yet, and the reason is about that instruction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepEnd {
    /// It is done.
    Moved,
    /// There is a breakpoint on the way.
    Breakpoint(HaltReason),
    /// The instruction would wait, for this. It will when the world runs.
    Waits(String),
    /// The task's first function returns this value; the task ends when the world runs.
    Returns(String),
    /// The instruction would trap, with this message. It will when the world runs.
    Traps(String),
    /// The step is not done after the largest permitted number of instructions.
    Unfinished,
    /// The program is over.
    Over,
}

/// Why a task cannot step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepError {
    /// No such task, or it has ended.
    NoSuchTask {
        /// The number that was asked for.
        task: u32,
    },
    /// The task waits; only other tasks or the clock can change that.
    Waits {
        /// The task.
        task: u32,
        /// For what.
        words: String,
    },
    /// The task's worker is in the middle of a blocking call.
    Blocked {
        /// The task.
        task: u32,
    },
}

impl fmt::Display for StepError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSuchTask { task } => {
                write!(f, "there is no task {task}, or it has ended; choose one of those listed")
            }
            Self::Waits { task, words } => write!(
                f,
                "task {task} waits for {words}; let the program continue, or step the task that it waits for"
            ),
            Self::Blocked { task } => write!(
                f,
                "the worker of task {task} is in the middle of a blocking call; let the program continue until the call is over"
            ),
        }
    }
}

impl std::error::Error for StepError {}

/// Where a task stands.
struct Stand {
    function: u16,
    visible: Visible,
    depth: u32,
    wait_over: bool,
}

/// A step of at most `most` instructions.
pub(super) fn step(
    parts: Parts<'_>,
    stopped: &StoppedWorld<'_>,
    id: u32,
    kind: StepKind,
    most: u64,
) -> Result<StepReport, StepError> {
    let Parts { program, store, debugger, .. } = parts;
    if store.is_over() {
        return Ok(StepReport { instructions: 0, end: StepEnd::Over });
    }
    let task = ready(parts, id)?;
    // SAFETY: the caller has the stopped world; the references do not outlive the block.
    let before = unsafe {
        let body = &mut *task.body();
        let before = (body.pc, body.moved);
        forms::switch_task(&program.code, body, Form::Debug);
        before
    };
    let block = WorkerBlock::default();
    let buffer = std::mem::take(&mut *debugger.buffer());
    let mut stepper = Stepper {
        cx: Context::stepper(parts, stopped, &block, buffer),
        task: &task,
        instructions: 0,
    };
    let end = stepper.run(kind, most);
    let instructions = stepper.instructions;
    let mut buffer = std::mem::take(&mut stepper.cx.buffer);
    buffer.park(&store.heap);
    *debugger.buffer() = buffer;
    // SAFETY: as above.
    unsafe {
        let body = &mut *task.body();
        if instructions > 0 {
            body.moved = true;
        } else if body.busy {
            // Its worker is in the middle of this instruction and goes on with it. If the worker began it again
            // after each step, the instruction would not end while such steps come.
            (body.pc, body.moved) = before;
        }
    }
    Ok(StepReport { instructions, end })
}

/// A task that could go on if the world ran.
fn ready(Parts { store, workers, .. }: Parts<'_>, id: u32) -> Result<TaskRef, StepError> {
    let state = store.scheduler.state();
    let entry = state.tasks.get(id).ok_or(StepError::NoSuchTask { task: id })?;
    if let Some(words) = waits::words(&store.heap, entry.wait) {
        return Err(StepError::Waits { task: id, words });
    }
    let worker = entry.task.worker.load(Ordering::Relaxed);
    let block = worker.checked_sub(1).map(|index| &workers.all()[index as usize].block);
    if block.is_some_and(|block| block.read().state == WorkerState::SafeRegion) {
        return Err(StepError::Blocked { task: id });
    }
    Ok(Arc::clone(&entry.task))
}

struct Stepper<'m> {
    cx: Context<'m>,
    task: &'m Task,
    instructions: u64,
}

impl Stepper<'_> {
    fn run(&mut self, kind: StepKind, most: u64) -> StepEnd {
        let begin = self.stand();
        loop {
            if let Some(end) = self.instruct() {
                return end;
            }
            self.instructions += 1;
            let now = self.stand();
            let done = match kind {
                _ if now.depth < begin.depth => true,
                StepKind::Over if now.depth > begin.depth => false,
                StepKind::Into | StepKind::Over => {
                    let function = self.cx.program.verified(now.function);
                    function.begins_statement(now.visible) != Some(false)
                }
                StepKind::Out => false,
                StepKind::Instruction => true,
            };
            if done {
                return StepEnd::Moved;
            }
            if let Some(why) = self.come(&now) {
                return StepEnd::Breakpoint(why);
            }
            if self.instructions >= most {
                return StepEnd::Unfinished;
            }
        }
    }

    /// Executes one visible instruction.
    fn instruct(&mut self) -> Option<StepEnd> {
        let stand = self.stand();
        match self.instruction(&stand) {
            Instruction::Ret if stand.depth == 1 => return Some(StepEnd::Returns(self.result())),
            Instruction::Sleep if !stand.wait_over => {
                return Some(StepEnd::Waits("the time that it sleeps".into()));
            }
            Instruction::Block | Instruction::Stall if !stand.wait_over => {
                return Some(StepEnd::Waits("the end of a blocking call".into()));
            }
            _ => {}
        }
        let code = &self.cx.program.code;
        let here = code.number(stand.function, stand.visible);
        let yields = matches!(self.instruction(&stand), Instruction::Yield);
        self.with_body(|body| {
            // The instruction's own check. The next instruction's check follows at once if this one executes
            // nothing.
            if matches!(code.ops()[body.pc as usize], Op::Check { number } if number == here) {
                body.pc += 1;
            }
            // No other task runs meanwhile.
            body.wait_over |= yields;
        });
        let exit = loop {
            match run::<false>(&mut self.cx, self.task) {
                Exit::Preempted | Exit::CalledBack => {}
                exit => break exit,
            }
        };
        let heap = &self.cx.store.heap;
        match exit {
            Exit::Checked => {
                self.with_body(|body| body.halting = false);
                None
            }
            Exit::WaitTask(handle) => {
                Some(StepEnd::Waits(format!("the end of task {}", handle_task(heap, handle))))
            }
            Exit::WaitMutex(mutex) => {
                let owner = mutex::owner(heap, mutex);
                Some(StepEnd::Waits(format!("a mutex that task {owner} holds")))
            }
            Exit::Sleep(_) | Exit::Yield => Some(StepEnd::Waits("its turn".into())),
            Exit::Finished(value) => {
                Some(StepEnd::Returns(short_text(&self.cx.program.module, heap, value)))
            }
            Exit::Trapped(trap) => Some(StepEnd::Traps(shortened(trap.message))),
            Exit::Preempted | Exit::CalledBack | Exit::Stopped => Some(StepEnd::Over),
        }
    }

    /// The value that the task's first function is about to return.
    fn result(&self) -> String {
        let (program, store) = (self.cx.program, self.cx.store);
        let bits = self.with_body(|body| live_registers(program, body).last().map(Cell::get));
        let value = bits.map_or(Value::NULL, Value::from_bits);
        short_text(&program.module, &store.heap, value)
    }

    fn come(&self, stand: &Stand) -> Option<HaltReason> {
        let Context { program, store, debugger, .. } = &self.cx;
        let number = program.code.number(stand.function, stand.visible);
        if !debugger.is_watched(number) {
            return None;
        }
        let local = |index: u8| {
            self.with_body(|body| {
                let register = body.window as usize + usize::from(index);
                Value::from_bits(body.registers[register].get())
            })
        };
        debugger.come(program, store, stand.function, stand.visible, &local)
    }

    fn stand(&self) -> Stand {
        let code = &self.cx.program.code;
        self.with_body(|body| Stand {
            function: code.function(body.pc),
            visible: body.visible,
            depth: body.depth,
            wait_over: body.wait_over,
        })
    }

    fn instruction(&self, stand: &Stand) -> Instruction {
        self.cx.program.instruction(stand.function, stand.visible)
    }

    fn with_body<T>(&self, look: impl FnOnce(&mut TaskBody) -> T) -> T {
        // SAFETY: the stepper has the stopped world, so no worker touches the body, and the loop is left; the
        // reference does not outlive `look`, and nothing that looks calls this again.
        look(unsafe { &mut *self.task.body() })
    }
}
