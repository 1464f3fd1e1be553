//! Workers and observers for tests, and a wait for conditions.
#![allow(dead_code, reason = "each test file uses a part of this")]

use safepoint::clock::Timestamp;
use safepoint::{
    Event, Observer, Place, SafepointCoordinator, StoppedWorld, Worker, WorkerHandle, WorkerId,
};
use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

/// How long a condition may take to come true before a test fails. It does not measure speed.
pub const LIMIT: Duration = Duration::from_secs(30);

/// Waits until `condition` holds, and fails the test with `what` if it does not in time.
pub fn eventually(what: &str, mut condition: impl FnMut() -> bool) {
    let end = Instant::now() + LIMIT;
    while !condition() {
        assert!(Instant::now() < end, "waited {LIMIT:?} in vain: {what}");
        thread::yield_now();
    }
}

/// Threads that poll and count their steps.
pub struct Crew {
    steps: Arc<Vec<AtomicU64>>,
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
    pub ids: Vec<WorkerId>,
}

impl Crew {
    /// `count` workers whose step is a poll.
    pub fn start(coordinator: &SafepointCoordinator, count: usize) -> Self {
        Self::with_step(coordinator, count, |worker, step| {
            worker.poll_at(Place::at(step));
        })
    }

    /// `count` workers that repeat `step`. Its second argument is the number of the step.
    pub fn with_step(
        coordinator: &SafepointCoordinator,
        count: usize,
        step: impl Fn(&Worker, u64) + Send + Sync + 'static,
    ) -> Self {
        let steps: Arc<Vec<_>> = Arc::new((0..count).map(|_| AtomicU64::new(0)).collect());
        let stop = Arc::new(AtomicBool::new(false));
        let step = Arc::new(step);
        let parked: Vec<_> = (0..count).map(|_| coordinator.register_parked()).collect();
        let ids = parked.iter().map(|worker| worker.id()).collect();
        let threads = parked
            .into_iter()
            .enumerate()
            .map(|(index, parked)| {
                let (steps, stop, step) =
                    (Arc::clone(&steps), Arc::clone(&stop), Arc::clone(&step));
                thread::spawn(move || {
                    let worker = parked.start();
                    while !stop.load(Ordering::Relaxed) {
                        let done = steps[index].fetch_add(1, Ordering::Relaxed) + 1;
                        worker.note_progress(done);
                        step(&worker, done);
                    }
                })
            })
            .collect();
        let crew = Self { steps, stop, threads, ids };
        crew.runs_on();
        crew
    }

    /// The number of steps that each worker has made.
    pub fn steps(&self) -> Vec<u64> {
        self.steps.iter().map(|steps| steps.load(Ordering::Relaxed)).collect()
    }

    /// Fails if any worker makes a step while the world is stopped.
    pub fn stands_still(&self, _stopped: &StoppedWorld<'_>) {
        let before = self.steps();
        for _ in 0..200 {
            thread::yield_now();
            assert_eq!(before, self.steps(), "a worker ran in a stopped world");
        }
    }

    /// Waits until every worker has made a step.
    pub fn runs_on(&self) {
        let before = self.steps();
        eventually("every worker runs on", || {
            self.steps().iter().zip(&before).all(|(now, before)| now > before)
        });
    }

    /// Ends all workers.
    pub fn finish(mut self) {
        self.stop.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            thread.join().expect("a worker ends without a panic");
        }
    }
}

impl Drop for Crew {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

/// A worker that runs and never polls, until it is let go.
pub struct Straggling {
    go: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
    pub id: WorkerId,
    handle: WorkerHandle,
}

impl Straggling {
    /// Starts the worker, which notes `place` and does not poll until it is let go.
    pub fn start(coordinator: &SafepointCoordinator, place: Place) -> Self {
        let go = Arc::new(AtomicBool::new(false));
        let parked = coordinator.register_parked();
        let (id, handle) = (parked.id(), parked.handle());
        let running = Arc::new(AtomicBool::new(false));
        let thread = thread::spawn({
            let (go, running) = (Arc::clone(&go), Arc::clone(&running));
            move || {
                let worker = parked.start();
                worker.note(place);
                running.store(true, Ordering::Release);
                while !go.load(Ordering::Acquire) {
                    thread::yield_now();
                }
                worker.poll();
            }
        });
        eventually("the straggler runs", || running.load(Ordering::Acquire));
        Self { go, thread: Some(thread), id, handle }
    }

    /// Declares the worker dead although its thread lives; false if it was dead already.
    pub fn mark_dead(&self) -> bool {
        // SAFETY: its thread touches nothing but its own flag before its next poll.
        unsafe { self.handle.mark_dead() }
    }

    /// Lets the worker poll, and fails unless the poll panics: for a worker that was declared dead.
    pub fn dies_at_its_poll(mut self) {
        self.let_go();
        let thread = self.thread.take().expect("the thread has not ended");
        assert!(thread.join().is_err(), "a worker that was declared dead ran on");
    }

    /// Lets the worker poll and end.
    pub fn let_go(&self) {
        self.go.store(true, Ordering::Release);
    }
}

impl Drop for Straggling {
    fn drop(&mut self) {
        self.let_go();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
            && !thread::panicking()
        {
            panic!("the straggler panicked");
        }
    }
}

/// Records every event.
#[derive(Default)]
pub struct Recorder {
    events: Mutex<Vec<(Option<WorkerId>, Timestamp, Event)>>,
}

impl Recorder {
    pub fn new() -> Arc<Self> {
        Arc::new(Self::default())
    }

    /// All events so far.
    pub fn events(&self) -> Vec<(Option<WorkerId>, Timestamp, Event)> {
        self.events.lock().expect("no recorder panics").clone()
    }

    /// The number of events so far that satisfy `which`.
    pub fn count(&self, which: impl Fn(&Event) -> bool) -> usize {
        self.events().iter().filter(|(_, _, event)| which(event)).count()
    }
}

impl Observer for Recorder {
    fn observe(&self, worker: Option<WorkerId>, at: Timestamp, event: &Event) {
        self.events.lock().expect("no recorder panics").push((worker, at, event.clone()));
    }
}
