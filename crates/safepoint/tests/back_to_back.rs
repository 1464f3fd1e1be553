//! Pauses back to back: no worker runs in a stopped world, and every worker runs again.
#![cfg(not(any(loom, shuttle, target_arch = "wasm32")))]

mod support;

use safepoint::{SafepointCoordinator, StopReason};
use std::{collections::HashSet, thread};
use support::{Crew, eventually};

#[test]
fn a_thousand_pauses_back_to_back_with_eight_workers() {
    const PAUSES: u64 = 1_000;
    let coordinator = SafepointCoordinator::new();
    let crew = Crew::start(&coordinator, 8);
    let mut ids = HashSet::new();
    for pause in 0..PAUSES {
        let reason = StopReason::ALL[pause as usize % 3];
        let stopped = coordinator.request_stw_pause(reason).expect("granted");
        assert!(ids.insert(stopped.id()), "{} came twice", stopped.id());
        assert_eq!(coordinator.workers_at_safepoint(), 8);
        let steps = crew.steps();
        thread::yield_now();
        assert_eq!(steps, crew.steps(), "a worker ran during {}", stopped.id());
        let report = stopped.resume_from_pause();
        assert_eq!(report.arrivals.len(), 8);
        assert!(report.arrivals.is_sorted_by_key(|arrival| arrival.after));
        for arrival in report.arrivals.iter() {
            assert!(arrival.progress >= arrival.progress_at_arm);
            assert!(arrival.after <= report.ttsp);
        }
    }
    crew.runs_on();
    assert_eq!(coordinator.stats().pauses(), PAUSES);
    eventually("every worker runs again", || coordinator.workers_at_safepoint() == 0);
    crew.finish();
}

#[test]
fn writes_cross_a_pause_in_both_directions() {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};
    // Relaxed on purpose: only the protocol orders them.
    let cells: Arc<[AtomicU64; 2]> = Arc::new([AtomicU64::new(0), AtomicU64::new(0)]);
    let coordinator = SafepointCoordinator::new();
    let crew = Crew::with_step(&coordinator, 3, {
        let cells = Arc::clone(&cells);
        move |worker, _| {
            let [first, second] = &*cells;
            let seen = second.load(Ordering::Relaxed);
            assert!(first.load(Ordering::Relaxed) >= seen, "an operation's writes came apart");
            worker.poll();
        }
    });
    for round in 1..=500 {
        let stopped = coordinator.request_stw_pause(StopReason::Snapshot).expect("granted");
        cells[1].store(round, Ordering::Relaxed);
        cells[0].store(round, Ordering::Relaxed);
        drop(stopped);
    }
    crew.finish();
}
