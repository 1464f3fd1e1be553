//! Describes a program without running it.

use std::fmt::Write;

use bytecode::{ADAPTS, PollKind, PollPolicy, Why};
use safepoint_lab::lab::views::{Diagnostic, PathBound, Program};

use super::input::Input;
use super::settings::Polls;
use super::words::{count, message};
use super::{Failure, output};

/// Prints what the program is, how many instructions each function may execute without a poll, and
/// probable mistakes. Fails when these are more than `most`.
pub(super) fn verify(input: &Input, polls: &Polls, most: Option<u64>) -> Result<(), Failure> {
    let program = input.program()?;
    let view = program.view();
    let policy = polls.over(view.policy)?.unwrap_or(view.policy);
    let bounds = program.bounds(policy);
    let mut text = described(&input.name, &view, policy, &bounds);
    for warning in program.warnings() {
        let _ = writeln!(text, "{}", input.fault(warning, "warning: "));
    }
    // A function that only calls such a function needs no warning of its own.
    let own = |bound: &&PathBound| bound.why != Why::Calls.description();
    for bound in bounds.iter().filter(|bound| bound.instructions.is_none()).filter(own) {
        let _ = writeln!(text, "{}", input.fault(&unbounded(bound), "warning: "));
    }
    output::print(text.as_bytes())?;
    let Some(most) = most else { return Ok(()) };
    let longer: Vec<String> =
        bounds.iter().filter(|bound| !within(bound, most)).map(too_long).collect();
    match longer.len() as u64 {
        0 => Ok(()),
        n => Err(Failure::Program(format!(
            "{}: {} may execute more than {} without a poll: {}",
            input.name,
            count(n, "function"),
            count(most, "instruction"),
            longer.join("; ")
        ))),
    }
}

fn described(name: &str, program: &Program, policy: PollPolicy, bounds: &[PathBound]) -> String {
    let mut text = format!(
        "{name}: fine: {:?}, {}, {} as a module\n{}{}\nlongest path without a poll:\n",
        program.name,
        count(program.functions.len() as u64, "function"),
        count(program.size as u64, "byte"),
        polls(policy),
        own_polls(program)
    );
    let names: Vec<String> = bounds.iter().map(|bound| message(&bound.function)).collect();
    let width = names.iter().map(|name| name.chars().count()).max().unwrap_or(0).min(40);
    for (bound, name) in bounds.iter().zip(names) {
        let long = bound.long.as_ref().map_or(String::new(), |long| format!("; {long}"));
        let _ = writeln!(text, "  {name:width$}  {}{}{long}", extent(bound), place(bound));
    }
    text
}

/// Where a program polls.
fn polls(policy: PollPolicy) -> String {
    let every = match policy.every.get() {
        1 => String::new(),
        n => format!(" (every {n}th time)"),
    };
    let kinds = [
        (policy.calls, "calls".to_owned()),
        (policy.back_edges, format!("back-edges{every}")),
        (policy.allocations, "allocations".into()),
        (policy.awaits, "awaits".into()),
    ];
    let named = |on: bool| {
        let of: Vec<&str> =
            kinds.iter().filter(|(polls, _)| *polls == on).map(|(_, name)| name.as_str()).collect();
        of.join(", ")
    };
    match (named(true), named(false)) {
        (on, off) if off.is_empty() => format!("polls at {on}"),
        (on, off) if on.is_empty() => format!("never polls: not at {off}"),
        (on, off) => format!("polls at {on}; not at {off}"),
    }
}

/// Sites that are named.
const NAMED: usize = 20;

/// Where the program itself says how often it polls, whatever the policy is.
fn own_polls(program: &Program) -> String {
    let mut said: Vec<String> = Vec::new();
    for row in &program.listing {
        let often = match (row.poll, row.placed) {
            (Some(PollKind::Explicit), _) | (_, Some(1)) => "always".into(),
            (_, Some(0)) => "never".into(),
            (_, Some(ADAPTS)) => "as seldom as a time allows".into(),
            (_, Some(every)) => format!("every {every}th turn"),
            (_, None) => continue,
        };
        let place = match row.line {
            Some(line) => format!("line {line}"),
            None => format!("byte {} of {}", row.offset, message(&row.function)),
        };
        let text = format!("{place} {often}");
        if !said.contains(&text) {
            said.push(text);
        }
    }
    let more = said.len().saturating_sub(NAMED);
    said.truncate(NAMED);
    let more = if more == 0 { String::new() } else { format!(", and {more} more") };
    match said.as_slice() {
        [] => String::new(),
        said => format!("\nwhatever the policy is: {}{more}", said.join(", ")),
    }
}

fn extent(bound: &PathBound) -> String {
    match bound.instructions {
        None => format!("unbounded: {}", bound.why),
        Some(n) if bound.per_frame => {
            format!(
                "at most {} for each frame of a recursion that returns",
                count(n, "instruction")
            )
        }
        Some(n) => format!("at most {}", count(n, "instruction")),
    }
}

fn place(bound: &PathBound) -> String {
    match (bound.line, &bound.words) {
        (Some(line), Some(words)) => format!(" (line {line}, {})", message(words)),
        (Some(line), None) => format!(" (line {line})"),
        (None, _) => String::new(),
    }
}

fn within(bound: &PathBound, most: u64) -> bool {
    !bound.per_frame && bound.instructions.is_some_and(|instructions| instructions <= most)
}

fn too_long(bound: &PathBound) -> String {
    format!("{}, {}{}", message(&bound.function), extent(bound), place(bound))
}

/// An unbounded path as a finding about its whole line.
fn unbounded(bound: &PathBound) -> Diagnostic {
    let message = format!("{}: {}, so a pause may wait without a limit", bound.function, bound.why);
    Diagnostic { line: bound.line.unwrap_or(0), column: 0, length: 0, offset: 0, message }
}
