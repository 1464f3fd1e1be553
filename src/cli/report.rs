//! Reports in words.

use std::fmt::Write;
use std::time::Duration;

use machine::snapshot::Description;
use machine::vm::TrapReport;
use safepoint_lab::lab::{duration, views};

use super::watch::Stopped;
use super::words::{STEP, count, message};

/// What is in a snapshot.
pub(super) fn snapshot(snapshot: &Description) -> String {
    let mut text = String::new();
    let Description { program, workers, heap, used, objects, task_count, printed, .. } = snapshot;
    let workers = count(*workers as u64, "worker");
    let _ = writeln!(text, "program {program:?}, {workers}");
    let _ = writeln!(text, "heap: {}, {used} of {heap} bytes", count(*objects as u64, "object"));
    let _ = writeln!(text, "printed: {}", count(*printed, "byte"));
    let _ = writeln!(text, "tasks: {task_count}");
    for task in &snapshot.tasks {
        let place = match task.line {
            Some(line) => format!("line {line}"),
            None => format!("instruction {}", task.instruction),
        };
        let waiting = task.waiting.as_ref().map(|what| format!(" for {what}")).unwrap_or_default();
        let (id, state) = (task.id, task.state);
        let (name, function) = (message(&task.name), message(&task.function));
        let _ = writeln!(text, "  {id} {name}: {state}{waiting}, in {function}, {place}");
    }
    text
}

/// A trap with its calls.
pub(super) fn trap(trap: &TrapReport) -> String {
    let mut text = format!("task {} trapped: {}", trap.task, message(&trap.message));
    for call in &views::Trap::from(trap).stack {
        let _ = write!(text, "\n  in {}", message(call));
    }
    if trap.frames_omitted > 0 {
        let _ = write!(text, "\n  and {}", count(u64::from(trap.frames_omitted), "more call"));
    }
    text
}

/// How many more traps there were than are listed.
pub(super) fn traps_omitted(omitted: u64) -> String {
    format!("{} trapped, too", count(omitted, "more task"))
}

/// The workers that did not leave.
pub(super) fn left_behind(workers: &[usize]) -> String {
    let list: Vec<String> = workers.iter().map(ToString::to_string).collect();
    match &list[..] {
        [one] => format!(
            "worker {one} did not reach a poll after the program was stopped and was left behind; what it executed \
             since its last one is not counted"
        ),
        _ => format!(
            "workers {} did not reach a poll after the program was stopped and were left behind; what they executed \
             since their last ones is not counted",
            list.join(", ")
        ),
    }
}

/// What stopped the program.
pub(super) fn stopped(by: Option<Stopped>, returned: bool) -> String {
    let what = if returned { "the program's other tasks were" } else { "the program was" };
    match by {
        Some(Stopped::After(time)) => {
            format!("{what} stopped after {time:?}, as --stop-after says")
        }
        Some(Stopped::By(signal)) => format!("{what} stopped by {}", signal.name()),
        Some(Stopped::Unread) => format!("{what} stopped: standard output is closed"),
        None => format!("{what} stopped"),
    }
}

/// How long ready tasks waited for a worker, and whether some still wait.
pub(super) fn schedule(schedule: &views::Schedule) -> String {
    let waited = schedule.ready_to_running;
    let text = format!(
        "ready to running: {} of tasks; {}",
        count(waited.count, "turn"),
        spread("median", waited.count, waited.p50, waited.p99, waited.max)
    );
    if schedule.ready == 0 { text } else { format!("{text}\nat the end: {}", schedule.text) }
}

/// Fewer values than this do not carry a 99th percentile: it would be the greatest by another name.
const CARRY_P99: u64 = 100;

/// The median of so many durations, and how far they spread.
fn spread(name: &str, values: u64, p50: f64, p99: f64, max: f64) -> String {
    let (p50, p99, max) = (duration(p50, STEP), duration(p99, STEP), duration(max, STEP));
    let p99 = if values < CARRY_P99 { String::new() } else { format!("p99 {p99}, ") };
    format!("{name} {p50} ({p99}at most {max})")
}

/// How long the program and its pauses took.
pub(super) fn stats(stats: &views::Stats, instructions: u64, took: Duration) -> String {
    let mut text =
        format!("{} in {:.3} ms\n", count(instructions, "instruction"), took.as_secs_f64() * 1e3);
    for (name, reason) in [("gc", stats.gc), ("snapshot", stats.snapshot), ("debug", stats.debug)] {
        if reason.count == 0 {
            continue;
        }
        let show =
            |name: &str, of: views::Percentiles| spread(name, reason.count, of.p50, of.p99, of.max);
        let (ttsp, operation) =
            (show("stopped in", reason.ttsp), show("operation", reason.operation));
        let total = show("in all", reason.total);
        let pauses = count(reason.count, "pause");
        let _ = writeln!(text, "{name}: {pauses}; median {ttsp}; {operation}; {total}");
    }
    let views::Handshakes { count: all, took } = stats.handshakes;
    if all > 0 {
        let took = spread("median", all, took.p50, took.p99, took.max);
        let _ = writeln!(text, "{}: {took}", count(all, "handshake"));
    }
    totals(&mut text, &stats.totals);
    text
}

/// For how much of its time the program ran.
fn totals(text: &mut String, totals: &views::Totals) {
    let by = &totals.by_reason;
    let reasons = [("gc", by.gc), ("snapshot", by.snapshot), ("debug", by.debug)];
    let told = reasons.iter().filter(|(_, of)| of.pauses > 0);
    let told: Vec<String> = told
        .map(|(name, of)| {
            format!("{name} {} ({:.2} %)", duration(of.stopped, STEP), of.share * 100.0)
        })
        .collect();
    if told.is_empty() {
        return;
    }
    let run = duration(totals.run, STEP);
    let _ = writeln!(text, "stood still: {}, of {run}", told.join(", "));
    let windows = totals.utilisation.iter().filter(|of| of.window * 1e3 <= totals.run);
    let windows: Vec<String> = windows
        .map(|of| format!("{} {:.0} %", duration(of.window * 1e3, STEP), of.least * 100.0))
        .collect();
    if !windows.is_empty() {
        let _ =
            writeln!(text, "least share of a window that the program had: {}", windows.join(", "));
    }
    if totals.window > 0.0 {
        let longest = duration(totals.window, STEP);
        let _ = writeln!(text, "longest window in which it had less than half: {longest}");
    }
}

#[cfg(test)]
mod tests {
    use super::spread;

    #[test]
    fn few_values_carry_no_99th_percentile() {
        assert_eq!(spread("median", 99, 2.0, 5.0, 7.0), "median 2.0 µs (at most 7.0 µs)");
        let many = spread("median", 100, 2.0, 5.0, 7.0);
        assert_eq!(many, "median 2.0 µs (p99 5.0 µs, at most 7.0 µs)");
    }
}
