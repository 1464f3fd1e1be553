//! Reports of a trap and of a deadlock: where tasks stood, in words.

use super::frames::{frames, shown};
use super::mutex;
use super::program::Program;
use super::scheduler::Wait;
use super::store::Store;
use super::task::Task;
use super::trap::{StackEntry, TrapReport, shortened};
use super::waits::NAMED;

/// The report of a trap. The task must belong to this worker, and be saved where it trapped.
pub(super) fn trap_report(program: &Program, task: &Task, message: String) -> TrapReport {
    // SAFETY: the caller's worker has the task and does not run it; the reference does not outlive
    // this function.
    let body = unsafe { &*task.body() };
    let (frames, frames_omitted) = shown(frames(program, body));
    let call_stack: Vec<StackEntry> = frames
        .iter()
        .map(|frame| {
            let line = program.verified(frame.function).line(frame.visible);
            let name = program.function_name(frame.function);
            StackEntry::new(&program.module, name, frame.visible, line)
        })
        .collect();
    let top = frames[0];
    TrapReport {
        task: task.id,
        task_name: program.function_name(task.function),
        function: program.function_name(top.function),
        line: call_stack[0].line,
        instruction: top.visible,
        offset: program.verified(top.function).offset(top.visible),
        message: shortened(message),
        call_stack,
        frames_omitted,
    }
}

/// Which task waits for which, when none can ever run again: every task, with the place where it waits.
pub(super) fn deadlock_report(program: &Program, store: &Store) -> Option<TrapReport> {
    let state = store.scheduler.state();
    let first = state.tasks.values().next()?;
    let name = |id: u32| match state.tasks.get(id) {
        Some(entry) => format!("task {id} ({})", program.declared(entry.task.function).name),
        None => format!("task {id}, which has ended,"),
    };
    let mut waits = Vec::new();
    for entry in state.tasks.values().take(NAMED) {
        let who = name(entry.task.id);
        let at = trap_report(program, &entry.task, String::new());
        let place = match at.line {
            Some(line) => format!("in {}, line {line}", at.function),
            None => format!("in {}, instruction {}", at.function, at.instruction),
        };
        waits.push(match entry.wait {
            Wait::Mutex(mutex) => {
                let owner = name(mutex::owner(&store.heap, mutex));
                format!("{who} waits {place} for a mutex that {owner} holds")
            }
            Wait::Task(other) => format!("{who} awaits {} {place}", name(other)),
            Wait::Nothing | Wait::Until(_) => who,
        });
    }
    if state.tasks.len() > NAMED {
        waits.push(format!("and {} more", state.tasks.len() - NAMED));
    }
    let mut report = trap_report(program, &first.task, String::new());
    report.message = format!("deadlock, every task waits for another: {}", waits.join("; "));
    Some(report)
}
