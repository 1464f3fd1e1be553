//! Late workers: a request warns of them, gives up or waits for them, and always names them.
#![cfg(not(any(loom, shuttle, target_arch = "wasm32")))]

mod support;

use safepoint::{
    Config, Event, OnDeadline, PauseError, Place, SafepointCoordinator, StopReason, WorkerState,
};
use std::{sync::Arc, thread, time::Duration};
use support::{Crew, Recorder, Straggling, eventually};

const SOON: Duration = Duration::from_millis(2);

fn observed(config: Config) -> (SafepointCoordinator, Arc<Recorder>) {
    let recorder = Recorder::new();
    let config = Config { observer: Some(Arc::clone(&recorder) as _), ..config };
    (SafepointCoordinator::with_config(config), recorder)
}

const THERE: Place = Place::at(0x56).with_detail(4);

#[test]
fn a_timed_out_request_names_its_straggler_and_leaves_the_world_running() {
    let (coordinator, recorder) = observed(Config::default());
    let crew = Crew::start(&coordinator, 2);
    let late = Straggling::start(&coordinator, THERE);
    let before = coordinator.stats().of(StopReason::Snapshot).timed_out;
    let error = coordinator
        .request(StopReason::Snapshot)
        .timeout(SOON)
        .stop()
        .expect_err("one worker does not poll");
    let text = error.to_string();
    let PauseError::TimedOut { stragglers } = error else {
        panic!("timed out, but answered {error:?}");
    };
    // On a busy machine workers that poll can be late as well.
    let straggler = stragglers.iter().find(|straggler| straggler.worker == late.id);
    let straggler = straggler.expect("the worker that does not poll is named");
    assert_eq!(straggler.place, Some(THERE));
    assert_eq!(straggler.state, WorkerState::Running);
    assert!(straggler.waited > Duration::ZERO && straggler.waited <= stragglers.waited());
    assert!(text.contains("worker 2 last reported that it is at 0x56 (0x4) "), "{text}");
    assert_eq!(coordinator.stats().of(StopReason::Snapshot).timed_out, before + 1);
    assert_eq!(recorder.count(|event| matches!(event, Event::TimedOut { .. })), 1);
    assert!(!coordinator.is_pause_pending());
    crew.runs_on();
    late.let_go();
    let stopped = coordinator.request_stw_pause(StopReason::Snapshot).expect("granted");
    crew.stands_still(&stopped);
    drop(stopped);
    crew.finish();
}

#[test]
fn an_error_names_the_place_that_a_late_worker_noted() {
    let (coordinator, _) = observed(Config { deadline: Some(SOON), ..Config::default() });
    let _late = Straggling::start(&coordinator, THERE.delaying());
    match coordinator.request_stw_pause(StopReason::Debug) {
        Err(PauseError::TimedOut { stragglers }) => {
            let place = "last reported that it is at 0x56 (0x4), where it may be for long";
            assert!(stragglers.to_string().contains(place), "{stragglers}");
        }
        other => panic!("the deadline passed, but the answer is {other:?}"),
    }
}

#[test]
fn a_warning_is_given_once_and_waiting_goes_on() {
    let (coordinator, recorder) = observed(Config { warn_after: Some(SOON), ..Config::default() });
    let late = Straggling::start(&coordinator, THERE.delaying());
    thread::scope(|scope| {
        let requester =
            scope.spawn(|| coordinator.request_stw_pause(StopReason::GarbageCollection));
        let warned = |event: &Event| match event {
            Event::Warned { stragglers, .. } => stragglers[0].worker == late.id,
            _ => false,
        };
        eventually("the observer is warned", || recorder.count(warned) == 1);
        assert!(!requester.is_finished());
        late.let_go();
        drop(requester.join().expect("no panic").expect("granted in the end"));
        assert_eq!(recorder.count(warned), 1);
    });
}

#[test]
fn a_deadline_can_be_extended_for_ever() {
    let (coordinator, recorder) = observed(Config {
        deadline: Some(SOON),
        on_deadline: OnDeadline::Extend,
        ..Config::default()
    });
    let late = Straggling::start(&coordinator, THERE);
    thread::scope(|scope| {
        let requester =
            scope.spawn(|| coordinator.request_stw_pause(StopReason::GarbageCollection));
        eventually("the deadline passes three times", || {
            recorder.count(|event| matches!(event, Event::Warned { .. })) >= 3
        });
        late.let_go();
        drop(requester.join().expect("no panic").expect("granted in the end"));
    });
    assert_eq!(coordinator.stats().of(StopReason::GarbageCollection).timed_out, 0);
}

#[test]
fn a_request_overrides_the_coordinators_settings() {
    let (coordinator, _) = observed(Config {
        deadline: Some(Duration::from_secs(3600)),
        on_deadline: OnDeadline::Extend,
        ..Config::default()
    });
    let _late = Straggling::start(&coordinator, THERE);
    let request = coordinator.request(StopReason::Debug).deadline(SOON);
    let answer = request.on_deadline(OnDeadline::GiveUp).stop();
    assert!(matches!(answer, Err(PauseError::TimedOut { .. })), "{answer:?}");
    // A timeout is never extended.
    let answer = coordinator.request(StopReason::Debug).timeout(SOON).stop();
    assert!(matches!(answer, Err(PauseError::TimedOut { .. })), "{answer:?}");
}

