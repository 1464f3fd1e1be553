//! Closures for single workers, without stopping the world.
#![cfg(not(any(loom, shuttle, target_arch = "wasm32")))]

#[path = "safepoint_support/mod.rs"]
mod support;

use safepoint_lab::safepoint::{
    HandshakeTarget, Location, SafepointCoordinator, StopReason, WorkerId,
};
use std::{
    sync::{
        Arc, Barrier, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread::{self, ThreadId},
    time::Duration,
};
use support::{Crew, Straggling, eventually};

type Runs = Arc<Mutex<Vec<(WorkerId, ThreadId)>>>;

/// A closure that remembers for whom it ran and where.
fn noting() -> (Runs, impl Fn(WorkerId) + Send + Sync + 'static) {
    let runs = Runs::default();
    let noted = Arc::clone(&runs);
    (runs, move |worker| noted.lock().expect("no panic").push((worker, thread::current().id())))
}

#[test]
fn a_running_worker_runs_it_itself_and_the_world_is_not_stopped() {
    let coordinator = SafepointCoordinator::new();
    let crew = Crew::start(&coordinator, 3);
    let (runs, note) = noting();
    let report = coordinator.handshake(HandshakeTarget::All, note);
    let mut ran = report.ran.clone();
    ran.sort();
    assert_eq!((ran, report.missed, report.pending), (crew.ids.clone(), vec![], vec![]));
    let here = thread::current().id();
    assert!(runs.lock().expect("no panic").iter().all(|&(_, thread)| thread != here));
    assert_eq!(coordinator.stats().pauses(), 0);
    crew.runs_on();
    crew.finish();
}

#[test]
fn for_a_worker_in_a_safe_region_the_requester_runs_it() {
    let coordinator = SafepointCoordinator::new();
    let parked = coordinator.register_parked();
    let (runs, note) = noting();
    coordinator.handshake(HandshakeTarget::Worker(parked.id()), note);
    let runs = runs.lock().expect("no panic").clone();
    assert_eq!(runs, [(parked.id(), thread::current().id())]);
}

#[test]
fn a_worker_does_not_leave_its_region_while_a_closure_runs_for_it() {
    let coordinator = SafepointCoordinator::new();
    let running = Arc::new(AtomicBool::new(false));
    let parked = coordinator.register_parked();
    let id = parked.id();
    let (inside, leave) = (Arc::new(Barrier::new(2)), Arc::new(AtomicBool::new(false)));
    thread::scope(|scope| {
        scope.spawn({
            let (inside, leave, running) = (inside.clone(), leave.clone(), running.clone());
            let coordinator = &coordinator;
            move || {
                coordinator.post(id, move |_| {
                    inside.wait();
                    eventually("told to go on", || leave.load(Ordering::SeqCst));
                    assert!(!running.load(Ordering::SeqCst), "it ran during its handshake");
                });
            }
        });
        inside.wait();
        let starting = scope.spawn({
            let running = running.clone();
            move || {
                let worker = parked.start();
                running.store(true, Ordering::SeqCst);
                worker
            }
        });
        for _ in 0..200 {
            thread::yield_now();
            assert!(!running.load(Ordering::SeqCst), "it ran during its handshake");
        }
        leave.store(true, Ordering::SeqCst);
        drop(starting.join().expect("no panic"));
    });
}

#[test]
fn posting_does_not_wait() {
    let coordinator = SafepointCoordinator::new();
    let worker = coordinator.register_worker();
    let ran = Arc::new(AtomicU64::new(0));
    for _ in 0..3 {
        let ran = Arc::clone(&ran);
        assert!(coordinator.post(worker.id(), move |_| {
            ran.fetch_add(1, Ordering::Relaxed);
        }));
    }
    assert_eq!(ran.load(Ordering::Relaxed), 0);
    assert!(worker.poll_word().is_armed());
    worker.poll();
    assert_eq!(ran.load(Ordering::Relaxed), 3);
    assert!(!worker.poll_word().is_armed());
    // What was posted while it ran is done before it blocks, not after.
    let again = Arc::clone(&ran);
    coordinator.post(worker.id(), move |_| {
        again.fetch_add(1, Ordering::Relaxed);
    });
    let _region = worker.enter_safe_region();
    assert_eq!(ran.load(Ordering::Relaxed), 4);
}

#[test]
fn nobody_there_is_said_and_not_waited_for() {
    let coordinator = SafepointCoordinator::new();
    let worker = coordinator.register_worker();
    let id = worker.id();
    drop(worker);
    assert!(!coordinator.post(id, |_| panic!("ran for a worker that is gone")));
    let report = coordinator.handshake(HandshakeTarget::Worker(id), |_| panic!("ran for nobody"));
    assert_eq!(report.missed, [id]);
    assert!(coordinator.handshake(HandshakeTarget::All, |_| ()).ran.is_empty());
}

#[test]
fn a_worker_that_dies_instead_of_polling_is_missed() {
    let coordinator = SafepointCoordinator::new();
    let late = Straggling::start(&coordinator, Location::default());
    let report =
        coordinator.handshake_timeout(HandshakeTarget::All, Duration::from_millis(1), |_| {
            panic!("ran for a worker that did not poll")
        });
    assert_eq!(report.pending, [late.id]);
    thread::scope(|scope| {
        let waiting = scope.spawn(|| coordinator.handshake(HandshakeTarget::All, |_| ()));
        coordinator.mark_dead(late.id);
        let report = waiting.join().expect("no panic");
        assert!(report.ran.is_empty(), "{report:?}");
    });
    late.dies_at_its_poll();
}

#[test]
fn who_holds_the_world_can_shake_hands_with_the_stopped() {
    let coordinator = SafepointCoordinator::new();
    let crew = Crew::start(&coordinator, 2);
    let stopped = coordinator.request_stw_pause(StopReason::Debug).expect("granted");
    let report = coordinator.handshake(HandshakeTarget::All, |_| ());
    assert_eq!(report.ran.len(), 2);
    crew.stands_still(&stopped);
    drop(stopped);
    crew.finish();
}

#[test]
fn workers_shake_hands_with_each_other_and_with_themselves() {
    let coordinator = SafepointCoordinator::new();
    let ran = Arc::new(AtomicU64::new(0));
    let together = Barrier::new(3);
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                let worker = coordinator.register_worker();
                together.wait();
                for _ in 0..100 {
                    let ran = Arc::clone(&ran);
                    worker.handshake(HandshakeTarget::All, move |_| {
                        ran.fetch_add(1, Ordering::Relaxed);
                    });
                    worker.poll();
                }
                let _region = worker.enter_safe_region();
                together.wait();
            });
        }
    });
    assert_eq!(ran.load(Ordering::Relaxed), 900);
}

