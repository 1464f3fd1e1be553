//! A pause in one sentence, made from its record: who stopped how fast, who was late, where and why,
//! and what it cost the others. Where the record cannot tell why, the sentence says so.

use std::time::Duration;

use crate::safepoint::PauseError;

use super::views::{Arrival, Operation, Pause, Reason, Site, SiteKind, Straggler};

/// What the sentence needs to know beside the record.
#[derive(Debug, Clone, Copy)]
pub struct Conditions {
    /// Cores that the workers share, when known.
    pub cores: Option<usize>,
    /// Smallest step of the clock in microseconds; nothing finer is said.
    pub clock_step: f64,
}

impl Conditions {
    /// Cores that the workers share, when known, and the clock's smallest step.
    pub fn new(cores: Option<usize>, step: Duration) -> Self {
        let us = step.as_nanos() as f64 / 1e3;
        // A browser's clock steps in whole microseconds; what is left is its floating point.
        Self { cores, clock_step: if us >= 1.0 { us.round() } else { us } }
    }
}

/// A last arrival is worth a complaint when it took this many times as long as the one before it...
const LATE_FACTOR: f64 = 3.0;
/// ...and at least so many microseconds longer.
const LATE_AT_LEAST: f64 = 200.0;
/// No worker that runs needs longer for an instruction on average, microseconds, but for those that
/// leave a note when they take long. In a browser that has not yet made fast code of the interpreter
/// it is a tenth.
const SLOW_INSTRUCTION: f64 = 1.0;

/// Says what happened.
pub fn sentence(pause: &Pause, conditions: &Conditions) -> String {
    let mut text = arrivals(pause, conditions);
    if let Some(waited) = noticed(pause, conditions) {
        text.push(' ');
        text.push_str(&waited);
    }
    if let Some(did) = operation(pause, conditions) {
        text.push(' ');
        text.push_str(&did);
    }
    text
}

/// Why a request was not granted, with who was late and where.
pub fn refusal(error: &PauseError, late: &[Straggler], conditions: &Conditions) -> String {
    match error {
        PauseError::TimedOut { .. } if !late.is_empty() => {
            let named: Vec<_> = late
                .iter()
                .map(|straggler| {
                    format!(
                        "worker {} after {}, {}",
                        straggler.worker,
                        duration(straggler.waited, conditions.clock_step),
                        missing(straggler.site.as_ref())
                    )
                })
                .collect();
            format!("Given up, and everybody runs on: not stopped was {}.", named.join("; "))
        }
        PauseError::Cancelled => {
            "The pause was cancelled before everybody had stopped; everybody runs on.".into()
        }
        other => format!("{other}."),
    }
}

fn missing(site: Option<&Site>) -> String {
    let Some(site) = site else { return "which has not said where it is".into() };
    let doing = match site.kind {
        SiteKind::Bulk => "in one long operation on memory that does not poll",
        SiteKind::Stall => "blocked outside a safe region",
        SiteKind::Unpolled => "in a loop whose back-edge does not poll",
        _ => "last seen",
    };
    format!("{doing} ({})", site.text)
}

/// A duration for a reader, in microseconds as is the step: three digits at most, never finer than the
/// clock. `www/data/format.js` has the same rules, and `tests/figures.json` holds both to them.
pub fn duration(us: f64, clock_step: f64) -> String {
    let step = clock_step.max(0.1);
    if us < step {
        return format!("under {step} µs");
    }
    let (size, unit) = match us {
        ..999.5 => (1.0, "µs"),
        ..999_500.0 => (1e3, "ms"),
        _ => (1e6, "s"),
    };
    if size == 1.0 && step >= 1.0 {
        return format!("{} µs", (us / step).round() * step);
    }
    let by_clock = (-(step / size).log10() - 1e-9).ceil().max(0.0) as usize;
    figure(us, (size, unit), by_clock)
}

