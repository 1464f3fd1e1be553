//! What has happened, as checks see it; the page's are in `www/lessons/facts.ts`.

use bytecode::PollPolicy;
use machine::vm::Outcome;
use safepoint_lab::lab::views::{Arrival, Operation, PathBound, Pause, SiteKind, Standing};
use serde::Serialize;

use super::check::{Facts, Value};

/// What runs.
pub(super) fn run(workers: usize, policy: PollPolicy, counted: bool) -> Facts {
    Facts::from([
        ("workers", number(workers)),
        ("calls", Value::Yes(policy.calls)),
        ("back-edges", Value::Yes(policy.back_edges)),
        ("allocations", Value::Yes(policy.allocations)),
        ("awaits", Value::Yes(policy.awaits)),
        ("every", number(policy.every.get().into())),
        ("counted", Value::Yes(counted)),
    ])
}

/// The function that can go longest without a poll.
pub(super) fn path(bounds: &[PathBound]) -> Facts {
    let length = |bound: &PathBound| match bound.instructions {
        Some(instructions) if !bound.per_frame => instructions as f64,
        _ => f64::INFINITY,
    };
    // The first of several that are equally long.
    let longest = bounds.iter().rev().max_by(|a, b| length(a).total_cmp(&length(b)));
    let Some(longest) = longest else { return Facts::new() };
    let mut facts = Facts::from([
        ("instructions", Value::Number(length(longest))),
        ("function", Value::Text(longest.function.clone())),
    ]);
    facts.extend(longest.line.map(|line| ("line", number(line as usize))));
    facts
}

/// A completed stop. `ran`: microseconds that the program had run.
pub(super) fn stop(pause: &Pause, ran: f64) -> Facts {
    let last = pause.stragglers.first().and_then(|last| last.site.as_ref());
    let awaited = || pause.arrivals.iter().filter(|arrival| !arrival.safe);
    let all: u64 = pause.arrivals.iter().map(|arrival| arrival.instructions).sum();
    let line = |arrival: &Arrival| arrival.site.as_ref().and_then(|site| site.line);
    let mut lines: Vec<u32> = awaited().filter_map(line).collect();
    lines.sort_unstable();
    lines.dedup();
    let names: Vec<String> = lines.iter().map(ToString::to_string).collect();
    let many = if lines.len() == 1 { "" } else { "s" };
    let blocked = |arrival: &&Arrival| arrival.standing == Standing::Blocked;
    let mut facts = Facts::from([
        ("ttsp", Value::Number(pause.ttsp)),
        ("lost", Value::Number(pause.wasted)),
        ("polled", number(awaited().filter_map(line).count())),
        ("blocked", number(pause.arrivals.iter().filter(blocked).count())),
        ("ran", Value::Number(ran)),
        ("lines", Value::Text(format!("line{many} {}", names.join(", ")))),
    ]);
    facts.extend(word(&pause.reason).map(|reason| ("reason", reason)));
    facts.extend(last.and_then(|site| word::<SiteKind>(&site.kind)).map(|kind| ("last", kind)));
    facts.extend(last.and_then(|site| site.line).map(|line| ("line", number(line as usize))));
    facts.extend(pause.stragglers.first().map(|last| ("worker", number(last.worker))));
    let function = last.and_then(|site| site.function.clone());
    facts.extend(function.map(|name| ("function", Value::Text(name))));
    facts.extend(
        pause.causes.first().and_then(|cause| word(&cause.kind)).map(|kind| ("cause", kind)),
    );
    let executed = awaited().filter_map(|arrival| arrival.since_poll).max();
    facts.extend(executed.map(|executed| ("executed", Value::Number(executed as f64))));
    if ran > 0.0 {
        facts.insert("rate", Value::Number(all as f64 / (ran / 1e6)));
    }
    if let Some(Operation::Gc(heap)) = &pause.outcome {
        facts.extend([
            ("freed", number(heap.freed_objects)),
            ("objects", number(heap.objects)),
            ("before", number(heap.before)),
            ("left", number(heap.after)),
            ("mark", Value::Number(heap.mark)),
            ("sweep", Value::Number(heap.sweep)),
        ]);
    }
    facts
}

/// How the program ended.
pub(super) fn end(outcome: &Outcome, output: String, restored: bool) -> Facts {
    let mut facts = Facts::from([
        ("prints", Value::Text(output)),
        ("trap", Value::Yes(outcome.trap.is_some())),
        ("restored", Value::Yes(restored)),
    ]);
    facts.extend(outcome.result.clone().map(|result| ("result", Value::Text(result))));
    facts
}

pub(super) fn number(value: usize) -> Value {
    Value::Number(value as f64)
}

/// The name of a variant, as files and scripts have it.
pub(super) fn word<T: Serialize>(variant: &T) -> Option<Value> {
    serde_json::to_value(variant).ok()?.as_str().map(|name| Value::Text(name.into()))
}
