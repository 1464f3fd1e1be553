//! Workers register, deregister, block, request pauses and die, at any time.
#![cfg(not(any(loom, shuttle, target_arch = "wasm32")))]

mod support;

use safepoint::{
    Config, Event, PauseError, Place, SafepointCoordinator, SharedWork, StopReason, WorkerId,
    WorkerState,
};
use std::{
    panic::{self, AssertUnwindSafe},
    sync::{
        Arc, Barrier,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
};
use support::{Crew, Recorder, Straggling, eventually};

fn gc(coordinator: &SafepointCoordinator) -> safepoint::StoppedWorld<'static> {
    coordinator.request_stw_pause(StopReason::GarbageCollection).expect("nothing cancels this")
}

#[test]
fn a_worker_in_a_safe_region_counts_as_stopped_and_cannot_leave_a_stopped_world() {
    let coordinator = SafepointCoordinator::new();
    let crew = Crew::start(&coordinator, 1);
    let (entered, left) = (Barrier::new(2), AtomicBool::new(false));
    thread::scope(|scope| {
        scope.spawn(|| {
            let worker = coordinator.register_worker();
            let region = worker.enter_safe_region();
            entered.wait(); // in the region
            entered.wait(); // the world is stopped
            drop(region);
            left.store(true, Ordering::SeqCst);
        });
        entered.wait();
        let stopped = gc(&coordinator);
        let report = stopped.report();
        assert_eq!(report.arrivals.iter().filter(|arrival| arrival.was_safe).count(), 1);
        entered.wait();
        crew.stands_still(&stopped);
        assert!(!left.load(Ordering::SeqCst), "a worker left its safe region in a stopped world");
        drop(stopped);
        eventually("the worker leaves", || left.load(Ordering::SeqCst));
    });
    crew.finish();
}

#[test]
fn entering_a_safe_region_is_an_arrival() {
    let coordinator = SafepointCoordinator::new();
    let worker = coordinator.register_worker();
    thread::scope(|scope| {
        let requester = scope.spawn(|| gc(&coordinator).resume_from_pause().straggler);
        eventually("the pause arms", || worker.poll_word().is_armed());
        let region = worker.enter_safe_region();
        assert_eq!(requester.join().expect("no panic"), Some(worker.id()));
        drop(region);
    });
}

#[test]
fn only_the_outermost_of_nested_safe_regions_counts() {
    let coordinator = SafepointCoordinator::new();
    let worker = coordinator.register_worker();
    let outer = worker.enter_safe_region();
    let inner = worker.enter_safe_region();
    assert_eq!(coordinator.workers_at_safepoint(), 1);
    // Guards may be dropped in any order.
    drop(outer);
    assert_eq!(coordinator.workers_at_safepoint(), 1);
    let stopped = gc(&coordinator);
    worker.poll(); // returns at once: the worker counts as stopped
    drop(stopped);
    drop(inner);
    assert_eq!(coordinator.workers_at_safepoint(), 0);
    assert_eq!(coordinator.workers()[0].safe_crossings, 1);
}

#[test]
fn a_worker_requests_a_pause_and_runs_on_when_it_lets_go() {
    let coordinator = SafepointCoordinator::new();
    let crew = Crew::start(&coordinator, 2);
    let worker = coordinator.register_worker();
    for _ in 0..50 {
        let stopped = worker.request_stw_pause(StopReason::GarbageCollection).expect("granted");
        worker.poll(); // returns at once: this worker holds the world
        let steps = crew.steps();
        thread::yield_now();
        assert_eq!(steps, crew.steps());
        drop(stopped);
        assert_eq!(coordinator.workers().last().map(|w| w.state), Some(WorkerState::Running));
    }
    drop(worker);
    crew.finish();
}

