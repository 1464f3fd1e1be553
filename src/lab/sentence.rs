//! A pause in one sentence, made from its record: how fast the workers stopped, which were late,
//! where and why, and how long the others waited. If the record does not prove a cause, the
//! sentence says so.

use std::time::Duration;

use bytecode::float_plain;
use safepoint::clock::nanos;

use super::views::{
    Arrival, Cause, CauseKind, Ended, Operation, PartName, Pause, Reason, Standing,
};

/// Facts about the machine that the sentence needs beside the record.
#[derive(Debug, Clone, Copy)]
pub struct Conditions {
    /// Cores that the workers share, when known.
    pub cores: Option<usize>,
    /// Smallest step of the clock in microseconds; no duration is given more exactly.
    pub clock_step: f64,
}

impl Conditions {
    /// Cores that the workers share, when known, and the clock's smallest step.
    pub fn new(cores: Option<usize>, step: Duration) -> Self {
        let us = nanos(step) as f64 / 1e3;
        // A browser's clock steps in whole microseconds; a fraction is an error of floating point.
        Self { cores, clock_step: if us >= 1.0 { us.round() } else { us } }
    }
}

/// The sentence names a part of a pause if it is the largest, and longer than this many
/// microseconds.
const WORTH_A_WORD: f64 = 200.0;

/// The sentence about a pause.
pub fn sentence(pause: &Pause, conditions: &Conditions) -> String {
    let mut text = match pause.ended {
        Ended::Completed => completed(pause, conditions),
        _ => given_up(pause, conditions),
    };
    if let Some(program) = &pause.program {
        text.push_str(&format!(
            " The program asked for it: {} ({}).",
            program.why, program.site.text
        ));
    }
    if pause.hidden && !pause.causes.iter().any(|cause| cause.kind == CauseKind::Hidden) {
        text.push_str(" The page was hidden meanwhile: browsers slow hidden pages down.");
    }
    text
}

fn completed(pause: &Pause, conditions: &Conditions) -> String {
    let mut text = arrivals(pause, conditions);
    let others = [
        queued(pause, conditions),
        noticed(pause, conditions),
        operation(pause, conditions),
        held(pause, conditions),
        resumed(pause, conditions),
    ];
    for other in others.into_iter().flatten() {
        text.push(' ');
        text.push_str(&other);
    }
    text
}

/// The sentence about a request that was given up: the workers that it waited for.
fn given_up(pause: &Pause, conditions: &Conditions) -> String {
    if pause.arrivals.is_empty() && pause.causes.is_empty() {
        return withdrawn(pause, None, conditions);
    }
    let after = duration(pause.ttsp, conditions.clock_step);
    let how = how_given_up(pause);
    let late: Vec<_> = pause
        .causes
        .iter()
        .map(|cause| format!("worker {}, which {}", cause.worker, why(cause, false)))
        .collect();
    match late.len() {
        0 => format!("{how} after {after}; the workers run on."),
        _ => format!("{how} after {after}; the workers run on. Not stopped: {}.", late.join("; ")),
    }
}

fn how_given_up(pause: &Pause) -> &'static str {
    if pause.ended == Ended::Cancelled { "Taken back" } else { "Given up" }
}

/// A request that was given up before its turn; `behind`: the pause that it waited for.
pub(super) fn withdrawn(pause: &Pause, behind: Option<u64>, conditions: &Conditions) -> String {
    let how = how_given_up(pause);
    let after = duration(pause.queue, conditions.clock_step);
    let behind = behind.map_or(String::new(), |pause| format!(", behind pause {pause}"));
    format!("{how} after {after} in the queue{behind}; no worker had been asked to stop.")
}

/// A duration in words; duration and step are in microseconds. It has three digits at most, and is
/// not finer than the clock. `www/words/format.ts` has the same rules; `tests/figures.json` tests
/// both.
pub fn duration(us: f64, clock_step: f64) -> String {
    let step = clock_step.max(0.1);
    if us < step {
        return format!("under {} µs", float_plain(step));
    }
    let (size, unit) = match us {
        ..999.5 => (1.0, "µs"),
        ..999_500.0 => (1e3, "ms"),
        _ => (1e6, "s"),
    };
    if size == 1.0 && step >= 1.0 {
        return format!("{} µs", float_plain((us / step).round() * step));
    }
    let mut by_clock = 0;
    let mut finest = step * (1.0 + 1e-9);
    while finest < size {
        by_clock += 1;
        finest *= 10.0;
    }
    figure(us, (size, unit), by_clock)
}

