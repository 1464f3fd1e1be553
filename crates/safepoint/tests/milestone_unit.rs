//! Twenty unit tests of the coordinator, each with a real pause. Their names are those of a list in a
//! milestone of the virtual machine for which the coordinator was made.
#![cfg(not(any(loom, shuttle, target_arch = "wasm32")))]

mod support;

use safepoint::{
    Config, Event, PauseError, Place, SafepointCoordinator, SafepointStatistics, StopReason,
};
use std::{
    sync::{Arc, Barrier},
    thread,
    time::Duration,
};
use support::{Crew, Recorder, Straggling, eventually};

fn pause(coordinator: &SafepointCoordinator, reason: StopReason, crew: &Crew) {
    let stopped = coordinator.request_stw_pause(reason).expect("nothing cancels this request");
    assert_eq!(stopped.reason(), reason);
    assert_eq!(coordinator.current_reason(), Some(reason));
    crew.stands_still(&stopped);
    stopped.resume_from_pause();
    crew.runs_on();
}

/// 1. Create coordinator with 1 worker
#[test]
fn unit_01_create_coordinator_with_1_worker() {
    let coordinator = SafepointCoordinator::new();
    let crew = Crew::start(&coordinator, 1);
    assert_eq!(coordinator.worker_count(), 1);
    assert_eq!(coordinator.stats(), SafepointStatistics::default());
    pause(&coordinator, StopReason::GarbageCollection, &crew);
    crew.finish();
}

/// 2. Create coordinator with multiple workers
#[test]
fn unit_02_create_coordinator_with_multiple_workers() {
    for workers in [2, 4, 7] {
        let coordinator = SafepointCoordinator::new();
        let crew = Crew::start(&coordinator, workers);
        assert_eq!(coordinator.worker_count(), workers);
        pause(&coordinator, StopReason::GarbageCollection, &crew);
        crew.finish();
    }
}

/// 3. Poll with no pending pause
#[test]
fn unit_03_poll_with_no_pending_pause() {
    let coordinator = SafepointCoordinator::new();
    let worker = coordinator.register_worker();
    for _ in 0..10_000 {
        worker.poll();
    }
    assert!(!coordinator.is_pause_pending());
    assert_eq!(coordinator.workers_at_safepoint(), 0);
    assert_eq!(coordinator.stats().pauses(), 0);
    // The same poll stops as soon as a pause is pending.
    thread::scope(|scope| {
        let requester = scope.spawn(|| {
            let stopped = coordinator.request_stw_pause(StopReason::Debug).expect("granted");
            assert_eq!(coordinator.workers_at_safepoint(), 1);
            stopped.resume_from_pause().straggler
        });
        eventually("the poll is armed", || worker.poll_word().is_armed());
        worker.poll();
        assert_eq!(requester.join().expect("no panic"), Some(worker.id()));
    });
    assert!(!worker.poll_word().is_armed());
}

/// 4. Request GC pause
#[test]
fn unit_04_request_gc_pause() {
    let coordinator = SafepointCoordinator::new();
    let crew = Crew::start(&coordinator, 3);
    pause(&coordinator, StopReason::GarbageCollection, &crew);
    assert_eq!(coordinator.stats().of(StopReason::GarbageCollection).pauses, 1);
    crew.finish();
}

/// 5. Request snapshot pause
#[test]
fn unit_05_request_snapshot_pause() {
    let coordinator = SafepointCoordinator::new();
    let crew = Crew::start(&coordinator, 3);
    pause(&coordinator, StopReason::Snapshot, &crew);
    assert_eq!(coordinator.stats().of(StopReason::Snapshot).pauses, 1);
    crew.finish();
}

/// 6. Request debug pause
#[test]
fn unit_06_request_debug_pause() {
    let coordinator = SafepointCoordinator::new();
    let crew = Crew::start(&coordinator, 3);
    pause(&coordinator, StopReason::Debug, &crew);
    assert_eq!(coordinator.stats().of(StopReason::Debug).pauses, 1);
    crew.finish();
}