#[test]
fn workers_that_all_request_at_once_do_not_deadlock() {
    const WORKERS: usize = 5;
    const ROUNDS: u64 = 100;
    let coordinator = SafepointCoordinator::new();
    let inside = AtomicU64::new(0);
    let granted = AtomicU64::new(0);
    thread::scope(|scope| {
        for index in 0..WORKERS {
            let (coordinator, inside, granted) = (&coordinator, &inside, &granted);
            scope.spawn(move || {
                let worker = coordinator.register_worker();
                for round in 0..ROUNDS {
                    let reason = StopReason::ALL[(index + round as usize) % 3];
                    let stopped = worker.request_stw_pause(reason).expect("granted");
                    assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0, "two hold the world");
                    granted.fetch_add(1, Ordering::SeqCst);
                    inside.fetch_sub(1, Ordering::SeqCst);
                    drop(stopped);
                    worker.poll();
                }
            });
        }
    });
    assert_eq!(granted.into_inner(), WORKERS as u64 * ROUNDS);
    assert_eq!(coordinator.worker_count(), 0);
}

#[test]
fn a_workers_request_that_fails_leaves_it_running() {
    let coordinator = SafepointCoordinator::new();
    let worker = coordinator.register_worker();
    let token = coordinator.cancel_token();
    token.cancel();
    let answer = worker.request(StopReason::Debug).cancel(&token).stop();
    assert_eq!(answer.err(), Some(PauseError::Cancelled));
    assert_eq!(coordinator.workers()[0].state, WorkerState::Running);
}

#[test]
fn a_worker_hands_its_pause_to_another_thread_and_stays_stopped() {
    let coordinator = SafepointCoordinator::new();
    let crew = Crew::start(&coordinator, 2);
    let running = AtomicBool::new(false);
    thread::scope(|scope| {
        let (give, take) = std::sync::mpsc::channel();
        scope.spawn(|| {
            let give = give;
            let worker = coordinator.register_worker();
            let stopped = worker.request_stw_pause(StopReason::Debug).expect("granted");
            let (stopped, region) = stopped.hand_over();
            give.send(stopped).expect("the test takes it");
            drop(region); // waits until the test releases the world
            running.store(true, Ordering::SeqCst);
        });
        let stopped = take.recv().expect("the worker sends it");
        crew.stands_still(&stopped);
        assert_eq!(coordinator.workers_at_safepoint(), 3);
        assert!(!running.load(Ordering::SeqCst));
        drop(stopped);
        eventually("the worker runs on", || running.load(Ordering::SeqCst));
    });
    crew.finish();
}

#[test]
fn workers_come_and_go_while_pauses_arm_and_hold() {
    let coordinator = SafepointCoordinator::new();
    let done = AtomicBool::new(false);
    let running = AtomicU64::new(0);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    let worker = coordinator.register_worker();
                    for _ in 0..3 {
                        running.fetch_add(1, Ordering::SeqCst);
                        running.fetch_sub(1, Ordering::SeqCst);
                        worker.poll();
                    }
                    let _region = worker.enter_safe_region();
                }
            });
        }
        for _ in 0..1_000 {
            let stopped = gc(&coordinator);
            assert_eq!(running.load(Ordering::SeqCst), 0, "a worker runs in a stopped world");
            thread::yield_now();
            assert_eq!(running.load(Ordering::SeqCst), 0, "a worker runs in a stopped world");
            drop(stopped);
        }
        done.store(true, Ordering::Relaxed);
    });
    assert_eq!(coordinator.worker_count(), 0);
}

/// Runs `f`, which must panic, on a thread of its own that catches the panic.
fn panics(f: impl FnOnce() + Send) {
    thread::scope(|scope| {
        let thread = scope.spawn(|| {
            panic::catch_unwind(AssertUnwindSafe(|| {
                f();
            }))
            .is_err()
        });
        assert!(thread.join().expect("the panic was caught"));
    });
}