/// Three digits, at most `decimals` of them behind the point.
fn figure(value: f64, (size, unit): (f64, &str), decimals: usize) -> String {
    let digits = match value / size {
        99.95.. => 0,
        9.995.. => decimals.min(1),
        _ => decimals.min(2),
    };
    // In units of the last digit: halves are exact there, and rounded up.
    let power = 10_u64.pow(digits as u32);
    let rounded = (value / (size / power as f64)).round() as u64;
    match digits {
        0 => format!("{rounded} {unit}"),
        _ => format!("{}.{:0digits$} {unit}", rounded / power, rounded % power),
    }
}

fn arrivals(pause: &Pause, conditions: &Conditions) -> String {
    let say = |us| duration(us, conditions.clock_step);
    let waited: Vec<_> = pause.arrivals.iter().filter(|arrival| !arrival.safe).collect();
    let all = pause.arrivals.len();
    let Some(last) = waited.first() else { return none_awaited(pause) };
    let is_late = |worker| pause.causes.iter().any(|cause| cause.worker == worker);
    let second = waited.iter().find(|arrival| !is_late(arrival.worker));
    let second = second.map_or(0.0, |arrival| arrival.after);
    match pause.causes.as_slice() {
        [] if all == 1 => format!("The worker stopped after {}{}.", say(last.after), at(last)),
        [] => format!(
            "{} stood still after {}; the last was worker {}{}.",
            all_workers(all),
            say(last.after),
            last.worker,
            at(last)
        ),
        [died] if died.kind == CauseKind::Died => format!(
            "Worker {} died while it was waited for; the others stood still after {}.",
            died.worker,
            say(second)
        ),
        [cause] if all == 1 => {
            format!("The worker stopped only after {}. It {}.", say(cause.late), why(cause, false))
        }
        // Who was in a safe region did not wait.
        [cause] if waited.len() == 1 => format!(
            "Worker {} stopped after {}. It {}. No other worker was awaited.",
            cause.worker,
            say(cause.late),
            why(cause, false)
        ),
        [cause] => format!(
            "{} stopped {} and then waited {} for worker {}, which {}.",
            match waited.len() {
                2 => "One worker".into(),
                awaited => format!("{} workers", count(awaited - 1)),
            },
            within(second, conditions),
            say(cause.late - second),
            cause.worker,
            why(cause, false),
        ),
        causes => several(causes, all, conditions),
    }
}

/// Several workers were late: those with the same cause are described together.
fn several(causes: &[Cause], all: usize, conditions: &Conditions) -> String {
    let mut groups: Vec<Vec<&Cause>> = Vec::new();
    for cause in causes {
        let same =
            |group: &&mut Vec<&Cause>| group[0].kind == cause.kind && group[0].line == cause.line;
        match groups.iter_mut().find(same) {
            Some(group) => group.push(cause),
            None => groups.push(vec![cause]),
        }
    }
    let told: Vec<_> = groups
        .iter()
        .map(|group| {
            let who: Vec<_> = group.iter().map(|cause| cause.worker.to_string()).collect();
            let who = match who.as_slice() {
                [one] => format!("worker {one}"),
                [first @ .., last] if first.len() < 8 => {
                    format!("workers {} and {last}", first.join(", "))
                }
                all => format!("{} workers", all.len()),
            };
            let say = |late| duration(late, conditions.clock_step);
            let late = group.iter().map(|cause| cause.late);
            let least = say(late.clone().fold(f64::INFINITY, f64::min));
            let most = say(late.fold(0.0, f64::max));
            let after = if least == most { most } else { format!("{least} to {most}") };
            format!("{who} after {after}, which {}", why(group[0], group.len() > 1))
        })
        .collect();
    let late = count(causes.len());
    let of = if causes.len() == all { "workers".into() } else { format!("of {all} workers") };
    format!("{late} {of} were late: {}.", told.join("; "))
}

