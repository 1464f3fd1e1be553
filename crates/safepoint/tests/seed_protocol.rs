//! A negative control: the protocol of the first description of this coordinator (a milestone of the
//! virtual machine for which it was made), under the check that the real protocol passes.
//!
//! Written from that description: three flags that a poll loads one after the other, a count of the
//! workers at the safepoint, a barrier among the workers alone, and a requester that spins until the
//! count equals the number of workers. The tests show its mistakes:
//!
//! - The barrier opens when the last *worker* arrives, even if the operation is not done. So the workers
//!   run on while the requester believes that the world is stopped. They come back again and again as
//!   long as the flag is set, so one request counts as many safepoints.
//! - The count reaches the number of workers only for a moment, so the requester may never see it.
//! - Workers that are at the barrier when the flags are cleared wait for others that no longer come.
#![cfg(not(any(loom, shuttle, target_arch = "wasm32")))]

mod support;

use safepoint::{SafepointCoordinator, StopReason};
use std::{
    hint,
    sync::{
        Arc, Barrier,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
};
use support::{Crew, eventually};

/// The coordinator of that description.
struct Seed {
    workers: usize,
    gc_pending: AtomicBool,
    snapshot_pending: AtomicBool,
    debug_pending: AtomicBool,
    at_safepoint: AtomicUsize,
    barrier: Barrier,
    safepoints: AtomicUsize,
}

impl Seed {
    fn new(workers: usize) -> Self {
        Self {
            workers,
            gc_pending: AtomicBool::new(false),
            snapshot_pending: AtomicBool::new(false),
            debug_pending: AtomicBool::new(false),
            at_safepoint: AtomicUsize::new(0),
            barrier: Barrier::new(workers),
            safepoints: AtomicUsize::new(0),
        }
    }

    fn poll(&self) {
        if self.gc_pending.load(Ordering::Acquire)
            || self.snapshot_pending.load(Ordering::Acquire)
            || self.debug_pending.load(Ordering::Acquire)
        {
            self.at_safepoint.fetch_add(1, Ordering::AcqRel);
            self.barrier.wait();
            self.at_safepoint.fetch_sub(1, Ordering::AcqRel);
            self.safepoints.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Returns true when it has seen all workers at the safepoint, and false when `enough` is set.
    fn request_gc_pause(&self, enough: &AtomicBool) -> bool {
        self.gc_pending.store(true, Ordering::Release);
        while !enough.load(Ordering::Relaxed) {
            if self.at_safepoint.load(Ordering::Acquire) == self.workers {
                return true;
            }
            hint::spin_loop();
        }
        false
    }
}

#[test]
fn a_barrier_among_the_workers_does_not_hold_the_pause() {
    const WORKERS: usize = 4;
    /// A request that stops four workers once counts as four safepoints.
    const FAR_TOO_MANY: usize = 100 * WORKERS;
    let seed = Arc::new(Seed::new(WORKERS));
    let steps = Arc::new(AtomicUsize::new(0));
    let done = Arc::new(AtomicBool::new(false));
    // Never joined: in this protocol some threads end at a barrier that does not open again.
    for _ in 0..WORKERS {
        let (seed, steps, done) = (Arc::clone(&seed), Arc::clone(&steps), Arc::clone(&done));
        thread::spawn(move || {
            while !done.load(Ordering::Relaxed) {
                steps.fetch_add(1, Ordering::Relaxed);
                seed.poll();
            }
        });
    }
    eventually("workers run", || steps.load(Ordering::Relaxed) > 1_000);
    let enough = AtomicBool::new(false);
    thread::scope(|scope| {
        let requester = scope.spawn(|| {
            if seed.request_gc_pause(&enough) {
                let before = steps.load(Ordering::Relaxed);
                eventually("workers run in the stopped world", || {
                    steps.load(Ordering::Relaxed) > before + WORKERS
                });
            }
        });
        eventually("one request counts as far too many safepoints", || {
            seed.safepoints.load(Ordering::Relaxed) > FAR_TOO_MANY
        });
        enough.store(true, Ordering::Relaxed);
        requester.join().expect("the requester ends");
    });
    done.store(true, Ordering::Relaxed);
}

/// The same on the real coordinator: workers stand still, and each arrives once for one request.
#[test]
fn the_real_protocol_holds_the_pause() {
    const WORKERS: usize = 4;
    let coordinator = SafepointCoordinator::new();
    let crew = Crew::start(&coordinator, WORKERS);
    let stopped = coordinator.request_stw_pause(StopReason::GarbageCollection).expect("granted");
    crew.stands_still(&stopped);
    drop(stopped);
    crew.runs_on();
    assert_eq!(coordinator.stats().of(StopReason::GarbageCollection).arrivals, WORKERS as u64);
    crew.finish();
}