#[test]
fn a_pause_completes_without_a_worker_that_panics_and_names_it() {
    let recorder = Recorder::new();
    let config = Config { observer: Some(Arc::clone(&recorder) as _), ..Config::default() };
    let coordinator = SafepointCoordinator::with_config(config);
    let crew = Crew::start(&coordinator, 2);
    let parked = coordinator.register_parked();
    let id = parked.id();
    thread::scope(|scope| {
        let running = Arc::new(Barrier::new(2));
        let dying = scope.spawn({
            let running = Arc::clone(&running);
            move || {
                panics(|| {
                    let worker = parked.start();
                    running.wait();
                    eventually("the pause waits for this worker", || worker.poll_word().is_armed());
                    panic::resume_unwind(Box::new("a worker dies")); // runs no panic hook
                });
            }
        });
        running.wait();
        let stopped = gc(&coordinator);
        assert_eq!(stopped.report().dead, [id]);
        crew.stands_still(&stopped);
        drop(stopped);
        dying.join().expect("the panic was caught");
    });
    assert_eq!(recorder.count(|event| *event == Event::Died { worker: id }), 1);
    assert_eq!(gc(&coordinator).report().dead, []);
    assert_eq!(coordinator.worker_count(), 2);
    crew.finish();
}

#[test]
fn no_pause_waits_for_a_worker_that_was_declared_dead() {
    let coordinator = SafepointCoordinator::new();
    let late = Straggling::start(&coordinator, Place::default());
    thread::scope(|scope| {
        let requester = scope.spawn(|| gc(&coordinator).resume_from_pause().dead);
        eventually("the pause arms", || coordinator.is_pause_pending());
        assert!(late.mark_dead());
        assert_eq!(requester.join().expect("no panic"), [late.id]);
    });
    assert!(!late.mark_dead(), "the worker was dead already");
    assert_eq!(coordinator.worker_count(), 0);
    assert_eq!(coordinator.workers()[0].state, WorkerState::Dead);
    drop(gc(&coordinator));
    late.dies_at_its_poll();
}

#[test]
fn a_thread_that_was_declared_dead_and_polls_panics() {
    let coordinator = SafepointCoordinator::new();
    let worker = coordinator.register_worker();
    // SAFETY: this thread shares nothing with other workers.
    assert!(unsafe { worker.handle().mark_dead() });
    says_dead(|| worker.poll());
    drop(worker);
    assert_eq!(coordinator.register_worker().id().number(), 1);
}

#[test]
fn the_world_that_a_dead_worker_held_is_released() {
    let coordinator = SafepointCoordinator::new();
    let crew = Crew::start(&coordinator, 1);
    let worker = coordinator.register_worker();
    let held = worker.request_stw_pause(StopReason::GarbageCollection).expect("granted");
    crew.stands_still(&held);
    std::mem::forget(held); // as if the thread were gone without unwinding
    thread::scope(|scope| {
        let next = scope.spawn(|| coordinator.request_stw_pause(StopReason::Snapshot));
        eventually("the next request waits", || coordinator.pending_requests() == 1);
        // SAFETY: this thread touches nothing that the crew shares.
        assert!(unsafe { worker.handle().mark_dead() });
        drop(next.join().expect("no panic").expect("granted"));
    });
    crew.runs_on();
    crew.finish();
}

#[test]
fn a_world_that_was_handed_over_outlives_its_requester() {
    let coordinator = SafepointCoordinator::new();
    let crew = Crew::start(&coordinator, 1);
    let worker = coordinator.register_worker();
    let stopped = worker.request_stw_pause(StopReason::Debug).expect("nothing cancels this");
    let (world, region) = stopped.hand_over();
    // SAFETY: this thread touches nothing that the crew shares.
    assert!(unsafe { worker.handle().mark_dead() });
    crew.stands_still(&world);
    assert_eq!(coordinator.current_reason(), Some(StopReason::Debug));
    drop(world);
    crew.runs_on();
    says_dead(|| drop(region));
    drop(worker);
    drop(gc(&coordinator));
    crew.finish();
}

/// Fails unless `f` panics because a worker was declared dead.
fn says_dead(f: impl FnOnce()) {
    let message =
        panic::catch_unwind(AssertUnwindSafe(f)).expect_err("a dead worker must not run on");
    let message = message.downcast_ref::<String>().expect("a message in words");
    assert!(message.contains("declared dead"), "{message}");
}

