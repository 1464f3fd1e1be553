//! The queue of requests: order, joining, rest, cancelling, and exactly one answer for each.
#![cfg(not(any(loom, shuttle, target_arch = "wasm32")))]

mod support;

use safepoint::{
    Answer, CancelToken, Config, Event, PauseError, PauseId, PauseReport, Place,
    SafepointCoordinator, StopReason, StoppedWorld, Worker, WorkerState,
};
use std::{
    sync::{
        Arc, Barrier, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};
use support::{Crew, Recorder, Straggling, eventually};

fn coordinator(aging: Duration) -> SafepointCoordinator {
    SafepointCoordinator::with_config(Config { aging, ..Config::default() })
}

/// Queues one request after the other while the world is taken. Returns the order in which they get it.
fn order_of(coordinator: &SafepointCoordinator, asked: &[StopReason]) -> Vec<StopReason> {
    let served = Mutex::new(Vec::new());
    let first = coordinator.request_stw_pause(StopReason::Debug).expect("the world is free");
    thread::scope(|scope| {
        for (queued, &reason) in asked.iter().enumerate() {
            scope.spawn({
                let served = &served;
                move || {
                    let stopped = coordinator.request_stw_pause(reason).expect("granted");
                    served.lock().expect("no panic").push(stopped.reason());
                }
            });
            eventually("the request is queued", || coordinator.pending_requests() == queued + 1);
        }
        drop(first);
    });
    served.into_inner().expect("no panic")
}

#[test]
fn debug_comes_before_snapshot_before_collection() {
    use StopReason::{Debug, GarbageCollection, Snapshot};
    let coordinator = coordinator(Duration::from_secs(3600));
    let served = order_of(&coordinator, &[GarbageCollection, Snapshot, Debug]);
    assert_eq!(served, [Debug, Snapshot, GarbageCollection]);
}

#[test]
fn waiting_counts_so_that_no_reason_starves_another() {
    use StopReason::{Debug, GarbageCollection, Snapshot};
    // The time between two requests is longer than a step of priority is worth: first come, first
    // served.
    let coordinator = coordinator(Duration::from_nanos(1));
    let served = order_of(&coordinator, &[GarbageCollection, Snapshot, Debug]);
    assert_eq!(served, [GarbageCollection, Snapshot, Debug]);
}

#[test]
fn a_request_joins_a_pause_for_the_same_reason_that_has_not_taken_effect() {
    let recorder = Recorder::new();
    let config = Config { observer: Some(Arc::clone(&recorder) as _), ..Config::default() };
    let coordinator = SafepointCoordinator::with_config(config);
    let crew = Crew::start(&coordinator, 2);
    let late = Straggling::start(&coordinator, Place::default());
    thread::scope(|scope| {
        let request =
            || coordinator.request_stw_pause(StopReason::GarbageCollection).expect("granted");
        let first = scope.spawn(request);
        eventually("the first arms", || coordinator.workers_at_safepoint() == 2);
        let second = scope.spawn(request);
        eventually("the second waits", || coordinator.pending_requests() == 1);
        late.let_go();
        let first = first.join().expect("no panic");
        assert!(!first.joined());
        crew.stands_still(&first);
        let steps = crew.steps();
        assert!(!second.is_finished(), "two hold the world at once");
        first.operation_done();
        let report = first.resume_from_pause();
        assert!(report.handed_on);
        let second = second.join().expect("no panic");
        assert!(second.joined());
        assert_eq!(second.id(), report.id);
        assert_eq!(steps, crew.steps(), "the world ran between two holders of one pause");
        crew.stands_still(&second);
        let last = second.resume_from_pause();
        assert!(!last.handed_on);
        // The whole pause begins with the first request, and its parts leave nothing out.
        let whole = last.whole();
        assert_eq!(
            (whole.requested_at, whole.queue_wait),
            (report.requested_at, report.queue_wait)
        );
        let parts = [
            whole.queue_wait,
            whole.ttsp,
            whole.noticing,
            whole.operation,
            whole.held,
            whole.release,
        ];
        assert_eq!(parts.iter().sum::<Duration>(), whole.total);
        assert_eq!(whole.operation, report.operation, "the second holder has marked no operation");
    });
    crew.runs_on();
    let stats = coordinator.stats().of(StopReason::GarbageCollection);
    assert_eq!((stats.requests, stats.pauses, stats.joined), (2, 1, 1));
    assert_eq!(recorder.count(|event| matches!(event, Event::HandedOn { .. })), 1);
    crew.finish();
}

#[test]
fn a_request_made_after_a_pause_took_effect_gets_a_pause_of_its_own() {
    let coordinator = SafepointCoordinator::new();
    let first = coordinator.request_stw_pause(StopReason::Snapshot).expect("granted");
    let id = first.id();
    thread::scope(|scope| {
        let second =
            scope.spawn(|| coordinator.request_stw_pause(StopReason::Snapshot).expect("granted"));
        eventually("the second waits", || coordinator.pending_requests() == 1);
        drop(first);
        let second = second.join().expect("no panic");
        assert!(!second.joined());
        assert!(second.id() > id);
    });
}

#[test]
fn the_world_runs_between_two_pauses_for_the_configured_time() {
    let rest = Duration::from_millis(20);
    let recorder = Recorder::new();
    let coordinator = SafepointCoordinator::with_config(Config {
        min_running_interval: rest,
        observer: Some(Arc::clone(&recorder) as _),
        ..Config::default()
    });
    let mut released_at = None;
    for reason in [StopReason::Debug, StopReason::GarbageCollection, StopReason::Debug] {
        let stopped = coordinator.request_stw_pause(reason).expect("granted");
        let report = stopped.resume_from_pause();
        if let Some(released_at) = released_at.replace(report.released_at) {
            assert!(report.armed_at.since(released_at) >= rest);
        }
    }
    // `try_stop` waits for the end of the rest as well.
    let stopped = coordinator.request(StopReason::Snapshot).try_stop().expect("granted");
    let armed_at = stopped.report().armed_at;
    assert!(armed_at.since(released_at.expect("there were three")) >= rest);
}

#[test]
fn a_stream_of_requests_does_not_starve_the_workers() {
    let coordinator = SafepointCoordinator::new();
    let crew = Crew::start(&coordinator, 4);
    let goal: Vec<_> = crew.steps().iter().map(|steps| steps + 100).collect();
    thread::scope(|scope| {
        for reason in StopReason::ALL {
            let (coordinator, crew, goal) = (&coordinator, &crew, &goal);
            scope.spawn(move || {
                eventually("every worker makes steps between pauses", || {
                    drop(coordinator.request_stw_pause(reason).expect("granted"));
                    crew.steps().iter().zip(goal).all(|(now, goal)| now >= goal)
                });
            });
        }
    });
    crew.finish();
}

#[test]
fn a_timeout_in_the_queue_names_the_pause_that_has_the_world() {
    let coordinator = SafepointCoordinator::new();
    let held = coordinator.request_stw_pause(StopReason::Debug).expect("granted");
    let error = coordinator
        .request(StopReason::GarbageCollection)
        .timeout(Duration::from_millis(2))
        .stop()
        .expect_err("the debugger has the world");
    let PauseError::TimedOut { stragglers } = &error else {
        panic!("timed out, but answered {error:?}");
    };
    assert!(stragglers.is_empty());
    assert_eq!(stragglers.held_by(), Some(StopReason::Debug));
    assert!(error.to_string().contains("behind a pause for debug"), "{error}");
    assert_eq!(coordinator.pending_requests(), 0);
    drop(held);
    drop(coordinator.request_stw_pause(StopReason::GarbageCollection).expect("granted"));
}

/// Makes a request with a token on another thread, and cancels it once `ready`.
fn cancelled_when(
    coordinator: &SafepointCoordinator,
    cancel: impl FnOnce(),
    token: &CancelToken,
    ready: impl FnMut() -> bool,
) -> Result<StoppedWorld<'static>, PauseError> {
    thread::scope(|scope| {
        let request = || coordinator.request(StopReason::GarbageCollection).cancel(token).stop();
        let requester = scope.spawn(request);
        eventually("the request is under way", ready);
        cancel();
        requester.join().expect("no panic")
    })
}

