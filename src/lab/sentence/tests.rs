//! The sentences about pauses, word by word.

use super::super::views::{Arrival, Collection, Site, SiteKind};
use super::*;

const CONDITIONS: Conditions = Conditions { cores: Some(2), clock_step: 5.0 };

pub(in crate::lab) fn site(kind: SiteKind, text: &str) -> Site {
    Site {
        kind,
        task: Some(1),
        function: Some("hog".into()),
        instruction: Some(3),
        offset: Some(7),
        line: Some(15),
        text: text.into(),
    }
}

/// The first worker is late if there is a cause.
pub(in crate::lab) fn pause(afters: &[f64], cause: Option<(CauseKind, Site, &str)>) -> Pause {
    let arrivals: Vec<_> = afters
        .iter()
        .enumerate()
        .map(|(worker, &after)| Arrival {
            worker,
            after,
            safe: after == 0.0,
            standing: if after == 0.0 { Standing::SafeRegion } else { Standing::Awaited },
            site: Some(site(SiteKind::BackEdge, "sum, line 7, jmp")),
            instructions: 1,
            since_poll: None,
        })
        .collect();
    Pause {
        id: 1,
        reason: Reason::Gc,
        by: "page".into(),
        program: None,
        at: 0.0,
        ended: Ended::Completed,
        queue: 0.0,
        ttsp: afters.first().copied().unwrap_or(0.0),
        noticing: Some(0.0),
        operation: None,
        held: None,
        release: None,
        resuming: None,
        total: None,
        parts: Vec::new(),
        served: 0,
        served_for: 0.0,
        causes: cause
            .map(|(kind, site, evidence)| Cause {
                worker: 0,
                kind,
                line: site.line,
                place: Some(site),
                late: afters[0],
                evidence: evidence.into(),
            })
            .into_iter()
            .collect(),
        wasted: 0.0,
        stragglers: Vec::new(),
        arrivals,
        halt: None,
        hidden: false,
        outcome: None,
        sentence: String::new(),
    }
}

#[test]
fn a_step_of_microseconds_is_whole() {
    let step = |ns| Conditions::new(None, Duration::from_nanos(ns)).clock_step;
    assert_eq!(step(4_883), 5.0);
    assert_eq!(step(30), 0.03);
    assert_eq!(duration(244.1, step(4_883)), "245 µs");
}

#[test]
fn a_worker_in_a_safe_region_did_not_wait() {
    let late = of(CauseKind::LongInstruction, "copied for 3.70 ms of 3.82 ms");
    let mut pause = pause(&[3820.0, 90.0, 60.0], late);
    pause.arrivals[2].safe = true;
    let told = sentence(&pause, &CONDITIONS);
    assert!(told.starts_with("One worker stopped within 90 µs and then waited 3.73 ms"), "{told}");
    pause.arrivals[1].safe = true;
    let told = sentence(&pause, &CONDITIONS);
    assert!(told.starts_with("Worker 0 stopped after 3.82 ms. It was in one long"), "{told}");
    assert!(told.ends_with("No other worker was awaited."), "{told}");
}

fn of(kind: CauseKind, evidence: &str) -> Option<(CauseKind, Site, &str)> {
    Some((kind, site(SiteKind::Bulk, "hog, line 15, acopy"), evidence))
}

#[test]
fn names_the_late_worker_and_why_it_was_late() {
    let text = |kind, evidence| {
        sentence(&pause(&[3820.0, 90.0, 60.0, 10.0], of(kind, evidence)), &CONDITIONS)
    };
    let begin = "Three workers stopped within 90 µs and then waited 3.73 ms for worker 0, which";
    for (kind, evidence, end) in [
        (
            CauseKind::LongInstruction,
            "copied 90.0 k elements for 3.70 ms of 3.82 ms",
            "was in one long instruction (hog, line 15, acopy) without a poll: copied 90.0 k \
             elements for 3.70 ms of 3.82 ms.",
        ),
        (
            CauseKind::UnpolledLoop,
            "9 turns and 36 instructions since its last poll",
            "ran a loop whose back-edge does not poll (hog, line 15, acopy; 9 turns and 36 \
             instructions since its last poll).",
        ),
        (
            CauseKind::Blocked,
            "blocked for 3.8 ms",
            "was blocked outside a safe region (hog, line 15, acopy), where it does not count as \
             stopped.",
        ),
        (
            CauseKind::NoProcessor,
            "it ran for 0.1 ms",
            "waited for a processor most of that time (hog, line 15, acopy): it ran for 0.1 ms.",
        ),
        (
            CauseKind::Unknown,
            "it reported nothing",
            "stopped at hog, line 15, acopy; the record does not say why it was late: it reported \
             nothing.",
        ),
    ] {
        assert_eq!(text(kind, evidence), format!("{begin} {end}"));
    }
    let alone = sentence(&pause(&[4340.0], of(CauseKind::NoProcessor, "it ran")), &CONDITIONS);
    assert_eq!(
        alone,
        "The worker stopped only after 4.34 ms. It waited for a processor most of that time (hog, \
         line 15, acopy): it ran."
    );
}

#[test]
fn names_all_late_workers() {
    let mut both = pause(&[120_000.0, 80_000.0, 20.0], of(CauseKind::Blocked, ""));
    both.causes.push(Cause { worker: 1, late: 80_000.0, ..both.causes[0].clone() });
    assert_eq!(
        sentence(&both, &CONDITIONS),
        "Two of 3 workers were late: workers 0 and 1 after 80.0 ms to 120 ms, which were blocked \
         outside a safe region (hog, line 15, acopy), where it does not count as stopped."
    );
    both.causes[1].kind = CauseKind::Unknown;
    let text = sentence(&both, &CONDITIONS);
    assert!(text.contains("worker 0 after 120 ms, which was blocked"), "{text}");
    assert!(text.contains("; worker 1 after 80.0 ms, which stopped at"), "{text}");
}

