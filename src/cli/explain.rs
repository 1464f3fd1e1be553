//! How long pauses took and why, in sentences: while a request waits, and at the end.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::time::Duration;

use safepoint_lab::lab::views::{Awaited, Awaiting, Bias, CauseKind, Ended, Pause, Site, Stats};
use safepoint_lab::lab::{duration, views};
use serde::Serialize;

use super::words::{STEP, count, message};

/// Pauses that are described.
const WORST: usize = 3;
/// Places, and workers, that are named.
const NAMED: usize = 5;
/// Different places that are counted.
const PLACES: usize = 10_000;

/// What was seen of all pauses of a run.
#[derive(Default)]
pub(super) struct Explained {
    pauses: u64,
    given_up: u64,
    /// The longest first.
    worst: Vec<Pause>,
    places: BTreeMap<(&'static str, String), HeldUp>,
    workers: BTreeMap<usize, f64>,
}

/// For how long one kind of cause at one place has held stops up.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct HeldUp {
    kind: Option<CauseKind>,
    place: Option<Site>,
    /// Microseconds, summed over the pauses: the delay of the latest worker that was held up there.
    held_up: f64,
    pauses: u64,
    workers: BTreeSet<usize>,
}

impl Explained {
    pub(super) fn add(&mut self, pause: &Pause) {
        match pause.ended {
            Ended::Completed => self.pauses += 1,
            _ => self.given_up += 1,
        }
        self.keep_if_long(pause);
        // Of several workers that were held up at one place, only the latest counts: their delays
        // overlap.
        let mut latest: BTreeMap<(&str, &str), &views::Cause> = BTreeMap::new();
        for cause in &pause.causes {
            let place = cause.place.as_ref().map_or("", |place| place.text.as_str());
            let of_place = latest.entry((kind(cause.kind), place)).or_insert(cause);
            if cause.late > of_place.late {
                *of_place = cause;
            }
            *self.workers.entry(cause.worker).or_default() += cause.late;
        }
        for ((kind, place), cause) in latest {
            let key = (kind, place.to_owned());
            if self.places.len() == PLACES && !self.places.contains_key(&key) {
                continue;
            }
            let held_up = self.places.entry(key).or_default();
            held_up.kind = Some(cause.kind);
            held_up.place.clone_from(&cause.place);
            held_up.held_up += cause.late;
            held_up.pauses += 1;
            let here =
                |other: &&views::Cause| other.kind == cause.kind && other.place == cause.place;
            held_up.workers.extend(pause.causes.iter().filter(here).map(|cause| cause.worker));
        }
    }

    fn keep_if_long(&mut self, pause: &Pause) {
        let at = self.worst.partition_point(|other| length(other) >= length(pause));
        if at < WORST {
            self.worst.insert(at, pause.clone());
            self.worst.truncate(WORST);
        }
    }

    /// Whether there was a pause or a request that was given up.
    pub(super) fn is_empty(&self) -> bool {
        self.pauses + self.given_up == 0
    }

    /// The places, beginning with the one that held stops up longest.
    pub(super) fn places(&self) -> Vec<&HeldUp> {
        let mut places: Vec<&HeldUp> = self.places.values().collect();
        places.sort_by(|a, b| b.held_up.total_cmp(&a.held_up));
        places
    }

    /// The longest pauses as sentences, the places and workers that held stops up, and the share of
    /// the run.
    pub(super) fn text(&self, stats: &Stats) -> String {
        let mut text = String::new();
        let all = self.pauses + self.given_up;
        let _ = match self.worst.len() {
            1 => writeln!(text, "the pause:"),
            n if n as u64 == all => writeln!(text, "the {n} pauses, the longest first:"),
            n => writeln!(text, "the {n} longest of {}:", count(all, "pause")),
        };
        for pause in &self.worst {
            let (id, reason) = (pause.id, pause.reason.name());
            let took = duration(length(pause), STEP);
            let _ = writeln!(text, "  {took}, {reason} {id}: {}", message(&pause.sentence));
        }
        let places = self.places();
        if !places.is_empty() {
            text.push_str("what held stops up, in all:\n");
        }
        for place in places.iter().take(NAMED) {
            let _ = writeln!(text, "  {}", place.text());
        }
        more(&mut text, places.len(), "place");
        self.late_workers(&mut text);
        verdicts(&mut text, &stats.bias);
        if self.given_up > 0 {
            let _ = writeln!(text, "{} given up or taken back", were(self.given_up, "request"));
        }
        let totals = &stats.totals;
        let (stopped, run) = (duration(totals.stopped, STEP), duration(totals.run, STEP));
        let share = totals.share * 100.0;
        let _ = writeln!(text, "the world stood still for {stopped} of {run} ({share:.2} %)");
        text
    }

