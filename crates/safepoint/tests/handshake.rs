//! Closures for single workers, without stopping the world.
#![cfg(not(any(loom, shuttle, target_arch = "wasm32")))]

mod support;

use safepoint::clock::Timestamp;
use safepoint::{
    Config, Event, HandshakeTarget, Observer, Place, SafepointCoordinator, StopReason, WorkerId,
    WorkerState,
};
use std::{
    panic,
    sync::{
        Arc, Barrier, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread::{self, ThreadId},
    time::Duration,
};
use support::{Crew, Straggling, eventually};

type Runs = Arc<Mutex<Vec<(WorkerId, ThreadId)>>>;

/// A closure that notes for which worker and on which thread it ran.
fn noting() -> (Runs, impl Fn(WorkerId) + Send + Sync + 'static) {
    let runs = Runs::default();
    let noted = Arc::clone(&runs);
    (runs, move |worker| noted.lock().expect("no panic").push((worker, thread::current().id())))
}

#[test]
fn a_running_worker_runs_the_closure_itself_and_the_world_is_not_stopped() {
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
fn the_requester_runs_the_closure_of_a_worker_in_a_safe_region() {
    let coordinator = SafepointCoordinator::new();
    let parked = coordinator.register_parked();
    let (runs, note) = noting();
    coordinator.handshake(HandshakeTarget::Worker(parked.handle()), note);
    let runs = runs.lock().expect("no panic").clone();
    assert_eq!(runs, [(parked.id(), thread::current().id())]);
}

#[test]
fn a_worker_does_not_leave_its_region_while_a_closure_runs_for_it() {
    let coordinator = SafepointCoordinator::new();
    let running = Arc::new(AtomicBool::new(false));
    let parked = coordinator.register_parked();
    let handle = parked.handle();
    let (inside, leave) = (Arc::new(Barrier::new(2)), Arc::new(AtomicBool::new(false)));
    thread::scope(|scope| {
        scope.spawn({
            let (inside, leave, running) = (inside.clone(), leave.clone(), running.clone());
            move || {
                handle.post(move |_| {
                    inside.wait();
                    eventually("the closure may end", || leave.load(Ordering::SeqCst));
                    assert!(!running.load(Ordering::SeqCst), "the worker ran during its handshake");
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
            assert!(!running.load(Ordering::SeqCst), "the worker ran during its handshake");
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
        assert!(worker.handle().post(move |_| {
            ran.fetch_add(1, Ordering::Relaxed);
        }));
    }
    assert_eq!(ran.load(Ordering::Relaxed), 0);
    assert!(worker.poll_word().is_armed());
    worker.poll();
    assert_eq!(ran.load(Ordering::Relaxed), 3);
    assert!(!worker.poll_word().is_armed());
    // A closure that was posted while the worker ran runs before it blocks, not after.
    let again = Arc::clone(&ran);
    worker.handle().post(move |_| {
        again.fetch_add(1, Ordering::Relaxed);
    });
    let _region = worker.enter_safe_region();
    assert_eq!(ran.load(Ordering::Relaxed), 4);
}

#[test]
fn a_handshake_with_a_worker_that_is_gone_reports_it_as_missed() {
    let coordinator = SafepointCoordinator::new();
    let worker = coordinator.register_worker();
    let (id, handle) = (worker.id(), worker.handle());
    drop(worker);
    assert!(!handle.post(|_| panic!("ran for a worker that is gone")));
    let target = HandshakeTarget::Worker(handle);
    let report = coordinator.handshake(target, |_| panic!("ran for a worker that is gone"));
    assert_eq!(report.missed, [id]);
    assert!(coordinator.handshake(HandshakeTarget::All, |_| ()).ran.is_empty());
}

#[test]
fn a_worker_that_dies_instead_of_polling_is_missed() {
    let coordinator = SafepointCoordinator::new();
    let late = Straggling::start(&coordinator, Place::default());
    let report =
        coordinator.handshake_timeout(HandshakeTarget::All, Duration::from_millis(1), |_| {
            panic!("ran for a worker that did not poll")
        });
    assert_eq!(report.pending, [late.id]);
    thread::scope(|scope| {
        let waiting = scope.spawn(|| coordinator.handshake(HandshakeTarget::All, |_| ()));
        late.mark_dead();
        let report = waiting.join().expect("no panic");
        assert!(report.ran.is_empty(), "{report:?}");
    });
    late.dies_at_its_poll();
}

#[test]
fn a_holder_can_shake_hands_with_stopped_workers() {
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

/// Panics without a message: no panic hook runs.
fn part_of_the_test(_: WorkerId) {
    panic::resume_unwind(Box::new("part of the test"));
}

#[test]
fn after_a_closure_that_panics_the_next_closure_runs() {
    let coordinator = SafepointCoordinator::new();
    let worker = coordinator.register_worker();
    let ran = Arc::new(AtomicU64::new(0));
    assert!(worker.handle().post(part_of_the_test));
    let after = Arc::clone(&ran);
    worker.handle().post(move |_| {
        after.fetch_add(1, Ordering::Relaxed);
    });
    worker.poll();
    assert_eq!(ran.load(Ordering::Relaxed), 1);
    assert!(!worker.poll_word().is_armed());
}

#[test]
fn wherever_a_posted_closure_panics_its_worker_keeps_the_state_of_its_guards() {
    let coordinator = SafepointCoordinator::new();
    let other = coordinator.register_parked();
    let worker = coordinator.register_worker();
    let handle = worker.handle();
    let state = || coordinator.workers()[1].state;
    let post = || assert!(handle.post(part_of_the_test));

    post();
    let region = worker.enter_safe_region();
    assert_eq!(state(), WorkerState::Safe);
    // This one runs in `post`, because the worker is in its region.
    post();
    drop(region);
    assert_eq!(state(), WorkerState::Running);

    post();
    let world = worker.request_stw_pause(StopReason::Debug).expect("granted");
    assert_eq!(state(), WorkerState::Stopped);
    drop(world);
    assert_eq!(state(), WorkerState::Running);

    post();
    let report = worker.handshake(HandshakeTarget::All, part_of_the_test);
    assert_eq!(report.panicked, [other.id(), worker.id()]);
    assert_eq!(state(), WorkerState::Running);

    post();
    drop(worker);
    assert_eq!(coordinator.worker_count(), 1);
    drop(other);
}

#[test]
fn a_closure_that_panics_during_an_ack_does_not_disturb_the_pause() {
    let coordinator = SafepointCoordinator::new();
    let crew = Crew::start(&coordinator, 2);
    thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..300 {
                let report = coordinator.handshake(HandshakeTarget::All, part_of_the_test);
                assert_eq!(report.panicked.len(), 2, "{report:?}");
            }
        });
        for _ in 0..300 {
            let stopped = coordinator.request_stw_pause(StopReason::Debug).expect("granted");
            assert_eq!(coordinator.workers_at_safepoint(), 2);
            drop(stopped);
        }
    });
    crew.runs_on();
    crew.finish();
}

/// Panics when it is dropped.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        part_of_the_test_is_over();
    }
}

fn part_of_the_test_is_over() {
    if !thread::panicking() {
        panic::resume_unwind(Box::new("part of the test"));
    }
}

#[test]
fn a_panic_in_the_drop_of_a_closure_or_of_a_payload_is_caught() {
    let coordinator = SafepointCoordinator::new();
    let worker = coordinator.register_worker();
    let handle = worker.handle();
    let bomb = Bomb;
    handle.post(move |_| drop(bomb));
    worker.poll();
    handle.post(|_| panic::resume_unwind(Box::new(Bomb)));
    worker.poll();
    let bomb = Bomb;
    handle.post(move |_| unreachable!("{}", size_of_val(&bomb)));
    // SAFETY: this thread shares nothing with other workers.
    assert!(unsafe { handle.mark_dead() });
    let bomb = Bomb;
    assert!(!handle.post(move |_| unreachable!("{}", size_of_val(&bomb))));
}

#[test]
fn an_observer_that_panics_changes_nothing() {
    struct Fragile;
    impl Observer for Fragile {
        fn observe(&self, worker: Option<WorkerId>, _: Timestamp, _: &Event) {
            part_of_the_test(worker.unwrap_or_else(|| panic::resume_unwind(Box::new(()))));
        }
    }
    let config = Config { observer: Some(Arc::new(Fragile)), ..Config::default() };
    let coordinator = SafepointCoordinator::with_config(config);
    let crew = Crew::start(&coordinator, 2);
    for _ in 0..10 {
        let stopped = coordinator.request_stw_pause(StopReason::Debug).expect("granted");
        crew.stands_still(&stopped);
        drop(stopped);
        crew.runs_on();
    }
    let worker = coordinator.register_worker();
    drop(worker.enter_safe_region());
    assert_eq!(coordinator.workers()[2].state, WorkerState::Running);
    drop(worker);
    crew.finish();
}

#[test]
fn a_worker_does_not_deregister_while_a_closure_runs_for_it() {
    let coordinator = SafepointCoordinator::new();
    let parked = coordinator.register_parked();
    let handle = parked.handle();
    let (inside, leave) = (Arc::new(Barrier::new(2)), Arc::new(AtomicBool::new(false)));
    let gone = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn({
            let (inside, leave) = (inside.clone(), leave.clone());
            move || {
                handle.post(move |_| {
                    inside.wait();
                    eventually("the closure may end", || leave.load(Ordering::SeqCst));
                });
            }
        });
        inside.wait();
        scope.spawn(|| {
            drop(parked);
            gone.store(true, Ordering::SeqCst);
        });
        for _ in 0..200 {
            thread::yield_now();
            assert!(!gone.load(Ordering::SeqCst), "the worker deregistered during its handshake");
        }
        leave.store(true, Ordering::SeqCst);
    });
    assert_eq!(coordinator.worker_count(), 0);
}