#[test]
fn names_the_largest_part_of_a_pause() {
    let whole = |change: &dyn Fn(&mut Pause)| {
        let mut pause = pause(&[40.0], None);
        (pause.operation, pause.held, pause.release) = (Some(10.0), Some(0.0), Some(3.0));
        (pause.resuming, pause.total) = (Some(5.0), Some(60.0));
        pause.reason = Reason::Snapshot;
        change(&mut pause);
        sentence(&pause, &CONDITIONS)
    };
    assert!(whole(&|_| {}).ends_with("line 7, jmp."));
    assert!(whole(&|it| it.queue = 5000.0).ends_with("waited 5.00 ms for another pause before."));
    assert!(whole(&|it| it.held = Some(1e7)).ends_with("held for 10.0 s with nothing more to do."));
    assert!(whole(&|it| it.resuming = Some(5e4)).contains("ran again 50.0 ms after it was woken"));
    let served = whole(&|it| (it.served, it.served_for) = (63, 5800.0));
    assert!(
        served.ends_with("63 other requests were served by the same stop, which took 5.80 ms.")
    );
}

#[test]
fn describes_requests_that_were_given_up() {
    let mut given_up = pause(&[1e6], of(CauseKind::Unknown, "it reported nothing"));
    (given_up.ended, given_up.ttsp) = (Ended::TimedOut, 1e6);
    given_up.causes[0].place = None;
    assert_eq!(
        sentence(&given_up, &CONDITIONS),
        "Given up after 1.00 s; the workers run on. Not stopped: worker 0, which has not \
         reported where it is: it reported nothing."
    );
    let mut waited = pause(&[], None);
    (waited.ended, waited.ttsp, waited.queue) = (Ended::TimedOut, 0.0, 2000.0);
    assert_eq!(
        sentence(&waited, &CONDITIONS),
        "Given up after 2.00 ms in the queue; no worker had been asked to stop."
    );
}

#[test]
fn says_why_workers_were_not_awaited() {
    let mut pause = pause(&[0.0, 0.0, 0.0], None);
    for (arrival, standing) in pause.arrivals.iter_mut().zip([
        Standing::Requester,
        Standing::WaitingForMemory,
        Standing::NotYetResumed,
    ]) {
        arrival.standing = standing;
    }
    assert_eq!(
        sentence(&pause, &CONDITIONS),
        "No worker was awaited: worker 0 requested the pause, worker 1 waited for memory, \
         worker 2 had not run again since the pause before."
    );
}

#[test]
fn names_no_late_worker_in_a_prompt_stop() {
    let text = sentence(&pause(&[40.0, 35.0], None), &CONDITIONS);
    assert_eq!(
        text,
        "Both workers stood still after 40 µs; the last was worker 0, at sum, line 7, jmp."
    );
}

#[test]
fn names_no_late_worker_when_the_requester_woke_late() {
    let mut pause = pause(&[40.0, 35.0, 30.0], None);
    pause.noticing = Some(4000.0);
    assert_eq!(
        sentence(&pause, &CONDITIONS),
        "All 3 workers stood still after 40 µs; the last was worker 0, at sum, line 7, jmp. \
         The requester was woken 4.00 ms later (with 3 workers on 2 cores it may not \
         have been running)."
    );
}

#[test]
fn says_that_workers_were_in_safe_regions() {
    let text = sentence(&pause(&[0.0, 0.0], None), &CONDITIONS);
    assert_eq!(text, "Both workers were in safe regions: no worker was awaited.");
}

#[test]
fn says_what_a_collection_did() {
    let mut pause = pause(&[40.0], None);
    pause.outcome = Some(Operation::Gc(Collection {
        before: 50_000,
        after: 2_000,
        freed: 48_000,
        limit: 1 << 20,
        objects: 1203,
        live_objects: 3,
        freed_objects: 1200,
        mark: 700.0,
        sweep: 400.0,
        helpers: 1,
    }));
    let text = sentence(&pause, &CONDITIONS);
    assert!(
        text.ends_with("Marking and sweeping freed 1200 objects (48.0 kB) in 1.10 ms."),
        "{text}"
    );
}

#[test]
fn says_when_another_collection_had_made_room() {
    let mut pause = pause(&[40.0], None);
    assert!(!sentence(&pause, &CONDITIONS).contains("collected"), "it may still come");
    pause.total = Some(60.0);
    let text = sentence(&pause, &CONDITIONS);
    assert!(
        text.ends_with(" The collection before it had made room: nothing was collected."),
        "{text}"
    );
}

#[derive(serde::Deserialize)]
struct Figures {
    durations: Vec<(f64, f64, String)>,
    bytes: Vec<(usize, String)>,
    counts: Vec<(usize, String)>,
}

#[test]
fn figures_are_those_of_the_page() {
    let Figures { durations, bytes: sizes, counts } =
        serde_json::from_str(include_str!("../../../tests/figures.json")).expect("figures");
    for (us, step, text) in durations {
        assert_eq!(duration(us, step), text.replace("< ", "under "), "{us} us in steps of {step}");
    }
    for (n, text) in sizes {
        assert_eq!(bytes(n), text.replace(" B", " bytes"));
    }
    for (n, text) in counts {
        assert_eq!(amount(n), text);
    }
}
