//! Stopped workers that help the holder.
#![cfg(not(any(loom, shuttle, target_arch = "wasm32")))]

mod support;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;

use safepoint::{HelpReport, SafepointCoordinator, SharedWork, StopReason, StoppedWorld, WorkerId};
use support::{Crew, eventually};

/// Work that lasts until `let_go` is set or it is abandoned.
#[derive(Default)]
struct Chore {
    inside: AtomicU32,
    let_go: AtomicBool,
    abandoned: AtomicBool,
    /// Panics instead, as work with a bug does.
    panics: bool,
}

impl SharedWork for Chore {
    fn help(&self, _: WorkerId) {
        self.inside.fetch_add(1, Ordering::Relaxed);
        if self.panics {
            std::panic::resume_unwind(Box::new("part of the test")); // runs no panic hook
        }
        while !self.let_go.load(Ordering::Relaxed) && !self.abandoned.load(Ordering::Relaxed) {
            thread::yield_now();
        }
        self.inside.fetch_sub(1, Ordering::Relaxed);
    }

    fn abandon(&self) {
        self.abandoned.store(true, Ordering::Relaxed);
    }
}

fn stop(coordinator: &SafepointCoordinator) -> StoppedWorld<'static> {
    coordinator.request_stw_pause(StopReason::GarbageCollection).expect("granted")
}

/// The same work, in the type that the holder offers.
fn shared(chore: &Arc<Chore>) -> Arc<dyn SharedWork> {
    Arc::clone(chore) as Arc<dyn SharedWork>
}

#[test]
fn one_worker_per_place_helps_and_stays_stopped() {
    let coordinator = SafepointCoordinator::new();
    let crew = Crew::start(&coordinator, 6);
    for most in [1, 3] {
        let stopped = stop(&coordinator);
        let chore = Arc::new(Chore::default());
        let before = crew.steps();
        let ((), report) = stopped.with_help(most, &shared(&chore), || {
            eventually("every place is taken", || chore.inside.load(Ordering::Relaxed) == most);
            assert_eq!(coordinator.workers_at_safepoint(), 6);
            crew.stands_still(&stopped);
            chore.let_go.store(true, Ordering::Relaxed);
        });
        assert_eq!((report.helped, report.lost), (most, false));
        assert_eq!(chore.inside.load(Ordering::Relaxed), 0, "a worker still helps");
        assert_eq!(before, crew.steps());
        drop(stopped);
        crew.runs_on();
    }
    crew.finish();
}

#[test]
fn the_holder_does_not_wait_for_workers_that_do_not_help() {
    let coordinator = SafepointCoordinator::new();
    // A worker that sleeps in a safe region, and one that is registered but has no thread yet.
    let worker = coordinator.register_worker();
    let _blocked = worker.enter_safe_region();
    let _parked = coordinator.register_parked();
    let stopped = stop(&coordinator);
    let (result, report) = stopped.with_help(2, &shared(&Arc::default()), || 7);
    assert_eq!((result, report), (7, HelpReport::default()));
}

#[test]
fn a_worker_that_leaves_a_safe_region_during_the_work_helps() {
    let coordinator = SafepointCoordinator::new();
    let worker = coordinator.register_worker();
    let leave = Arc::new(AtomicBool::new(false));
    let ran = Arc::new(AtomicBool::new(false));
    let (inside, entered) = std::sync::mpsc::channel();
    let thread = thread::spawn({
        let (leave, ran) = (Arc::clone(&leave), Arc::clone(&ran));
        move || {
            let region = worker.enter_safe_region();
            inside.send(()).expect("the test waits");
            eventually("the worker may leave", || leave.load(Ordering::Acquire));
            drop(region);
            ran.store(true, Ordering::Relaxed);
        }
    });
    entered.recv().expect("the worker enters its region");
    let stopped = stop(&coordinator);
    let chore = Arc::new(Chore::default());
    let ((), report) = stopped.with_help(1, &shared(&chore), || {
        leave.store(true, Ordering::Release);
        eventually("the worker helps", || chore.inside.load(Ordering::Relaxed) == 1);
        chore.let_go.store(true, Ordering::Relaxed);
    });
    assert_eq!((report.helped, report.lost), (1, false));
    assert!(!ran.load(Ordering::Relaxed), "the worker ran in a stopped world");
    drop(stopped);
    thread.join().expect("the worker ends");
}