/// Three digits, of these at most `decimals` behind the point.
fn figure(value: f64, (size, unit): (f64, &str), decimals: usize) -> String {
    let digits = match value / size {
        99.95.. => 0,
        9.995.. => decimals.min(1),
        _ => decimals.min(2),
    };
    // In units of the last digit: halves are exact there, and rounded up.
    let last = size / 10_f64.powi(digits as i32);
    format!("{:.digits$} {unit}", (value / last).round() * last / size)
}

fn arrivals(pause: &Pause, conditions: &Conditions) -> String {
    let say = |us| duration(us, conditions.clock_step);
    let waited: Vec<_> = pause.arrivals.iter().filter(|arrival| !arrival.safe).collect();
    let all = pause.arrivals.len();
    let (Some(last), before) = (waited.first(), waited.get(1)) else {
        return match all {
            0 => "There was no worker to stop.".into(),
            1 => "The only worker was in a safe region: nobody had to be waited for.".into(),
            n => format!("{} were in safe regions: nobody had to be waited for.", everybody(n)),
        };
    };
    let straggler = pause.stragglers.first();
    let cause = straggler.and_then(|straggler| straggler.site.as_ref()).or(last.site.as_ref());
    let second = before.map_or(0.0, |arrival| arrival.after);
    let late = last.after > second * LATE_FACTOR && last.after - second > LATE_AT_LEAST;
    if straggler.is_some_and(|straggler| straggler.dead) {
        return format!(
            "Worker {} died while it was waited for; the others stood still after {}.",
            last.worker,
            say(second)
        );
    }
    let away = not_running(last, cause, waited.len(), conditions);
    if !late {
        let mut text = if all == 1 {
            format!("The worker stopped after {}{}.", say(last.after), at(cause))
        } else {
            format!(
                "{} stood still after {}; the last was worker {}{}.",
                everybody(all),
                say(last.after),
                last.worker,
                at(cause)
            )
        };
        if let Some(away) = away {
            text.push_str(&format!(" It {away}."));
        }
        return text;
    }
    // The reasons that `why` gives name the place themselves.
    let (place, why) = match (away, cause) {
        (Some(away), Some(site)) => (format!(" ({})", site.text), away),
        _ => (String::new(), why(cause, all, conditions)),
    };
    if all == 1 {
        return format!("The worker stopped only after {}{place}. It {why}.", say(last.after));
    }
    let others = all - 1;
    format!(
        "{} stopped {} and then waited {} for worker {}{place}, which {why}.",
        if others == 1 { "One worker".into() } else { format!("{} workers", count(others)) },
        within(second, conditions),
        say(last.after - second),
        last.worker,
    )
}

/// Two workers or more.
fn everybody(all: usize) -> String {
    if all == 2 { "Both workers".into() } else { format!("All {all} workers") }
}

/// How long the requester took to be woken, when it is much.
fn noticed(pause: &Pause, conditions: &Conditions) -> Option<String> {
    let after = pause.noticing?;
    (after > LATE_AT_LEAST && after > pause.ttsp).then(|| {
        format!(
            "Whoever asked was woken only {} after that{}.",
            duration(after, conditions.clock_step),
            maybe_not_scheduled(pause.arrivals.len(), conditions)
        )
    })
}

fn within(us: f64, conditions: &Conditions) -> String {
    let text = duration(us, conditions.clock_step);
    format!("{} {text}", if text.starts_with("under") { "in" } else { "within" })
}

fn at(site: Option<&Site>) -> String {
    site.map_or(String::new(), |site| format!(", at {}", site.text))
}