#[test]
fn handshakes_and_pauses_cross_without_harm() {
    let coordinator = SafepointCoordinator::new();
    let crew = Crew::start(&coordinator, 3);
    let ran = Arc::new(AtomicU64::new(0));
    thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..300 {
                let ran = Arc::clone(&ran);
                coordinator.handshake(HandshakeTarget::All, move |_| {
                    ran.fetch_add(1, Ordering::Relaxed);
                });
            }
        });
        for _ in 0..300 {
            drop(coordinator.request_stw_pause(StopReason::GarbageCollection).expect("granted"));
        }
    });
    assert_eq!(ran.load(Ordering::Relaxed), 900);
    crew.finish();
}

#[test]
fn a_closure_that_panics_takes_nothing_else_with_it() {
    let coordinator = SafepointCoordinator::new();
    let worker = coordinator.register_worker();
    let ran = Arc::new(AtomicU64::new(0));
    coordinator.post(worker.id(), |_| panic::resume_unwind(Box::new("posted")));
    let after = Arc::clone(&ran);
    coordinator.post(worker.id(), move |_| {
        after.fetch_add(1, Ordering::Relaxed);
    });
    use std::panic::{self, AssertUnwindSafe};
    assert!(panic::catch_unwind(AssertUnwindSafe(|| worker.poll())).is_err());
    worker.poll();
    assert_eq!(ran.load(Ordering::Relaxed), 1);
}