#[test]
fn a_report_separates_the_cause_of_a_delay_from_the_place_of_the_stop() {
    let coordinator = SafepointCoordinator::new();
    let worker = coordinator.register_worker();
    let stops_at = Place::at(9);
    let arrival_after = |late: &dyn Fn()| {
        thread::scope(|scope| {
            let requester = scope.spawn(|| {
                let stopped = coordinator.request_stw_pause(StopReason::GarbageCollection);
                stopped.expect("granted").resume_from_pause().arrivals[0].clone()
            });
            eventually("the pause waits", || worker.poll_word().is_armed());
            late();
            worker.poll_at(stops_at);
            requester.join().expect("no panic")
        })
    };
    worker.note(THERE.delaying());
    let late = arrival_after(&|| worker.note_done());
    assert_eq!(late.place, Some(stops_at));
    assert_eq!(late.cause, Some(THERE.delaying()), "the worker was there when the pause armed");
    worker.note(THERE.delaying());
    worker.note_done();
    let prompt = arrival_after(&|| ());
    assert_eq!((prompt.place, prompt.cause), (Some(stops_at), None));
    // `note_since_poll` holds for one stop only, also for a slow path or region without a pause.
    assert_eq!(arrival_after(&|| worker.note_since_poll(7)).since_poll, Some(7));
    assert_eq!(arrival_after(&|| ()).since_poll, None);
    worker.note_since_poll(8);
    worker.stop_at(stops_at);
    assert_eq!(arrival_after(&|| ()).since_poll, None);
    worker.note_since_poll(9);
    drop(worker.enter_safe_region());
    assert_eq!(arrival_after(&|| ()).since_poll, None);
}

/// The last arrival and the deadline race. Whichever is first, the next pause works.
#[test]
fn late_arrivals_of_a_pause_given_up_do_not_count_for_the_next() {
    let coordinator = SafepointCoordinator::new();
    let crew = Crew::with_step(&coordinator, 3, |worker, step| {
        // Long enough between polls that some deadlines are met and some missed.
        for _ in 0..step % 40 {
            thread::yield_now();
        }
        worker.poll();
    });
    let (mut granted, mut given_up) = (0, 0);
    for round in 0..2_000u64 {
        let timeout = Duration::from_micros(110 + round % 40);
        match coordinator.request(StopReason::GarbageCollection).timeout(timeout).stop() {
            Ok(stopped) => {
                granted += 1;
                let steps = crew.steps();
                thread::yield_now();
                assert_eq!(steps, crew.steps(), "a worker ran in a stopped world");
                drop(stopped);
            }
            Err(PauseError::TimedOut { .. }) => given_up += 1,
            Err(other) => panic!("neither granted nor timed out: {other:?}"),
        }
    }
    assert!(given_up > 0, "no deadline was missed, of {granted}");
    let stopped = coordinator.request_stw_pause(StopReason::GarbageCollection).expect("granted");
    crew.stands_still(&stopped);
    drop(stopped);
    crew.finish();
}

#[test]
fn a_request_behind_one_that_gives_up_comes_next() {
    let (coordinator, recorder) = observed(Config::default());
    let late = Straggling::start(&coordinator, THERE);
    let request = |limit| {
        let coordinator = coordinator.clone();
        thread::spawn(move || {
            coordinator.request(StopReason::Snapshot).timeout(limit).stop().map(drop)
        })
    };
    let gives_up = request(Duration::from_millis(300));
    eventually("the first arms", || recorder.count(|it| matches!(it, Event::Armed { .. })) == 1);
    let waits = request(Duration::MAX);
    let answer = gives_up.join().expect("no panic");
    assert!(matches!(answer, Err(PauseError::TimedOut { .. })), "{answer:?}");
    late.let_go();
    eventually("the second has had the world", || waits.is_finished());
    waits.join().expect("no panic").expect("granted");
}

#[test]
fn a_request_that_is_given_up_in_the_queue_has_its_own_number_and_names_the_pause_before_it() {
    let (coordinator, recorder) = observed(Config::default());
    let held = coordinator.request_stw_pause(StopReason::Debug).expect("granted");
    let timed_out = coordinator.request(StopReason::GarbageCollection).timeout(SOON).stop();
    assert!(matches!(timed_out, Err(PauseError::TimedOut { .. })), "{timed_out:?}");
    let cancelled = std::thread::scope(|scope| {
        let asked = scope.spawn(|| coordinator.request_stw_pause(StopReason::Snapshot).map(drop));
        eventually("the request waits", || coordinator.pending_requests() == 1);
        coordinator.cancel_pending();
        asked.join().expect("no panic")
    });
    assert!(matches!(cancelled, Err(PauseError::Cancelled)), "{cancelled:?}");
    let first = held.id();
    drop(held);
    let next = coordinator.request_stw_pause(StopReason::Debug).expect("granted").id();
    let mut withdrawn = Vec::new();
    for (worker, _, event) in recorder.events() {
        if let Event::Withdrawn { pause, reason, behind, cancelled, .. } = event {
            assert_eq!((worker, behind), (None, Some(first)));
            withdrawn.push((pause.number() - first.number(), reason, cancelled));
        }
    }
    assert_eq!(
        withdrawn,
        [(1, StopReason::GarbageCollection, false), (2, StopReason::Snapshot, true)]
    );
    assert_eq!(next.number() - first.number(), 3, "no number is used twice");
    let ends = |event: &Event| {
        matches!(event, Event::TimedOut { pause: None, .. } | Event::Cancelled { pause: None, .. })
    };
    assert_eq!(recorder.count(ends), 2);
}