    fn late_workers(&self, text: &mut String) {
        // A single worker is named with the places already.
        if self.workers.len() < 2 {
            return;
        }
        let mut workers: Vec<(usize, f64)> =
            self.workers.iter().map(|(worker, late)| (*worker, *late)).collect();
        workers.sort_by(|a, b| b.1.total_cmp(&a.1));
        let named = workers.iter().take(NAMED);
        let named: Vec<String> = named
            .map(|(worker, late)| format!("worker {worker} {}", duration(*late, STEP)))
            .collect();
        let rest = match workers.len().saturating_sub(NAMED) {
            0 => String::new(),
            n => format!(", and {} less", count(n as u64, "more worker")),
        };
        let _ = writeln!(text, "late workers, in all: {}{rest}", named.join(", "));
    }
}

/// The workers and places that were last more often than chance explains.
fn verdicts(text: &mut String, bias: &Bias) {
    let by_chance = |expected: f64| match expected {
        few if few < 10.0 => format!("{few:.1}"),
        many => format!("{many:.0}"),
    };
    for worker in bias.workers.iter().take(NAMED) {
        let _ = writeln!(
            text,
            "{} was last in {} of {} pauses; by chance it would be about {}",
            worker.who,
            worker.last,
            bias.pauses,
            by_chance(worker.expected)
        );
    }
    for place in bias.places.iter().take(NAMED) {
        let _ = writeln!(
            text,
            "the last worker was held up at {} in {} of {} pauses; by chance it would be about {}",
            message(&place.who),
            place.last,
            bias.pauses,
            by_chance(place.expected)
        );
    }
}

impl HeldUp {
    fn text(&self) -> String {
        let place = self.place.as_ref().map_or("a place that is not known", |place| &place.text);
        let workers: Vec<String> =
            self.workers.iter().take(NAMED).map(ToString::to_string).collect();
        let more = if self.workers.len() > NAMED { ", ..." } else { "" };
        let who = if self.workers.len() == 1 { "worker" } else { "workers" };
        format!(
            "{} in {}: {}, {} ({who} {}{more})",
            duration(self.held_up, STEP),
            count(self.pauses, "pause"),
            message(place),
            self.kind.map_or("", kind),
            workers.join(", ")
        )
    }
}

/// How long requester or workers waited for a pause. A pause that is not over has no total.
fn length(pause: &Pause) -> f64 {
    pause.total.unwrap_or(pause.queue + pause.ttsp)
}

fn more(text: &mut String, all: usize, thing: &str) {
    if all > NAMED {
        let _ = writeln!(text, "  and {}", count((all - NAMED) as u64, &format!("more {thing}")));
    }
}

fn were(n: u64, thing: &str) -> String {
    format!("{} {}", count(n, thing), if n == 1 { "was" } else { "were" })
}

/// A cause in words.
fn kind(kind: CauseKind) -> &'static str {
    match kind {
        CauseKind::UnpolledLoop => "a loop whose back-edge does not poll",
        CauseKind::UnpolledRecursion => "a recursion whose calls do not poll",
        CauseKind::LongInstruction => "one long instruction",
        CauseKind::LongPath => "a long way to the next poll",
        CauseKind::Blocked => "blocked outside a safe region",
        CauseKind::NoProcessor => "it had no processor",
        CauseKind::Machine => "work of the machine itself",
        CauseKind::Hidden => "the page was hidden",
        CauseKind::Died => "it died",
        CauseKind::Unknown => "for an unknown reason",
    }
}

/// Which workers are awaited, where and why.
fn awaiting(awaiting: &Awaiting, waited: f64) -> String {
    let named = awaiting.workers.iter().take(NAMED).map(awaited);
    let rest = match awaiting.workers.len().saturating_sub(NAMED) {
        0 => String::new(),
        n => format!("; and for {}", count(n as u64, "more worker")),
    };
    format!(
        "a pause ({}, requested by {}) has waited {} for {}{rest}",
        awaiting.reason.name(),
        requester(awaiting),
        duration(waited, STEP),
        named.collect::<Vec<_>>().join("; for ")
    )
}

