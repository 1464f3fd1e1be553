//! Tasks as somebody sees them who looks from outside: frames with names, reports.

use super::debug::ValueView;
use super::debug::inspect::view_value;
use super::machine::Shared;
use super::scheduler::Wait;
use super::task::{Task, TaskBody};
use super::trap::{StackEntry, TrapReport, cut};
use super::turns::TurnsView;
use super::waits;
use crate::heap::Value;
use safepoint::StoppedWorld;
use safepoint::clock;

/// Frames shown at each end of a call stack.
const SHOWN: usize = 24;
/// Locals and operands that a report on all tasks shows, each frame counting as one more.
const SHOWN_VALUES: usize = 100_000;

/// A task that has not ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskView {
    /// The task's number.
    pub id: u32,
    /// The function it began with.
    pub name: String,
    /// What it does.
    pub state: TaskState,
    /// What it waits for, in words.
    pub waiting_for: Option<String>,
    /// Tasks that wait for each other in a circle, and so for ever, also while others run: this one
    /// first, in the order of who waits for whom, at most eight of them. Empty if it is in none.
    pub circle: Vec<u32>,
    /// How many tasks that circle has.
    pub circle_length: u32,
    /// The jump backwards at whose poll its worker stopped, in the innermost frame's function: it has been
    /// taken, and that frame is at its target. `None` if the worker stopped where the frame is.
    pub stopped_by: Option<u32>,
    /// Its turns on workers.
    pub turns: TurnsView,
    /// Its frames, innermost first; very deep stacks are cut in the middle. The innermost is always
    /// there; of very many tasks only that.
    pub frames: Vec<FrameView>,
    /// Frames left out of `frames`.
    pub frames_omitted: u32,
}

/// What a task does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaskState {
    /// It runs on that worker, or would if the world ran.
    Running {
        /// The worker's index.
        worker: u32,
    },
    /// It could run.
    Ready,
    /// It awaits another task.
    Awaiting,
    /// It waits for a mutex.
    Locking,
    /// It sleeps.
    Sleeping,
}

/// A frame of a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrameView {
    /// Index of the function.
    pub function: u16,
    /// The function's name.
    pub function_name: String,
    /// The instruction that comes next, or the call that has not returned.
    pub instruction: u32,
    /// Source line, from 1, when the module carries lines.
    pub line: Option<u32>,
    /// Names and values.
    pub locals: Vec<(String, ValueView)>,
    /// Values, bottom first. Where a report has become too long an entry without an object says how
    /// many locals and operands are left out.
    pub operands: Vec<ValueView>,
}

/// A frame before it is given words.
#[derive(Debug, Clone, Copy)]
pub(super) struct RawFrame {
    pub(super) function: u16,
    pub(super) visible: u32,
    window: u32,
    /// Operands that the frame still has; the arguments of a call belong to the callee.
    height: u16,
}

/// Registers of a task that hold something: all up to the top frame's operands.
pub(super) fn live_registers(shared: &Shared, body: &TaskBody) -> usize {
    let function = shared.code.function(body.pc);
    let locals = shared.module.module().functions[function as usize].locals.len();
    let height = shared.module.functions()[function as usize].height(body.visible).unwrap_or(0);
    body.window as usize + locals + height as usize
}

/// A task's frames, innermost first.
pub(super) fn frames<'a>(
    shared: &'a Shared,
    body: &'a TaskBody,
) -> impl Iterator<Item = RawFrame> + 'a {
    use super::op::Op;
    let ops = shared.code.ops();
    let function = shared.code.function(body.pc);
    let height = shared.module.functions()[function as usize].height(body.visible).unwrap_or(0);
    let mut next = Some(RawFrame { function, visible: body.visible, window: body.window, height });
    let mut depth = body.depth as usize;
    std::iter::from_fn(move || {
        let frame = next.take()?;
        depth = depth.checked_sub(1)?;
        let back = body.frames[depth].get() as usize - ops.as_ptr() as usize;
        let call = (back / size_of::<Op>()) as u32 - 1;
        if call > 0
            && let Op::Call { window, .. } | Op::CallUnpolled { window, .. } = ops[call as usize]
        {
            let function = shared.code.function(call);
            let visible = shared.code.at(call);
            let params = shared.module.module().functions[frame.function as usize].params as u16;
            let height =
                shared.module.functions()[function as usize].height(visible).unwrap_or(params);
            // Of a task whose worker died inside of the loop these need not fit: it was not saved.
            let window = frame.window.saturating_sub(window as u32);
            let height = height.saturating_sub(params);
            next = Some(RawFrame { function, visible, window, height });
        }
        Some(frame)
    })
}

/// Where in a frame a value is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Slot {
    /// In the local of that index.
    Local(usize),
    /// On the operand stack, counted from the bottom.
    Operand(usize),
}

/// Looks at every local and operand of a saved task, with the function of its frame.
pub(super) fn each_value(shared: &Shared, body: &TaskBody, look: &mut dyn FnMut(u16, Slot, Value)) {
    for frame in frames(shared, body) {
        let locals = shared.module.module().functions[frame.function as usize].locals.len();
        for index in 0..locals + frame.height as usize {
            let bits = body.registers[frame.window as usize + index].get();
            let slot =
                if index < locals { Slot::Local(index) } else { Slot::Operand(index - locals) };
            look(frame.function, slot, Value::from_bits(bits));
        }
    }
}

