//! The names and signatures that the coordinator promises.
#![cfg(not(any(loom, shuttle, target_arch = "wasm32")))]

use safepoint::{PauseError, SafepointCoordinator, StopReason};

/// The promised names (register, poll, request, resume), on sound signatures.
#[test]
fn the_promised_names_compile_and_work() -> Result<(), Box<dyn std::error::Error>> {
    let coordinator = SafepointCoordinator::new(); // a handle, cheap to clone, Send + Sync
    let worker = coordinator.register_worker(); // Send; dropping it deregisters
    worker.poll(); // #[inline(always)]
    let other = std::thread::spawn({
        let coordinator = coordinator.clone();
        move || {
            let worker = coordinator.register_worker();
            while coordinator.stats().pauses() < 3 {
                worker.poll();
            }
        }
    });
    {
        let _blocked = worker.enter_safe_region(); // counts as stopped in between
        let stopped = coordinator.request_stw_pause(StopReason::GarbageCollection)?; // waits for its turn
        stopped.resume_from_pause(); // dropping it does the same
        match coordinator.request(StopReason::Debug).try_stop() {
            Err(PauseError::Busy { active }) => panic!("{active} has the world"),
            granted => drop(granted?),
        }
    }
    match coordinator
        .request(StopReason::Snapshot)
        .timeout(std::time::Duration::from_millis(200))
        .stop()
    {
        Err(PauseError::TimedOut { stragglers }) => {
            assert!(stragglers.iter().any(|late| late.worker == worker.id()));
        }
        granted => panic!("granted although a worker runs and does not poll: {granted:?}"),
    }
    let stopped = worker.request_stw_pause(StopReason::GarbageCollection)?; // from inside a worker
    assert_eq!(coordinator.worker_count(), coordinator.workers_at_safepoint());
    assert!(coordinator.is_pause_pending());
    assert_eq!(coordinator.current_reason(), Some(StopReason::GarbageCollection));
    drop(stopped);
    let stats = coordinator.stats();
    assert_eq!(stats.of(StopReason::GarbageCollection).pauses, 2);
    assert_eq!(stats.of(StopReason::Snapshot).timed_out, 1);
    other.join().expect("the other worker ends after three pauses");
    coordinator.reset_stats();
    assert_eq!(coordinator.stats().pauses(), 0);
    Ok(())
}