#[test]
fn a_worker_declared_dead_in_a_safe_region_does_not_leave_it_while_the_world_is_held() {
    let coordinator = SafepointCoordinator::new();
    let (entered, left) = (Barrier::new(2), AtomicBool::new(false));
    let parked = coordinator.register_parked();
    let handle = parked.handle();
    thread::scope(|scope| {
        scope.spawn(|| {
            let worker = parked.start();
            let region = worker.enter_safe_region();
            entered.wait(); // in the region
            entered.wait(); // dead, and the world is stopped
            says_dead(|| drop(region));
            left.store(true, Ordering::SeqCst);
        });
        entered.wait();
        // SAFETY: its thread touches nothing but a flag that the test reads.
        assert!(unsafe { handle.mark_dead() });
        let stopped = gc(&coordinator);
        entered.wait();
        for _ in 0..200 {
            thread::yield_now();
            assert!(!left.load(Ordering::SeqCst), "a dead worker left its safe region");
        }
        drop(stopped);
        eventually("the thread leaves", || left.load(Ordering::SeqCst));
    });
}

#[test]
fn a_handle_never_reaches_the_next_owner_of_a_slot() {
    let coordinator = SafepointCoordinator::new();
    let gone = coordinator.register_worker();
    let handle = gone.handle();
    drop(gone);
    let next = coordinator.register_worker();
    assert_eq!(coordinator.workers().len(), 1, "the slot is used again");
    assert!(!handle.post(|_| panic!("ran for a worker that is gone")));
    // SAFETY: a worker that is gone does nothing.
    assert!(!unsafe { handle.mark_dead() });
    next.poll();
    assert_eq!(coordinator.workers()[0].state, WorkerState::Running);
}

#[test]
fn a_requester_that_was_declared_dead_does_not_disturb_the_next_pause() {
    let coordinator = SafepointCoordinator::new();
    let late = Straggling::start(&coordinator, Place::default());
    let crew = Crew::start(&coordinator, 1);
    let parked = coordinator.register_parked();
    let handle = parked.handle();
    let token = coordinator.cancel_token();
    thread::scope(|scope| {
        let dead = scope.spawn({
            let token = token.clone();
            move || {
                let worker = parked.start();
                says_dead(|| {
                    drop(worker.request(StopReason::GarbageCollection).cancel(&token).stop());
                });
            }
        });
        eventually("it waits for the straggler", || coordinator.current_reason().is_some());
        // SAFETY: its thread does nothing but request a pause.
        assert!(unsafe { handle.mark_dead() });
        late.let_go();
        let stopped = gc(&coordinator);
        token.cancel();
        // The dead worker's thread may have panicked before this pause was armed. That it does not run
        // while a pause is in force is checked by the model (`the_dead_do_not_walk`).
        crew.stands_still(&stopped);
        drop(stopped);
        dead.join().expect("the thread panics because its worker is dead");
    });
    crew.runs_on();
    crew.finish();
}

/// Work with nothing to do.
struct Nothing;

impl SharedWork for Nothing {
    fn help(&self, _: WorkerId) {}

    fn abandon(&self) {}
}

#[test]
fn a_dead_worker_has_no_effect_on_the_world_that_it_held() {
    let coordinator = SafepointCoordinator::new();
    let crew = Crew::start(&coordinator, 1);
    let worker = coordinator.register_worker();
    let world = worker.request_stw_pause(StopReason::GarbageCollection).expect("granted");
    // SAFETY: this thread uses the world only in calls that must fail.
    assert!(unsafe { worker.handle().mark_dead() });
    let stopped = gc(&coordinator);
    says_dead(|| world.operation_done());
    let chore: Arc<dyn SharedWork> = Arc::new(Nothing);
    says_dead(|| {
        world.with_help(1, &chore, || panic!("it runs in the next holder's world"));
    });
    crew.stands_still(&stopped);
    drop(stopped);
    says_dead(|| drop(world.hand_over()));
    drop(worker);
    crew.runs_on();
    crew.finish();
}
