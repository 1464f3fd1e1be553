//! A machine's state as plain data: what a snapshot writes, and what a machine is restored from.
//!
//! It names visible instructions only, so it depends neither on the poll policy nor on the register form.
//! References are word indices of the machine that was stopped. Before a machine is restored, they are
//! replaced by those of the new heap.
//!
//! [`stack`] checks the frames, on which the interpreter relies, against the verified module. The reader of a
//! snapshot checks the rest: which task waits for what.

use std::time::Duration;

use super::code::{Code, Form, HALT};
use super::op::Op;
use super::task::{MAX_FRAMES, MAX_REGISTERS, Position, TaskBody};
use super::translate::registers;
use super::trap::TrapReport;
use crate::heap::Value;
use bytecode::{Instruction, VerifiedModule};

pub(crate) use super::output::KEPT as MAX_OUTPUT;
pub(crate) use super::scheduler::{MAIN, MAX_TASKS, MAX_TRAPS};
pub(crate) use super::task::STACK_BUDGET;

/// Everything that a program's future depends on, apart from the objects.
#[derive(Debug, Default)]
pub(crate) struct Image {
    /// The number of the next task that is started.
    pub(crate) next_task: u32,
    /// The text of the first task's result, if it has returned.
    pub(crate) result: Option<String>,
    /// Traps that are kept, by task.
    pub(crate) traps: Vec<TrapReport>,
    pub(crate) traps_omitted: u64,
    /// Strings of the constant pool that the program uses, ascending, and their objects.
    pub(crate) strings: Vec<(u16, u32)>,
    pub(crate) globals: Vec<Value>,
    /// Ascending by number.
    pub(crate) tasks: Vec<TaskImage>,
    /// Tasks that run or can run, in the order of their turns.
    pub(crate) ready: Vec<u32>,
    /// Tasks that sleep, and how long still.
    pub(crate) timers: Vec<(Duration, u32)>,
    /// Tasks that are awaited, and the tasks that await them.
    pub(crate) awaited: Vec<(u32, Vec<u32>)>,
    /// Mutexes that tasks wait for, and these tasks.
    pub(crate) contended: Vec<(u32, Vec<u32>)>,
    /// Printed bytes that are not kept any more, and those that are.
    pub(crate) output_dropped: u64,
    pub(crate) output: Vec<u8>,
}

/// A task that has not ended.
#[derive(Debug)]
pub(crate) struct TaskImage {
    pub(crate) id: u32,
    pub(crate) handle: u32,
    /// The wait of the instruction at which it stands is over.
    pub(crate) wait_over: bool,
    /// Back-edges since the last one that polled.
    pub(crate) countdown: u32,
    /// The time for which it still blocks, if it stands in a `block`.
    pub(crate) blocked: Option<Duration>,
    /// Outermost first.
    pub(crate) frames: Vec<FrameImage>,
    /// Locals and operands of all frames, outermost first; arguments are the callee's.
    pub(crate) registers: Vec<Value>,
}

/// Where a frame is: before this instruction, or inside this call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct FrameImage {
    pub(crate) function: u16,
    pub(crate) instruction: u32,
}

impl FrameImage {
    /// The instruction, if it exists.
    pub(crate) fn instruction(self, module: &VerifiedModule) -> Option<Instruction> {
        let function = module.functions().get(self.function as usize)?;
        function.instructions().get(self.instruction as usize).copied()
    }
}

/// What a task's frames need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stack {
    /// Locals and operands that exist.
    pub(crate) live: usize,
    /// First register of the innermost frame.
    window: usize,
    /// The number of registers that must exist so that the function of every frame may go on unchecked: from
    /// its window on, each needs room for its locals and its greatest height, as after a call.
    need: usize,
    /// Bytes of the task's stacks.
    pub(crate) bytes: usize,
}

/// Checks frames against the module: every function and instruction exists and is reachable, every frame but
/// the innermost stands in the call of the next one, and there are not too many.
///
/// # Errors
/// The frame, and what is wrong with it.
pub(crate) fn stack(
    module: &VerifiedModule,
    frames: &[FrameImage],
) -> Result<Stack, (usize, String)> {
    let fail = |frame, message| Err((frame, message));
    if frames.is_empty() || frames.len() > MAX_FRAMES {
        let count = frames.len();
        return fail(0, format!("{count} frames; expected 1 to {MAX_FRAMES}"));
    }
    let (mut window, mut live, mut need) = (0, 0, 0);
    for (index, frame) in frames.iter().enumerate() {
        let Some(function) = module.functions().get(frame.function as usize) else {
            let functions = module.functions().len();
            return fail(index, format!("function {} of {functions}", frame.function));
        };
        let declared = &module.module().functions[frame.function as usize];
        let name = &declared.name;
        let Some(height) = function.height(frame.instruction) else {
            let message =
                format!("function {name} cannot stand at instruction {}", frame.instruction);
            return fail(index, message);
        };
        window = live;
        need = need.max(window + registers(module, frame.function) as usize);
        live += declared.locals.len() + height as usize;
        let Some(callee) = frames.get(index + 1) else { break };
        match frame.instruction(module) {
            Some(Instruction::Call(called)) if called == callee.function => {
                live -= module.module().functions[called as usize].params as usize;
            }
            _ => {
                let instruction = frame.instruction;
                let message =
                    format!("instruction {instruction} of {name} does not call the next frame");
                return fail(index, message);
            }
        }
    }
    if need > MAX_REGISTERS {
        return fail(
            0,
            format!("{need} locals and operands; at most {MAX_REGISTERS} are possible"),
        );
    }
    Ok(Stack { live, window, need, bytes: TaskBody::bytes_for(need, frames.len()) })
}

/// Where a restored task goes on, and where its frames return to. `None` if the code does not fit
/// the frames, which [`stack`] and the translator rule out.
pub(super) fn position(
    module: &VerifiedModule,
    code: &Code,
    frames: &[FrameImage],
    form: Form,
) -> Option<Position> {
    let Stack { window, need, .. } = stack(module, frames).ok()?;
    let ops = code.ops();
    let mut returns = vec![code.address(HALT)];
    for caller in &frames[..frames.len() - 1] {
        let call = code.call(caller.function, caller.instruction, form)?;
        let (Op::Call { .. } | Op::CallUnpolled { .. }) = ops[call as usize] else { return None };
        returns.push(code.address(call + 1));
    }
    let top = frames[frames.len() - 1];
    // A debugger may have moved the task to a place where only the debugger's form can be entered. The task
    // leaves that form by itself later.
    let entry = |form| code.entry(top.function, top.instruction, form);
    let pc = entry(form).or_else(|| entry(Form::Debug))?;
    Some(Position { registers: need, returns, window: window as u32, pc, visible: top.instruction })
}
