//! Views of tasks: frames with names and values.

use super::frames::{RawFrame, frames, shown};
use super::program::Program;
use super::scheduler::Wait;
use super::store::Store;
use super::task::TaskBody;
use super::text::{ValueView, variable};
use super::turns::TurnsView;
use super::waits;
use crate::heap::Value;
use bytecode::Variable;
use safepoint::StoppedWorld;
use safepoint::sync::Ordering;

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
    /// Tasks that wait for each other in a circle, and so for ever, also while others run: this one first,
    /// each before the task that it waits for, at most eight of them. Empty if it is in none.
    pub circle: Vec<u32>,
    /// How many tasks that circle has.
    pub circle_length: u32,
    /// The jump backwards at whose poll its worker stopped, in the innermost frame's function: it has been
    /// taken, and that frame is at its target. `None` if the worker stopped where the frame is.
    pub stopped_by: Option<u32>,
    /// Its turns on workers.
    pub turns: TurnsView,
    /// Its frames, innermost first; very deep stacks are cut in the middle. The innermost frame is always there.
    /// If there are very many tasks, it is the only one.
    pub frames: Vec<FrameView>,
    /// Frames left out of `frames`.
    pub frames_omitted: u32,
}

/// What a task does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaskState {
    /// It is the task of that worker.
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

/// A frame with at most `most` of its locals and operands.
fn view(
    program: &Program,
    store: &Store,
    body: &TaskBody,
    frame: RawFrame,
    most: usize,
) -> FrameView {
    let function = program.declared(frame.function);
    let value = |register: usize| {
        let bits = body.registers.get(frame.window as usize + register);
        bits.map_or(Value::NULL, |bits| Value::from_bits(bits.get()))
    };
    let variables = program.module.variables(frame.function, frame.visible);
    let all = variables.len() + frame.height as usize;
    let shown = most.min(all);
    let operands = (0..shown.saturating_sub(variables.len()))
        .map(|at| ValueView::new(&program.module, &store.heap, value(function.locals.len() + at)));
    let mut operands: Vec<ValueView> = operands.collect();
    match all - shown {
        0 => {}
        omitted => operands.push(ValueView { text: format!("… {omitted} more"), object: None }),
    }
    FrameView {
        function: frame.function,
        function_name: function.name.clone(),
        instruction: frame.visible,
        line: program.verified(frame.function).line(frame.visible),
        locals: (0..shown.min(variables.len()))
            .map(|at| {
                let Variable { name, local, field } = variables[at];
                let mut shown = name.to_owned();
                // A local of an inner block hides those of its name.
                for inner in &variables[at + 1..] {
                    if inner.name == name {
                        shown.push_str(" (outer)");
                    }
                }
                let value =
                    variable(&program.module, &store.heap, value(usize::from(local)), field);
                (shown, ValueView::new(&program.module, &store.heap, value))
            })
            .collect(),
        operands,
    }
}

/// Every task that has not ended.
pub(super) fn tasks(
    program: &Program,
    store: &Store,
    _stopped: &StoppedWorld<'_>,
) -> Vec<TaskView> {
    let state = store.scheduler.state();
    let circles = waits::circles(&store.heap, &state.tasks);
    let mut left = SHOWN_VALUES;
    let mut views = Vec::with_capacity(state.tasks.len());
    for (entry, length) in state.tasks.values().zip(circles) {
        // SAFETY: the world is stopped, so no worker touches the body; the reference does not
        // outlive this turn of the loop.
        let body = unsafe { &*entry.task.body() };
        let (frames, mut frames_omitted) = shown(frames(program, body));
        let worker = entry.task.worker.load(Ordering::Relaxed);
        let task_state = match entry.wait {
            Wait::Nothing if worker > 0 => TaskState::Running { worker: worker - 1 },
            Wait::Nothing => TaskState::Ready,
            Wait::Task(_) => TaskState::Awaiting,
            Wait::Mutex(_) => TaskState::Locking,
            Wait::Until(_) => TaskState::Sleeping,
        };
        let waiting_for = waits::words(&store.heap, entry.wait);
        let circle =
            (length > 0).then(|| waits::circle(&store.heap, &state.tasks, entry.task.id, length));
        let mut shown = Vec::new();
        for frame in frames {
            if left == 0 && !shown.is_empty() {
                frames_omitted += 1;
                continue;
            }
            let view = view(program, store, body, frame, left);
            left = left.saturating_sub(1 + view.locals.len() + view.operands.len());
            shown.push(view);
        }
        views.push(TaskView {
            id: entry.task.id,
            name: program.function_name(entry.task.function),
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