/// Why no worker was awaited.
fn none_awaited(pause: &Pause) -> String {
    let workers = |standing: Standing| {
        let all = pause.arrivals.iter().filter(|arrival| arrival.standing == standing);
        let all: Vec<_> = all.map(|arrival| arrival.worker).collect();
        match all.as_slice() {
            [] => None,
            [one] => Some((format!("worker {one}"), false)),
            all => Some((format!("{} workers", all.len()), true)),
        }
    };
    let are_safe = pause.arrivals.iter().all(|arrival| {
        use Standing::{Blocked, Idle, SafeRegion};
        matches!(arrival.standing, SafeRegion | Blocked | Idle)
    });
    match pause.arrivals.len() {
        0 => return "There was no worker to stop.".into(),
        1 if are_safe => {
            return "The only worker was in a safe region: no worker was awaited.".into();
        }
        n if are_safe => {
            return format!("{} were in safe regions: no worker was awaited.", all_workers(n));
        }
        _ => {}
    }
    let told: Vec<_> = [
        (Standing::Requester, "requested the pause", "requested the pause"),
        (Standing::WaitingForMemory, "waited for memory", "waited for memory"),
        (
            Standing::NotYetResumed,
            "had not run again since the pause before",
            "had not run again since the pause before",
        ),
        (Standing::Blocked, "was blocked in a safe region", "were blocked in safe regions"),
        (Standing::Idle, "was idle", "were idle"),
        (Standing::SafeRegion, "was in a safe region", "were in safe regions"),
        (Standing::Died, "had died", "had died"),
    ]
    .into_iter()
    .filter_map(|(standing, one, many)| {
        let (who, several) = workers(standing)?;
        Some(format!("{who} {}", if several { many } else { one }))
    })
    .collect();
    format!("No worker was awaited: {}.", told.join(", "))
}

/// Two workers or more.
fn all_workers(all: usize) -> String {
    if all == 2 { "Both workers".into() } else { format!("All {all} workers") }
}

/// Whether a part is the largest of its pause, and long enough to be named.
fn is_largest(pause: &Pause, part: Option<f64>) -> bool {
    let parts = [
        Some(pause.queue),
        Some(pause.ttsp),
        pause.noticing,
        pause.operation,
        pause.held,
        pause.release,
        pause.resuming,
    ];
    let most = parts.into_iter().flatten().fold(0.0, f64::max);
    part.is_some_and(|part| part > WORTH_A_WORD && part >= most)
}

fn queued(pause: &Pause, conditions: &Conditions) -> Option<String> {
    is_largest(pause, Some(pause.queue)).then(|| {
        let queue = duration(pause.queue, conditions.clock_step);
        format!("The request had waited {queue} for another pause before.")
    })
}

fn noticed(pause: &Pause, conditions: &Conditions) -> Option<String> {
    let after = pause.noticing?;
    (after > WORTH_A_WORD && after > pause.ttsp).then(|| {
        format!(
            "The requester was woken {} later{}.",
            duration(after, conditions.clock_step),
            maybe_not_scheduled(pause.arrivals.len(), conditions)
        )
    })
}

fn held(pause: &Pause, conditions: &Conditions) -> Option<String> {
    let held = pause.held?;
    let say = |us| duration(us, conditions.clock_step);
    if pause.served > 0 {
        let requests = if pause.served == 1 {
            "One other request was".into()
        } else {
            format!("{} other requests were", pause.served)
        };
        let took = if pause.served_for > 0.0 {
            format!(", which took {}", say(pause.served_for))
        } else {
            String::new()
        };
        return Some(format!("{requests} served by the same stop{took}."));
    }
    is_largest(pause, Some(held))
        .then(|| format!("Then the world was held for {} with nothing more to do.", say(held)))
}