/// 7. Multiple workers reach safepoint
#[test]
fn unit_07_multiple_workers_reach_safepoint() {
    let coordinator = SafepointCoordinator::new();
    let crew = Crew::start(&coordinator, 6);
    let stopped = coordinator.request_stw_pause(StopReason::GarbageCollection).expect("granted");
    assert_eq!(coordinator.workers_at_safepoint(), 6);
    crew.stands_still(&stopped);
    let report = stopped.resume_from_pause();
    let mut arrived: Vec<_> = report.arrivals.iter().map(|arrival| arrival.worker).collect();
    arrived.sort();
    assert_eq!(arrived, crew.ids);
    assert!(report.arrivals.iter().all(|arrival| arrival.was_safe || arrival.place.is_some()));
    crew.runs_on();
    crew.finish();
}

/// 8. Barrier synchronization
#[test]
fn unit_08_barrier_synchronization() {
    let recorder = Recorder::new();
    let config = Config { observer: Some(Arc::clone(&recorder) as _), ..Config::default() };
    let coordinator = SafepointCoordinator::with_config(config);
    let crew = Crew::start(&coordinator, 3);
    let late = Straggling::start(&coordinator, Place::default());
    thread::scope(|scope| {
        let requester =
            scope.spawn(|| coordinator.request_stw_pause(StopReason::GarbageCollection));
        // Three workers have stopped and stay so, but the pause is not granted before the fourth stops. A worker
        // is safe a little before its arrival has a time.
        let arrived = |event: &Event| matches!(event, Event::Arrived { .. });
        eventually("three workers arrive", || recorder.count(arrived) == 3);
        assert_eq!(coordinator.workers_at_safepoint(), 3);
        assert!(!requester.is_finished());
        late.let_go();
        let stopped = requester.join().expect("no panic").expect("granted");
        assert_eq!(stopped.report().straggler, Some(late.id));
        crew.stands_still(&stopped);
    });
    crew.runs_on();
    crew.finish();
}

/// 9. Resume from pause
#[test]
fn unit_09_resume_from_pause() {
    let coordinator = SafepointCoordinator::new();
    let crew = Crew::start(&coordinator, 4);
    for by_drop in [false, true] {
        let stopped = coordinator.request_stw_pause(StopReason::Snapshot).expect("granted");
        crew.stands_still(&stopped);
        if by_drop {
            drop(stopped);
        } else {
            stopped.resume_from_pause();
        }
        assert!(!coordinator.is_pause_pending());
        assert_eq!(coordinator.current_reason(), None);
        crew.runs_on();
    }
    crew.finish();
}

/// 10. Statistics tracking (total pauses)
#[test]
fn unit_10_statistics_tracking_total_pauses() {
    let coordinator = SafepointCoordinator::new();
    let crew = Crew::start(&coordinator, 2);
    for reason in StopReason::ALL {
        for _ in 0..=reason.index() {
            pause(&coordinator, reason, &crew);
        }
    }
    let stats = coordinator.stats();
    let pauses = |reason| (stats.of(reason).pauses, stats.of(reason).requests);
    assert_eq!(StopReason::ALL.map(pauses), [(1, 1), (2, 2), (3, 3)]);
    assert_eq!(stats.pauses(), 6);
    // One arrival per worker that ran, not one per poll.
    assert_eq!(StopReason::ALL.map(|reason| stats.of(reason).arrivals).iter().sum::<u64>(), 12);
    coordinator.reset_stats();
    assert_eq!(coordinator.stats(), SafepointStatistics::default());
    crew.finish();
}

/// 11. Statistics tracking (pause time)
#[test]
fn unit_11_statistics_tracking_pause_time() {
    let coordinator = SafepointCoordinator::new();
    let crew = Crew::start(&coordinator, 2);
    let mut sum = Duration::ZERO;
    for _ in 0..5 {
        let stopped =
            coordinator.request_stw_pause(StopReason::GarbageCollection).expect("granted");
        crew.stands_still(&stopped);
        let report = stopped.resume_from_pause();
        let parts = report.queue_wait
            + report.ttsp
            + report.noticing
            + report.operation
            + report.held
            + report.release;
        assert_eq!(report.total, parts, "the parts of a pause add up to the whole: {report:?}");
        assert!(report.operation > Duration::ZERO);
        sum += report.total;
    }
    let total = coordinator.stats().of(StopReason::GarbageCollection).total;
    assert_eq!((total.count, total.sum_ns), (5, sum.as_nanos() as u64));
    assert_eq!(total.mean_ns, total.sum_ns / 5);
    crew.finish();
}