#[test]
fn a_token_cancels_a_queued_request() {
    let coordinator = SafepointCoordinator::new();
    let held = coordinator.request_stw_pause(StopReason::Debug).expect("granted");
    let token = coordinator.cancel_token();
    let queued = || coordinator.pending_requests() == 1;
    let answer = cancelled_when(&coordinator, || token.cancel(), &token, queued);
    assert_eq!(answer.err(), Some(PauseError::Cancelled));
    // The token cancels later requests at once. Other requests work.
    drop(held);
    let again = coordinator.request(StopReason::GarbageCollection).cancel(&token).stop();
    assert_eq!(again.err(), Some(PauseError::Cancelled));
    drop(coordinator.request_stw_pause(StopReason::GarbageCollection).expect("granted"));
    assert_eq!(coordinator.stats().of(StopReason::GarbageCollection).cancelled, 2);
}

#[test]
fn an_arming_request_is_cancelled_and_the_world_runs_on() {
    let coordinator = SafepointCoordinator::new();
    let crew = Crew::start(&coordinator, 2);
    let late = Straggling::start(&coordinator, Place::default());
    let token = coordinator.cancel_token();
    for _ in 0..20 {
        let armed = || coordinator.workers_at_safepoint() == 2;
        let answer = cancelled_when(&coordinator, || coordinator.cancel_pending(), &token, armed);
        assert_eq!(answer.err(), Some(PauseError::Cancelled));
        crew.runs_on();
    }
    late.let_go();
    let stopped = coordinator.request_stw_pause(StopReason::GarbageCollection).expect("granted");
    crew.stands_still(&stopped);
    drop(stopped);
    crew.finish();
}