/// What a task waits for, in words; `None` if it does not.
pub(super) fn wait_words(shared: &Shared, wait: Wait) -> Option<String> {
    match wait {
        Wait::Nothing => None,
        Wait::Task(other) => Some(format!("task {other}")),
        Wait::Mutex(mutex) => {
            let owner = waits::owner(shared, mutex);
            Some(format!("a mutex that task {owner} holds"))
        }
        Wait::Until(until) => Some(format!("{} ms more", until.since(clock::now()).as_millis())),
    }
}

/// The first and the last frames, and how many lie between.
fn shown(frames: impl Iterator<Item = RawFrame>) -> (Vec<RawFrame>, u32) {
    let mut shown = Vec::new();
    let mut last = std::collections::VecDeque::new();
    let mut omitted = 0;
    for frame in frames {
        if shown.len() < SHOWN {
            shown.push(frame);
        } else {
            last.push_back(frame);
            if last.len() > SHOWN {
                last.pop_front();
                omitted += 1;
            }
        }
    }
    shown.extend(last);
    (shown, omitted)
}

/// A frame with at most `most` of its locals and operands.
fn view(shared: &Shared, body: &TaskBody, frame: RawFrame, most: usize) -> FrameView {
    let function = &shared.module.module().functions[frame.function as usize];
    let value = |register: usize| {
        let bits = body.registers.get(frame.window as usize + register);
        let value = bits.map_or(Value::NULL, |bits| Value::from_bits(bits.get()));
        view_value(shared, value)
    };
    let locals = function.locals.len();
    let shown = most.min(locals + frame.height as usize);
    let mut operands: Vec<ValueView> = (locals..shown).map(value).collect();
    match locals + frame.height as usize - shown {
        0 => {}
        omitted => operands.push(ValueView { text: format!("… {omitted} more"), object: None }),
    }
    FrameView {
        function: frame.function,
        function_name: function.name.clone(),
        instruction: frame.visible,
        line: shared.module.functions()[frame.function as usize].line(frame.visible),
        locals: function
            .locals
            .iter()
            .take(shown)
            .enumerate()
            .map(|(i, n)| (n.clone(), value(i)))
            .collect(),
        operands,
    }
}

/// What a trap's message is about. For a task that this worker has, saved where it trapped.
pub(super) fn trap_report(shared: &Shared, task: &Task, message: String) -> TrapReport {
    // SAFETY: the caller's worker has the task and does not run it; the reference does not outlive
    // this function.
    let body = unsafe { &*task.body() };
    let (frames, frames_omitted) = shown(frames(shared, body));
    let call_stack: Vec<StackEntry> = frames
        .iter()
        .map(|frame| StackEntry {
            function: shared.function_name(frame.function),
            instruction: frame.visible,
            line: shared.module.functions()[frame.function as usize].line(frame.visible),
        })
        .collect();
    let top = frames[0];
    TrapReport {
        task: task.id,
        task_name: shared.function_name(task.function),
        function: shared.function_name(top.function),
        line: call_stack[0].line,
        instruction: top.visible,
        offset: shared.module.functions()[top.function as usize].offset(top.visible),
        message: cut(message),
        call_stack,
        frames_omitted,
    }
}

/// Every task that has not ended.
pub(super) fn tasks(shared: &Shared, _stopped: &StoppedWorld<'_>) -> Vec<TaskView> {
    let state = shared.scheduler.state();
    let circles = waits::circles(shared, &state.tasks);
    let mut left = SHOWN_VALUES;
    let mut views = Vec::with_capacity(state.tasks.len());
    for entry in state.tasks.values() {
        // SAFETY: the world is stopped, so no worker touches the body; the reference does not
        // outlive this turn of the loop.
        let body = unsafe { &*entry.task.body() };
        let (frames, mut frames_omitted) = shown(frames(shared, body));
        let worker = entry.task.worker.load(std::sync::atomic::Ordering::Relaxed);
        let task_state = match entry.wait {
            Wait::Nothing if worker > 0 => TaskState::Running { worker: worker - 1 },
            Wait::Nothing => TaskState::Ready,
            Wait::Task(_) => TaskState::Awaiting,
            Wait::Mutex(_) => TaskState::Locking,
            Wait::Until(_) => TaskState::Sleeping,
        };
        let waiting_for = wait_words(shared, entry.wait);
        let circle = circles
            .get(&entry.task.id)
            .map(|&length| waits::circle(shared, &state.tasks, entry.task.id, length));
        let mut shown = Vec::new();
        for frame in frames {
            if left == 0 && !shown.is_empty() {
                frames_omitted += 1;
                continue;
            }
            let view = view(shared, body, frame, left);
            left = left.saturating_sub(1 + view.locals.len() + view.operands.len());
            shown.push(view);
        }
        views.push(TaskView {
            id: entry.task.id,
            name: shared.function_name(entry.task.function),
            state: task_state,
            waiting_for: waiting_for.map(|words| match &circle {
                Some(circle) => words + &waits::in_vain(circle),
                None => words,
            }),
            circle_length: circle.as_ref().map_or(0, |circle| circle.length),
            circle: circle.map(|circle| circle.tasks).unwrap_or_default(),
            stopped_by: body.jumped.filter(|_| worker > 0),
            turns: entry.task.turns.view(),
            frames: shown,
            frames_omitted,
        });
    }
    views
}