/// The requester, and what the program says of it.
fn requester(awaiting: &Awaiting) -> String {
    match &awaiting.program {
        None => awaiting.by.clone(),
        Some(program) => format!("{}: {}", awaiting.by, message(&program.why)),
    }
}

fn awaited(worker: &Awaited) -> String {
    let mut text = format!("worker {}", worker.worker);
    if let Some(place) = &worker.place {
        let _ = write!(text, " at {}", message(&place.text));
    }
    let _ = write!(text, ": {}", kind(worker.kind));
    if !worker.evidence.is_empty() {
        let _ = write!(text, " ({})", message(&worker.evidence));
    }
    text
}

/// Warns of a pause that does not come: after a time, after twice that time, and so on.
pub(super) struct Warnings {
    after: Duration,
    /// Since when the request has waited that the last warning was about.
    since: f64,
    /// After how long the next warning about it is due.
    again: Duration,
    /// When there can be a reason to warn, from the start.
    look_at: Duration,
}

impl Warnings {
    pub(super) fn new(after: Duration) -> Self {
        Self { after, since: f64::NAN, again: after, look_at: after }
    }

    /// The warning that is due `now`, from the start. `now_awaiting` is called only when one may be
    /// due.
    pub(super) fn look(
        &mut self,
        now: Duration,
        now_awaiting: impl FnOnce() -> Option<Awaiting>,
    ) -> Option<String> {
        if now < self.look_at {
            return None;
        }
        let late = now_awaiting().filter(|awaiting| !awaiting.workers.is_empty());
        let Some(late) = late else {
            // A later request has not waited long enough before that.
            self.look_at = now.saturating_add(self.after);
            return None;
        };
        if late.since.to_bits() != self.since.to_bits() {
            self.since = late.since;
            self.again = self.after;
        }
        let waited = late.workers.iter().map(|worker| worker.waited).fold(0.0, f64::max);
        let so_far = Duration::try_from_secs_f64(waited / 1e6).unwrap_or(Duration::MAX);
        let text = (so_far >= self.again).then(|| {
            self.again = so_far.max(Duration::from_millis(1)).saturating_mul(2);
            awaiting(&late, waited)
        });
        self.look_at = now.saturating_add(self.again.saturating_sub(so_far).min(self.after));
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workers_and_places_that_are_last_too_often_are_told() {
        let mut text = String::new();
        verdicts(&mut text, &Bias::default());
        assert_eq!(text, "");
        let worker = views::Biased { who: "worker 3".into(), last: 32, expected: 14.75 };
        let place = views::Biased { who: "hog, line 15, acopy".into(), last: 30, expected: 7.5 };
        let bias = Bias { pauses: 59, enough: 30, workers: vec![worker], places: vec![place] };
        verdicts(&mut text, &bias);
        let told: Vec<&str> = text.lines().collect();
        assert_eq!(
            told,
            [
                "worker 3 was last in 32 of 59 pauses; by chance it would be about 15",
                "the last worker was held up at hog, line 15, acopy in 30 of 59 pauses; \
                 by chance it would be about 7.5",
            ]
        );
    }

    fn waits(since: f64, waited: f64) -> Option<Awaiting> {
        let worker = Awaited {
            worker: 3,
            waited,
            kind: CauseKind::UnpolledLoop,
            place: None,
            line: None,
            evidence: "7 turns".into(),
        };
        let (reason, by) = (views::Reason::Gc, "command line".into());
        Some(Awaiting { reason, by, program: None, since, workers: vec![worker] })
    }

    #[test]
    fn warnings_come_after_a_time_and_then_each_time_that_it_doubles() {
        let mut warnings = Warnings::new(Duration::from_secs(1));
        let seconds = |tenths: u32| f64::from(tenths) / 10.0;
        let told: Vec<f64> = (0..200)
            .map(seconds)
            .filter(|now| {
                let asked = || (*now >= 3.0).then(|| waits(3.0, (now - 3.0) * 1e6)).flatten();
                warnings.look(Duration::from_secs_f64(*now), asked).is_some()
            })
            .collect();
        assert_eq!(told, [4.0, 5.0, 7.0, 11.0, 19.0]);
        // The next request has its own time.
        let next = warnings.look(Duration::from_secs(40), || waits(30.0, 1.5e6));
        let text = next.expect("a warning");
        assert!(
            text.contains(
                "waited 1.50 s for worker 3: a loop whose back-edge does not poll (7 turns)"
            ),
            "{text}"
        );
    }
}
