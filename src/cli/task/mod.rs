//! Marks an answer to a task: does what its steps ask for, and judges what happens. `docs/tasks.md`.

mod check;
mod facts;
mod marker;
mod read;

use std::fmt::Write;
use std::path::Path;
use std::time::Duration;

use serde::Serialize;

use self::check::Facts;
use self::marker::Marker;
use self::read::{Step, Task};
use super::input::Input;
use super::words::count;
use super::{Failure, output};

/// The name by which other programs recognise the answer.
const FORMAT: &str = "safepoint-lab check";
/// Increased when a field changes its meaning or is removed.
const VERSION: u32 = 1;
/// Happenings that do not count, before a step is given up.
const ATTEMPTS: u32 = 100;

#[derive(Serialize)]
struct Mark<'m> {
    format: &'static str,
    version: u32,
    task: &'m str,
    answer: &'m str,
    passed: bool,
    steps: Vec<Marked<'m>>,
}

#[derive(Serialize)]
struct Marked<'m> {
    step: usize,
    text: &'m str,
    check: &'m str,
    /// `None`: it was not tried.
    passed: Option<bool>,
    /// Why what happened last does not count.
    missed: Option<String>,
    facts: Facts,
}

/// Prints a mark. Returns the exit code.
pub(super) fn check(
    task: &Path,
    answer: &Path,
    limit: Duration,
    json: bool,
) -> Result<u8, Failure> {
    if limit.is_zero() {
        return Err(Failure::Input("--limit: expected more than 0".into()));
    }
    let file = Input::read(task)?;
    let task = Task::read(file.text()?)
        .map_err(|wrong| Failure::Input(format!("{}: {wrong}", file.name)))?;
    if let Some(step) = task.steps.iter().position(|step| step.check.needs_page()) {
        let check = &task.steps[step].check.name;
        return Err(Failure::Input(format!(
            "{}: step {} waits for \"{check}\", which happens on the page only",
            file.name,
            step + 1
        )));
    }
    let input = Input::read(answer)?;
    let program = input.program()?;
    let mut marker = Marker::new(&program, &task, limit);
    let steps = mark(&task, &mut marker);
    marker.end();
    let passed = steps.iter().all(|step| step.passed == Some(true));
    let mark = Mark {
        format: FORMAT,
        version: VERSION,
        task: &task.title,
        answer: &input.name,
        passed,
        steps,
    };
    // Cannot fail: these are plain records with names for keys.
    let text = if json {
        serde_json::to_string_pretty(&mark).unwrap_or_default() + "\n"
    } else {
        told(&mark)
    };
    output::print(text.as_bytes())?;
    Ok(u8::from(!passed))
}

fn mark<'t>(task: &'t Task, marker: &mut Marker<'_>) -> Vec<Marked<'t>> {
    let mut steps: Vec<Marked<'t>> = Vec::new();
    for (i, Step { text, written, .. }) in task.steps.iter().enumerate() {
        let goes_on = steps.last().is_none_or(|before| before.passed == Some(true));
        let (passed, missed, facts) = match goes_on {
            true => match try_step(task, i, marker) {
                Ok(facts) => (Some(true), None, facts),
                Err((missed, facts)) => (Some(false), Some(missed), facts),
            },
            false => (None, None, Facts::new()),
        };
        steps.push(Marked { step: i + 1, text, check: written, passed, missed, facts });
    }
    steps
}

/// Has a step's check happen as often as it asks for. Returns what is known of the last time, or why it was not done.
fn try_step(task: &Task, index: usize, marker: &mut Marker<'_>) -> Result<Facts, (String, Facts)> {
    let check = &task.steps[index].check;
    marker.begin(&task.steps[index]).map_err(|missed| (missed, Facts::new()))?;
    let (mut hits, mut misses) = (0, 0);
    loop {
        let next = task.steps.get(index + 1).map(|step| &step.check);
        let facts = marker.next(check, next).map_err(|missed| (missed, Facts::new()))?;
        match check.missed(&facts) {
            None => {
                hits += 1;
                if hits == check.times {
                    return Ok(facts);
                }
            }
            Some(missed) => {
                misses += 1;
                if misses == ATTEMPTS || !Marker::may_differ(check) {
                    return Err((missed, facts));
                }
            }
        }
    }
}

/// For readers.
fn told(mark: &Mark<'_>) -> String {
    let mut text = format!("{}: {}\n", super::words::message(mark.task), mark.answer);
    for Marked { step, text: what, passed, missed, .. } in &mark.steps {
        let sign = match passed {
            Some(true) => "ok",
            Some(false) => "no",
            None => "--",
        };
        let _ =
            writeln!(text, "  {sign}  {step}. {}", super::words::message(&what.replace('\n', " ")));
        if let Some(missed) = missed {
            let _ = writeln!(text, "         {}", super::words::message(missed));
        }
    }
    let done = mark.steps.iter().filter(|step| step.passed == Some(true)).count();
    let _ = writeln!(text, "{done} of {} done", count(mark.steps.len() as u64, "step"));
    text
}