fn resumed(pause: &Pause, conditions: &Conditions) -> Option<String> {
    let say = |us| duration(us, conditions.clock_step);
    if let Some(release) = pause.release.filter(|_| is_largest(pause, pause.release)) {
        return Some(format!("Waking the workers took {}.", say(release)));
    }
    let resuming = pause.resuming.filter(|_| is_largest(pause, pause.resuming))?;
    Some(format!(
        "The last worker ran again {} after it was woken{}.",
        say(resuming),
        maybe_not_scheduled(pause.arrivals.len(), conditions)
    ))
}

fn within(us: f64, conditions: &Conditions) -> String {
    let text = duration(us, conditions.clock_step);
    format!("{} {text}", if text.starts_with("under") { "in" } else { "within" })
}

fn at(arrival: &Arrival) -> String {
    arrival.site.as_ref().map_or(String::new(), |site| format!(", at {}", site.text))
}

/// What one or several late workers did. The evidence is added only for one.
fn why(cause: &Cause, several: bool) -> String {
    let place = cause.place.as_ref().map_or("an unknown place", |site| site.text.as_str());
    let evidence = &cause.evidence;
    let was = if several { "were" } else { "was" };
    let itself = |before: &str| if several { String::new() } else { format!("{before}{evidence}") };
    match cause.kind {
        CauseKind::UnpolledLoop => {
            format!("ran a loop whose back-edge does not poll ({place}{})", itself("; "))
        }
        CauseKind::UnpolledRecursion => {
            format!("{was} in a recursion whose calls do not poll ({place}{})", itself("; "))
        }
        CauseKind::LongInstruction => {
            format!("{was} in one long instruction ({place}) without a poll{}", itself(": "))
        }
        CauseKind::LongPath => {
            format!("had a long way to the next poll ({place}{})", itself("; "))
        }
        CauseKind::Blocked => format!(
            "{was} blocked outside a safe region ({place}), where it does not count as stopped"
        ),
        CauseKind::NoProcessor => {
            let place = cause.place.as_ref().map_or(String::new(), |at| format!(" ({})", at.text));
            format!("waited for a processor most of that time{place}{}", itself(": "))
        }
        CauseKind::Machine => {
            format!("{was} in work of the machine itself ({place}{})", itself("; "))
        }
        CauseKind::Hidden => format!("did not run while the page was hidden{}", itself(": ")),
        CauseKind::Died => "died".into(),
        CauseKind::Unknown if cause.place.is_none() => {
            format!("has not reported where it is{}", itself(": "))
        }
        CauseKind::Unknown => {
            let they = if several { "they were" } else { "it was" };
            format!("stopped at {place}; the record does not say why {they} late{}", itself(": "))
        }
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
        // A worker ran out of memory while another one collected.
        let over_without = pause.reason == Reason::Gc && pause.total.is_some();
        return over_without
            .then(|| "The collection before it had made room: nothing was collected.".into());
    };
    match outcome {
        Operation::Gc(collection) => {
            let took = duration(collection.mark + collection.sweep, conditions.clock_step);
            Some(match collection.freed_objects {
                0 => format!("Marking and sweeping took {took} and found nothing to free."),
                freed => format!(
                    "Marking and sweeping freed {} object{} ({}) in {took}.",
                    amount(freed),
                    if freed == 1 { "" } else { "s" },
                    bytes(collection.before.saturating_sub(collection.after)),
                ),
            })
        }
        Operation::Snapshot { size } => {
            let took = pause.parts.iter().find(|part| part.name == PartName::Capture);
            let took = took.map_or(String::new(), |part| {
                format!(" and took {}", duration(part.took, conditions.clock_step))
            });
            Some(format!("The snapshot has {}{took}.", bytes(*size)))
        }
        Operation::Debug { tasks } if pause.reason == Reason::Debug => Some(format!(
            "{} task{} can be looked at.",
            tasks.len(),
            if tasks.len() == 1 { "" } else { "s" }
        )),
        Operation::Debug { .. } => None,
    }
}

pub(super) fn amount(n: usize) -> String {
    if n < 10_000 { n.to_string() } else { in_units(n, ["k", "M", "G"]) }
}

pub(super) fn bytes(n: usize) -> String {
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
pub(super) mod tests;