/// 12. Statistics tracking (max pause time)
#[test]
fn unit_12_statistics_tracking_max_pause_time() {
    let coordinator = SafepointCoordinator::new();
    let crew = Crew::start(&coordinator, 2);
    let longest = (0..10)
        .map(|_| coordinator.request_stw_pause(StopReason::GarbageCollection).expect("granted"))
        .map(|stopped| stopped.resume_from_pause().total)
        .max()
        .expect("there were ten");
    let total = coordinator.stats().of(StopReason::GarbageCollection).total;
    assert_eq!(total.max_ns, longest.as_nanos() as u64);
    assert!(total.p50_ns <= total.p90_ns && total.p90_ns <= total.p99_ns);
    assert!(total.p99_ns <= total.p99_9_ns && total.p99_9_ns <= total.max_ns);
    crew.finish();
}

/// 13. Worker registration
#[test]
fn unit_13_worker_registration() {
    let coordinator = SafepointCoordinator::new();
    let crew = Crew::start(&coordinator, 1);
    let stopped = coordinator.request_stw_pause(StopReason::Debug).expect("granted");
    // A newcomer during a pause is registered, but does not run before the world does.
    let newcomer = coordinator.register_parked();
    assert_eq!(coordinator.worker_count(), 2);
    assert_eq!(coordinator.workers_at_safepoint(), 2);
    let starting = thread::spawn(move || newcomer.start().id());
    crew.stands_still(&stopped);
    assert!(!starting.is_finished(), "a newcomer started in a stopped world");
    stopped.resume_from_pause();
    assert!(starting.join().expect("no panic") > crew.ids[0]);
    crew.finish();
}

/// 14. Worker deregistration
#[test]
fn unit_14_worker_deregistration() {
    let coordinator = SafepointCoordinator::new();
    let crew = Crew::start(&coordinator, 1);
    let leaving = coordinator.register_worker();
    thread::scope(|scope| {
        let requester =
            scope.spawn(|| coordinator.request_stw_pause(StopReason::GarbageCollection));
        eventually("the pause waits for the worker that deregisters", || {
            leaving.poll_word().is_armed() && coordinator.workers_at_safepoint() == 1
        });
        drop(leaving);
        let stopped = requester.join().expect("no panic").expect("granted");
        assert_eq!(coordinator.worker_count(), 1);
        crew.stands_still(&stopped);
    });
    crew.finish();
    assert_eq!(coordinator.worker_count(), 0);
}

/// 15. Concurrent pause requests (error handling)
#[test]
fn unit_15_concurrent_pause_requests_error_handling() {
    let coordinator = SafepointCoordinator::new();
    let crew = Crew::start(&coordinator, 2);
    let stopped = coordinator.request_stw_pause(StopReason::Snapshot).expect("granted");
    for reason in StopReason::ALL {
        let refused = coordinator.request(reason).try_stop().expect_err("the world is taken");
        assert_eq!(refused, PauseError::Busy { active: StopReason::Snapshot });
        assert!(refused.to_string().contains("snapshot"), "{refused}");
    }
    crew.stands_still(&stopped);
    drop(stopped);
    drop(coordinator.request(StopReason::Debug).try_stop().expect("the world is free"));
    assert_eq!(coordinator.stats().of(StopReason::Debug).busy, 1);
    crew.finish();
}

/// 16. Timeout handling
#[test]
fn unit_16_timeout_handling() {
    let coordinator = SafepointCoordinator::new();
    let crew = Crew::start(&coordinator, 2);
    let place = Place::at(3).with_detail(1);
    let late = Straggling::start(&coordinator, place);
    let limit = Duration::from_millis(5);
    let error = coordinator
        .request(StopReason::GarbageCollection)
        .timeout(limit)
        .stop()
        .expect_err("one worker does not poll");
    let PauseError::TimedOut { stragglers } = error else {
        panic!("timed out, but answered {error:?}");
    };
    // On a busy machine workers that poll can be late as well.
    let straggler = stragglers.iter().find(|straggler| straggler.worker == late.id);
    assert_eq!(straggler.expect("the worker that does not poll is named").place, Some(place));
    crew.runs_on();
    late.let_go();
    pause(&coordinator, StopReason::GarbageCollection, &crew);
    crew.finish();
}

