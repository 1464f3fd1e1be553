//! Views of what has stopped: the worker that stopped the world for the debugger, and tasks.

use machine::vm::{
    FrameView, Halt, HaltReason, Location, LocationKind, Machine, TaskState, TaskView, ValueView,
};

use super::journal::us;
use super::places::Places;
use super::views;

/// Which worker stopped, where and why; `joined`: the world stood still already, for another requester.
pub(super) fn halt_view(machine: &Machine, halt: &Halt, joined: bool) -> views::Halt {
    let module = machine.module();
    let code = &module.functions()[usize::from(halt.function)];
    let function = module.module().functions[usize::from(halt.function)].name.clone();
    let line = code.line(halt.instruction);
    let place = match line {
        Some(line) => format!("task {}, {function}, line {line}", halt.task),
        None => format!("task {}, {function}, instruction {}", halt.task, halt.instruction),
    };
    let worker = halt.worker;
    let did = if joined { "stopped at the same time" } else { "stopped the world" };
    let (why, breakpoint, hits, text) = match &halt.why {
        HaltReason::Breakpoint { id, hits, problem } => {
            let problem = problem.as_ref().map_or(String::new(), |problem| {
                format!(" Its condition has no answer: {problem}.")
            });
            let text = format!("Worker {worker} {did} at breakpoint {id} ({place}).{problem}");
            ("breakpoint", Some(*id), Some(*hits), text)
        }
        HaltReason::Trap { message } => {
            let text = format!(
                "Worker {worker} {did} because its task is about to trap ({place}): {message}."
            );
            ("trap", None, None, text)
        }
    };
    views::Halt {
        worker,
        task: halt.task,
        function,
        instruction: halt.instruction,
        offset: code.offset(halt.instruction),
        line,
        why,
        breakpoint,
        hits,
        text,
    }
}

/// A task of a machine.
pub(super) fn task_view(machine: &Machine, places: &Places, task: TaskView) -> views::Task {
    let functions = machine.module().functions();
    let at = |(instruction, frame): (u32, &FrameView)| Location {
        task: task.id,
        function: frame.function.into(),
        instruction,
        kind: LocationKind::BackEdge,
    };
    let stopped = task.stopped_by.zip(task.frames.first()).map(|jump| places.site(at(jump)));
    let (state, worker) = match task.state {
        TaskState::Running { worker } => ("running", Some(worker as usize)),
        TaskState::Ready => ("runnable", None),
        TaskState::Awaiting => ("awaiting", None),
        TaskState::Locking => ("locking", None),
        TaskState::Sleeping => ("sleeping", None),
    };
    views::Task {
        id: task.id,
        state: state.into(),
        worker,
        waiting: task.waiting_for,
        circle: task.circle,
        circle_length: task.circle_length,
        turns: task.turns.count,
        ready_to_running: us(task.turns.last_wait),
        longest_ready_to_running: us(task.turns.longest_wait),
        frames_omitted: task.frames_omitted,
        stopped,
        frames: task
            .frames
            .into_iter()
            .map(|frame| views::Frame {
                offset: functions[usize::from(frame.function)].offset(frame.instruction),
                function: frame.function_name,
                instruction: frame.instruction,
                line: frame.line,
                locals: frame
                    .locals
                    .into_iter()
                    .map(|(name, value)| value_view(name, value))
                    .collect(),
                operands: frame
                    .operands
                    .into_iter()
                    .map(|value| views::Operand { value: value.text, object: value.object })
                    .collect(),
            })
            .collect(),
    }
}

pub(super) fn value_view(name: String, value: ValueView) -> views::Local {
    views::Local { name, value: value.text, object: value.object }
}