#[test]
fn an_operation_that_panics_sends_its_helpers_back_and_releases_the_world() {
    let coordinator = SafepointCoordinator::new();
    let crew = Crew::start(&coordinator, 2);
    let chore = Arc::new(Chore::default());
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        let stopped = stop(&coordinator);
        stopped.with_help(2, &shared(&chore), || {
            eventually("both help", || chore.inside.load(Ordering::Relaxed) == 2);
            std::panic::resume_unwind(Box::new("part of the test")); // runs no panic hook
        })
    }));
    assert!(panicked.is_err());
    assert!(chore.abandoned.load(Ordering::Relaxed));
    assert_eq!(chore.inside.load(Ordering::Relaxed), 0, "a worker still helps");
    crew.runs_on();
    drop(stop(&coordinator));
    crew.finish();
}

#[test]
fn a_helper_that_panics_is_reported_and_lives_on() {
    let coordinator = SafepointCoordinator::new();
    let crew = Crew::start(&coordinator, 1);
    let stopped = stop(&coordinator);
    let chore = Arc::new(Chore { panics: true, ..Chore::default() });
    let ((), report) = stopped.with_help(1, &shared(&chore), || {
        eventually("the helper has panicked", || chore.abandoned.load(Ordering::Relaxed));
        crew.stands_still(&stopped);
    });
    assert_eq!((report.helped, report.lost), (1, true));
    drop(stopped);
    // The work is not the worker's code, so the worker runs on.
    crew.runs_on();
    assert_eq!(coordinator.worker_count(), 1);
    crew.finish();
}

#[test]
fn when_the_holder_dies_its_helpers_come_back_before_the_world_runs() {
    let coordinator = SafepointCoordinator::new();
    let crew = Crew::start(&coordinator, 2);
    let holder = coordinator.register_worker();
    let handle = holder.handle();
    let chore = Arc::new(Chore::default());
    // As if its thread were terminated in the middle of the operation: it waits for the test's end.
    let (over, is_over) = std::sync::mpsc::channel::<()>();
    let thread = thread::spawn({
        let chore = Arc::clone(&chore);
        move || {
            let stopped = holder.request_stw_pause(StopReason::GarbageCollection).expect("granted");
            stopped.with_help(2, &shared(&chore), || is_over.recv().is_err());
            drop(stopped);
        }
    });
    eventually("both help", || chore.inside.load(Ordering::Relaxed) == 2);
    // SAFETY: its thread only waits, and then lets go of the world, which it no longer has.
    assert!(unsafe { handle.mark_dead() });
    assert_eq!(chore.inside.load(Ordering::Relaxed), 0, "a worker still helps");
    crew.runs_on();
    drop(over);
    assert!(thread.join().is_err(), "a worker that was declared dead ran on");
    crew.finish();
}

#[test]
fn an_offer_within_an_offer_gets_no_helpers() {
    let coordinator = SafepointCoordinator::new();
    let crew = Crew::start(&coordinator, 2);
    let stopped = stop(&coordinator);
    let (outer, inner) = (Arc::new(Chore::default()), Arc::new(Chore::default()));
    let (report_within, _) = stopped.with_help(1, &shared(&outer), || {
        eventually("one helps", || outer.inside.load(Ordering::Relaxed) == 1);
        let ((), report) = stopped.with_help(1, &shared(&inner), || {});
        outer.let_go.store(true, Ordering::Relaxed);
        report
    });
    assert_eq!(report_within, HelpReport::default());
    drop(stopped);
    crew.finish();
}