/// 17. Zero workers edge case
#[test]
fn unit_17_zero_workers_edge_case() {
    let coordinator = SafepointCoordinator::new();
    let stopped = coordinator.request_stw_pause(StopReason::GarbageCollection).expect("granted");
    assert_eq!(coordinator.worker_count(), 0);
    let newcomer = coordinator.register_parked();
    let report = stopped.resume_from_pause();
    assert_eq!((report.arrivals.len(), report.straggler), (0, None));
    // A worker that was registered during the pause runs after it, and the next pause waits for it.
    let worker = newcomer.start();
    thread::scope(|scope| {
        let requester = scope.spawn(|| {
            let stopped = coordinator.request_stw_pause(StopReason::Debug).expect("granted");
            stopped.resume_from_pause().straggler
        });
        eventually("the newcomer's poll is armed", || worker.poll_word().is_armed());
        worker.poll();
        assert_eq!(requester.join().expect("no panic"), Some(worker.id()));
    });
}

/// 18. Worker count tracking
#[test]
fn unit_18_worker_count_tracking() {
    let coordinator = SafepointCoordinator::new();
    let mut workers: Vec<_> = (0..5).map(|_| coordinator.register_parked()).collect();
    for left in (0..5).rev() {
        let stopped =
            coordinator.request_stw_pause(StopReason::GarbageCollection).expect("granted");
        assert_eq!(coordinator.worker_count(), left + 1);
        assert_eq!(coordinator.workers_at_safepoint(), left + 1);
        drop(workers.pop());
        assert_eq!(coordinator.worker_count(), left);
        drop(stopped);
    }
    // A slot is used again, its name is not.
    assert_eq!(coordinator.register_worker().id().number(), 5);
}

/// 19. Pause reason tracking
#[test]
fn unit_19_pause_reason_tracking() {
    let coordinator = SafepointCoordinator::new();
    let crew = Crew::start(&coordinator, 2);
    assert_eq!(coordinator.current_reason(), None);
    for reason in StopReason::ALL {
        let late = Straggling::start(&coordinator, Place::default());
        thread::scope(|scope| {
            let requester = scope.spawn(|| coordinator.request_stw_pause(reason));
            eventually("the reason is known while workers are still stopping", || {
                coordinator.current_reason() == Some(reason)
            });
            assert!(coordinator.is_pause_pending());
            late.let_go();
            let stopped = requester.join().expect("no panic").expect("granted");
            assert_eq!(coordinator.current_reason(), Some(reason));
            assert_eq!(stopped.resume_from_pause().reason, reason);
        });
        assert_eq!(coordinator.current_reason(), None);
    }
    crew.finish();
}

/// 20. Fast path optimization (no branches when no pause)
///
/// None of a million polls takes the slow path before a pause arms. After that exactly one does.
#[test]
fn unit_20_fast_path_optimization_no_branches_when_no_pause() {
    let recorder = Recorder::new();
    let config = Config { observer: Some(Arc::clone(&recorder) as _), ..Config::default() };
    let coordinator = SafepointCoordinator::with_config(config);
    let worker = coordinator.register_worker();
    let before = recorder.events().len();
    for instruction in 0..1_000_000 {
        worker.poll_at(Place::at(instruction));
    }
    assert_eq!(recorder.events().len(), before);
    // The place is recorded on the slow path only.
    assert_eq!(coordinator.workers()[0].place, None);
    let barrier = Barrier::new(2);
    thread::scope(|scope| {
        scope.spawn(|| {
            let stopped = coordinator.request_stw_pause(StopReason::Debug).expect("granted");
            stopped.resume_from_pause();
            barrier.wait();
        });
        eventually("the poll is armed", || worker.poll_word().is_armed());
        worker.poll_at(Place::at(7));
        for _ in 0..1_000_000 {
            worker.poll();
        }
        barrier.wait();
    });
    let is_arrival = |event: &Event| matches!(event, Event::Arrived { .. });
    assert_eq!(recorder.count(is_arrival), 1);
}