#[test]
fn cancelling_comes_too_late_for_a_stopped_world() {
    let coordinator = SafepointCoordinator::new();
    let crew = Crew::start(&coordinator, 2);
    let token = coordinator.cancel_token();
    let stopped = coordinator.request(StopReason::Snapshot).cancel(&token).stop().expect("granted");
    token.cancel();
    coordinator.cancel_pending();
    crew.stands_still(&stopped);
    drop(stopped);
    crew.runs_on();
    crew.finish();
}

/// A browser's main thread cancels through plain memory.
#[test]
fn a_token_is_cancelled_through_its_addresses() {
    use std::sync::atomic::{AtomicU32, Ordering};
    let coordinator = SafepointCoordinator::new();
    let token = coordinator.cancel_token();
    let addresses = token.addresses();
    assert!(addresses.iter().all(|address| address % align_of::<AtomicU32>() == 0));
    let flag = std::ptr::with_exposed_provenance_mut(addresses[0]);
    // SAFETY: the address is that of an atomic that the token keeps alive.
    unsafe { AtomicU32::from_ptr(flag) }.store(1, Ordering::Release);
    assert!(token.is_cancelled());
}

#[test]
fn every_request_of_a_crowd_is_answered_once() {
    const REQUESTERS: usize = 6;
    const ROUNDS: u64 = 60;
    let coordinator = SafepointCoordinator::new();
    let crew = Crew::start(&coordinator, 3);
    thread::scope(|scope| {
        for requester in 0..REQUESTERS {
            let (coordinator, crew) = (&coordinator, &crew);
            scope.spawn(move || {
                for round in 0..ROUNDS {
                    let reason = StopReason::ALL[(requester + round as usize) % 3];
                    let stopped = coordinator.request_stw_pause(reason).expect("granted");
                    let steps = crew.steps();
                    thread::yield_now();
                    assert_eq!(steps, crew.steps());
                    drop(stopped);
                }
            });
        }
    });
    crew.runs_on();
    let stats = coordinator.stats();
    let of = |count: fn(&safepoint::ReasonStatistics) -> u64| -> u64 {
        StopReason::ALL.iter().map(|&reason| count(&stats.of(reason))).sum()
    };
    assert_eq!(of(|reason| reason.requests), REQUESTERS as u64 * ROUNDS);
    assert_eq!(of(|reason| reason.pauses + reason.joined), REQUESTERS as u64 * ROUNDS);
    assert!(!coordinator.is_pause_pending());
    crew.finish();
}

#[test]
fn a_stopped_world_knows_its_coordinator() {
    let [own, other] = [SafepointCoordinator::new(), SafepointCoordinator::new()];
    let worker = own.register_worker();
    let world = worker.request_stw_pause(StopReason::Debug).expect("granted");
    assert!(world.belongs_to(&own) && world.belongs_to(&own.clone()));
    assert!(!world.belongs_to(&other));
    drop(world);
    let world = other.request_stw_pause(StopReason::Debug).expect("granted");
    assert!(world.belongs_to(&other) && !world.belongs_to(&own));
}

