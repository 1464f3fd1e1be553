//! What is told in words.

use std::fmt::Write;
use std::time::Duration;

use safepoint_lab::lab::{duration, views};
use safepoint_lab::snapshot::Description;

/// Clock steps below this many microseconds say nothing to a reader.
const STEP: f64 = 0.1;

/// A program that passed the verifier.
pub(super) fn program(name: &str, program: &views::Program) -> String {
    format!(
        "{name}: fine: {:?}, {} functions, {} bytes as a module",
        program.name,
        program.functions.len(),
        program.size
    )
}

/// What is in a snapshot.
pub(super) fn snapshot(snapshot: &Description) -> String {
    let mut text = String::new();
    let Description { program, workers, heap, used, objects, task_count, printed, .. } = snapshot;
    let _ = writeln!(text, "program {program:?}, {workers} workers");
    let _ = writeln!(text, "heap: {objects} objects, {used} of {heap} bytes");
    let _ = writeln!(text, "printed: {printed} bytes");
    let _ = writeln!(text, "tasks: {task_count}");
    for task in &snapshot.tasks {
        let place = match task.line {
            Some(line) => format!("line {line}"),
            None => format!("instruction {}", task.instruction),
        };
        let waiting = task.waiting.as_ref().map(|what| format!(" for {what}")).unwrap_or_default();
        let views = (task.id, &task.name, task.state, &task.function);
        let (id, name, state, function) = views;
        let _ = writeln!(text, "  {id} {name}: {state}{waiting}, in {function}, {place}");
    }
    text
}

/// A trap with its calls.
pub(super) fn trap(trap: &views::Trap) -> String {
    let mut text = format!("task {} trapped: {}", trap.task, trap.message);
    for call in &trap.stack {
        let _ = write!(text, "\n  in {call}");
    }
    text
}

/// How long the program and its pauses took.
pub(super) fn stats(stats: &views::Stats, instructions: u64, took: Duration) -> String {
    let mut text = format!("{instructions} instructions in {:.3} ms\n", took.as_secs_f64() * 1e3);
    for (name, reason) in [("gc", stats.gc), ("snapshot", stats.snapshot), ("debug", stats.debug)] {
        if reason.count == 0 {
            continue;
        }
        let show = |name: &str, of: views::Percentiles| {
            let (p50, p99) = (duration(of.p50, STEP), duration(of.p99, STEP));
            format!("{name} {p50} (p99 {p99}, at most {})", duration(of.max, STEP))
        };
        let (ttsp, operation) =
            (show("stopped in", reason.ttsp), show("operation", reason.operation));
        let total = show("in all", reason.total);
        let _ =
            writeln!(text, "{name}: {} pauses; median {ttsp}; {operation}; {total}", reason.count);
    }
    text
}
