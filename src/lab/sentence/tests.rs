//! What is said of pauses, word by word.

use super::super::views::{Arrival, Collection, Ended, Standing, Straggler};
use super::*;

const CONDITIONS: Conditions = Conditions { cores: Some(2), clock_step: 5.0 };

fn site(kind: SiteKind, text: &str) -> Site {
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

fn pause(afters: &[f64], cause: Option<Site>) -> Pause {
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
        causes: Vec::new(),
        wasted: 0.0,
        stragglers: afters
            .first()
            .filter(|&&after| after > 0.0)
            .map(|&waited| Straggler { worker: 0, site: cause, waited, dead: false })
            .into_iter()
            .collect(),
        arrivals,
        halt: None,
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
fn names_a_bulk_operation() {
    let text = sentence(
        &pause(&[3820.0, 90.0, 60.0, 10.0], Some(site(SiteKind::Bulk, "hog, line 15, acopy"))),
        &CONDITIONS,
    );
    assert_eq!(
        text,
        "Three workers stopped within 90 µs and then waited 3.73 ms for worker 0, which was in \
         one long operation on memory (hog, line 15, acopy) and does not poll while it works."
    );
}

#[test]
fn says_when_it_cannot_tell_why() {
    let text = sentence(&pause(&[3820.0, 90.0, 60.0], None), &CONDITIONS);
    assert!(text.contains("does not tell why"), "{text}");
    assert!(text.contains("3 workers on 2 cores"), "{text}");
}

#[test]
fn tells_who_waited_for_a_processor_by_what_it_executed() {
    let mut late = pause(&[3820.0, 90.0, 60.0], None);
    late.arrivals[0].since_poll = Some(13);
    assert_eq!(
        sentence(&late, &CONDITIONS),
        "Two workers stopped within 90 µs and then waited 3.73 ms for worker 0 (sum, line 7, \
         jmp), which waited for a processor most of that time: it executed at most 13 \
         instructions, and 3 running workers share 2 cores."
    );
    let alone = Conditions { cores: Some(8), ..CONDITIONS };
    let text = sentence(&late, &alone);
    assert!(text.contains("was not running most of that time: it executed at most 13"), "{text}");
    // Those in safe regions want none.
    let mut few = pause(&[3820.0, 90.0, 0.0, 0.0], None);
    few.arrivals[0].since_poll = Some(13);
    assert!(sentence(&few, &CONDITIONS).contains("was not running most of that time"));
    // Several late ones: nobody waited for the last alone.
    let mut all = pause(&[3820.0, 3800.0, 3700.0], None);
    all.arrivals[0].since_poll = Some(1);
    assert_eq!(
        sentence(&all, &CONDITIONS),
        "All 3 workers stood still after 3.82 ms; the last was worker 0, at sum, line 7, jmp. It \
         waited for a processor most of that time: it executed at most one instruction, and 3 \
         running workers share 2 cores."
    );
}

#[test]
fn a_worker_alone_and_a_prompt_one_are_spoken_of_plainly() {
    let mut alone = pause(&[4340.0], None);
    alone.arrivals[0].since_poll = Some(0);
    assert_eq!(
        sentence(&alone, &CONDITIONS),
        "The worker stopped only after 4.34 ms (sum, line 7, jmp). It was not running most of \
         that time: it executed no instruction."
    );
    let late = pause(&[3820.0, 1.0], Some(site(SiteKind::Bulk, "hog, line 15, acopy")));
    let text = sentence(&late, &CONDITIONS);
    assert!(text.starts_with("One worker stopped in under 5 µs and then waited 3.82 ms"), "{text}");
}

#[test]
fn does_not_say_that_somebody_was_not_running_who_may_have_been() {
    let may = |after: f64, executed, cause| {
        let mut pause = pause(&[after, 90.0, 60.0], cause);
        pause.arrivals[0].since_poll = executed;
        sentence(&pause, &CONDITIONS)
    };
    for text in [
        may(3820.0, None, None),
        may(3820.0, Some(1_000_000), None),
        may(100.0, Some(2), None),
        may(3820.0, Some(2), Some(site(SiteKind::Bulk, "hog, line 15, acopy"))),
        may(3820.0, Some(2), Some(site(SiteKind::Stall, "hog, line 15, stall"))),
        may(3820.0, Some(2), Some(site(SiteKind::Scheduler, "between two tasks"))),
    ] {
        assert!(!text.contains("most of that time"), "{text}");
    }
}

#[test]
fn does_not_complain_of_a_prompt_stop() {
    let text = sentence(&pause(&[40.0, 35.0], None), &CONDITIONS);
    assert_eq!(
        text,
        "Both workers stood still after 40 µs; the last was worker 0, at sum, line 7, jmp."
    );
}

#[test]
fn does_not_blame_a_worker_for_a_requester_that_woke_late() {
    let mut pause = pause(&[40.0, 35.0, 30.0], None);
    pause.noticing = Some(4000.0);
    assert_eq!(
        sentence(&pause, &CONDITIONS),
        "All 3 workers stood still after 40 µs; the last was worker 0, at sum, line 7, jmp. \
         Whoever asked was woken only 4.00 ms after that (with 3 workers on 2 cores it may not \
         have been running)."
    );
}

#[test]
fn knows_workers_in_safe_regions() {
    let text = sentence(&pause(&[0.0, 0.0], None), &CONDITIONS);
    assert_eq!(text, "Both workers were in safe regions: nobody had to be waited for.");
}

#[test]
fn tells_what_a_collection_did() {
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
    assert!(text.ends_with("The collection freed 1200 objects (48.0 kB) in 1.10 ms."), "{text}");
}

#[test]
fn tells_when_another_collection_had_made_room() {
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