#[test]
fn a_worker_whose_request_is_refused_at_once_does_not_stop() {
    let coordinator = SafepointCoordinator::new();
    let worker = coordinator.register_worker();
    let granted = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            let stopped = coordinator.request_stw_pause(StopReason::Snapshot).expect("granted");
            granted.store(true, Ordering::SeqCst);
            // Holds the world until the worker stops at its poll.
            eventually("the worker waits", || coordinator.workers_at_safepoint() == 1);
            drop(stopped);
        });
        eventually("a pause waits for this worker", || worker.poll_word().is_armed());
        let refused = worker.request(StopReason::Debug).try_stop();
        let busy = PauseError::Busy { active: StopReason::Snapshot };
        assert_eq!(refused.err(), Some(busy));
        assert!(
            !granted.load(Ordering::SeqCst),
            "the worker stopped, and waited for the pause's end"
        );
        assert_eq!(coordinator.workers()[0].state, WorkerState::Running);
        worker.poll();
    });
    assert!(granted.into_inner());
}

/// Makes `requesters` workers request a collection with `request` while another pause is about to take
/// effect. A worker that receives the world collects. Returns the reports of these workers, and the
/// pauses that answered the others.
fn all_want_a_collection(
    coordinator: &SafepointCoordinator,
    requesters: usize,
    request: impl Fn(&Worker) -> Answer<'_> + Sync,
) -> (Vec<PauseReport>, Vec<PauseId>) {
    let (collected, done) = (Mutex::new(Vec::new()), Mutex::new(Vec::new()));
    let running = Barrier::new(requesters + 1);
    thread::scope(|scope| {
        for _ in 0..requesters {
            scope.spawn(|| {
                let worker = coordinator.register_worker();
                running.wait();
                eventually("the other pause arms", || worker.poll_word().is_armed());
                match request(&worker) {
                    Answer::World(stopped) => {
                        stopped.operation_done();
                        let report = stopped.resume_from_pause();
                        collected.lock().expect("no panic").push(report);
                    }
                    Answer::Done(pause) => done.lock().expect("no panic").push(pause),
                }
            });
        }
        running.wait();
        // Each worker stops for this pause by its own request, so all are queued when it takes effect.
        let taken = coordinator.request_stw_pause(StopReason::Debug).expect("granted");
        assert_eq!(coordinator.pending_requests(), requesters);
        drop(taken);
    });
    let unlock = "no thread panicked";
    (collected.into_inner().expect(unlock), done.into_inner().expect(unlock))
}

#[test]
fn one_operation_answers_all_requests_that_want_nothing_else() {
    const REQUESTERS: usize = 16;
    let coordinator = SafepointCoordinator::new();
    let (collected, done) = all_want_a_collection(&coordinator, REQUESTERS, |worker| {
        worker.request(StopReason::GarbageCollection).stop_unless_done().expect("granted")
    });
    let [report] = collected.as_slice() else { panic!("{} collected", collected.len()) };
    assert_eq!(done, [report.id; REQUESTERS - 1]);
    assert_eq!((report.joined, report.handed_on), (false, false));
    assert_eq!((report.served, report.served_for), (REQUESTERS as u32 - 1, Duration::ZERO));
    let stats = coordinator.stats().of(StopReason::GarbageCollection);
    assert_eq!((stats.requests, stats.pauses, stats.joined), (16, 1, 15));
    assert!(!coordinator.is_pause_pending());
}

#[test]
fn a_request_for_the_world_gets_it_even_if_the_operation_is_done() {
    const REQUESTERS: usize = 4;
    let coordinator = SafepointCoordinator::new();
    let (mut collected, done) = all_want_a_collection(&coordinator, REQUESTERS, |worker| {
        Answer::World(worker.request_stw_pause(StopReason::GarbageCollection).expect("granted"))
    });
    assert_eq!(done, []);
    // The workers may have run again in another order.
    collected.sort_by_key(|report| report.resumed_at);
    let served: Vec<_> = collected.iter().map(|report| report.served).collect();
    // The report of the last holder has the number of all served requests.
    assert_eq!(served, [1, 2, 3, 3]);
    assert!(collected.iter().all(|report| report.id == collected[0].id));
    assert!(collected.is_sorted_by_key(|report| report.served_for));
    assert_eq!(collected[0].served_for, Duration::ZERO);
}