/// Whether a late worker cannot have been running for most of the time, and how that is known.
fn not_running(
    last: &Arrival,
    cause: Option<&Site>,
    awaited: usize,
    conditions: &Conditions,
) -> Option<String> {
    let executed = last.since_poll?;
    // Between two tasks, and in an operation that takes long, instructions do not tell the time.
    let (SiteKind::Call
    | SiteKind::BackEdge
    | SiteKind::Allocation
    | SiteKind::Await
    | SiteKind::Unpolled) = cause?.kind
    else {
        return None;
    };
    let running = executed as f64 * SLOW_INSTRUCTION;
    if last.after < LATE_AT_LEAST || running > last.after / 2.0 {
        return None;
    }
    let executed = match executed {
        0 => "no instruction".into(),
        1 => "at most one instruction".into(),
        n => format!("at most {n} instructions"),
    };
    Some(match conditions.cores {
        Some(cores) if awaited > cores => format!(
            "waited for a processor most of that time: it executed {executed}, and {awaited} running \
             workers share {}",
            if cores == 1 { "one core".into() } else { format!("{cores} cores") }
        ),
        _ => format!("was not running most of that time: it executed {executed}"),
    })
}

fn why(cause: Option<&Site>, workers: usize, conditions: &Conditions) -> String {
    let Some(site) = cause else {
        return format!(
            "left no trace of where it was{}",
            maybe_not_scheduled(workers, conditions)
        );
    };
    let place = &site.text;
    match site.kind {
        SiteKind::Bulk => {
            format!(
                "was in one long operation on memory ({place}) and does not poll while it works"
            )
        }
        SiteKind::Stall => {
            format!(
                "was blocked outside a safe region ({place}), where nobody can count it as stopped"
            )
        }
        SiteKind::Unpolled => {
            format!("ran a loop whose back-edge does not poll ({place})")
        }
        _ => format!(
            "stopped at {place}; the record does not tell why it was late{}",
            maybe_not_scheduled(workers, conditions)
        ),
    }
}

fn maybe_not_scheduled(workers: usize, conditions: &Conditions) -> String {
    match conditions.cores {
        Some(cores) if workers > cores => {
            format!(" (with {workers} workers on {cores} cores it may not have been running)")
        }
        _ => String::new(),
    }
}

fn count(n: usize) -> String {
    const WORDS: [&str; 10] =
        ["No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine"];
    WORDS.get(n).map_or_else(|| n.to_string(), |word| (*word).into())
}

fn operation(pause: &Pause, conditions: &Conditions) -> Option<String> {
    let Some(outcome) = &pause.outcome else {
        // A worker that ran out of memory while another collected.
        let over_without = pause.reason == Reason::Gc && pause.total.is_some();
        return over_without
            .then(|| "The collection before it had made room: nothing was collected.".into());
    };
    match outcome {
        Operation::Gc(collection) => {
            let took = duration(collection.mark + collection.sweep, conditions.clock_step);
            Some(match collection.freed_objects {
                0 => format!("The collection took {took} and found nothing to free."),
                freed => format!(
                    "The collection freed {} object{} ({}) in {took}.",
                    amount(freed),
                    if freed == 1 { "" } else { "s" },
                    bytes(collection.before.saturating_sub(collection.after)),
                ),
            })
        }
        Operation::Snapshot { size } => Some(format!("The snapshot has {}.", bytes(*size))),
        Operation::Debug { tasks } if pause.reason == Reason::Debug => Some(format!(
            "{} task{} can be looked at.",
            tasks.len(),
            if tasks.len() == 1 { "" } else { "s" }
        )),
        Operation::Debug { .. } => None,
    }
}

fn amount(n: usize) -> String {
    if n < 10_000 { n.to_string() } else { in_units(n, ["k", "M", "G"]) }
}

fn bytes(n: usize) -> String {
    if n < 1_000 { format!("{n} bytes") } else { in_units(n, ["kB", "MB", "GB"]) }
}

/// `units` are thousands, millions, and the thousands of those.
fn in_units(n: usize, units: [&str; 3]) -> String {
    let unit = match n {
        0..999_500 => (1e3, units[0]),
        999_500..999_500_000 => (1e6, units[1]),
        _ => (1e9, units[2]),
    };
    figure(n as f64, unit, 2)
}

#[cfg(test)]
mod tests;
