//! Runs a program on threads and waits for conditions, never for time; every wait has a limit.
#![allow(dead_code)] // each test takes what it needs

use std::time::Duration;

use safepoint::clock;
use safepoint_lab::lab::views::RunOptions;
use safepoint_lab::lab::{Lab, Run, Source};

/// How long anything may take before the test gives up.
const LIMIT: Duration = Duration::from_secs(60);

/// The threads on which workers run.
pub trait Threads {
    /// Runs `job` on a thread of its own.
    fn spawn(&self, job: Box<dyn FnOnce() + Send>);

    /// Processors that they share, when known.
    fn cores(&self) -> Option<usize>;
}

/// Threads of the operating system.
#[cfg(not(target_arch = "wasm32"))]
pub struct Native;

#[cfg(not(target_arch = "wasm32"))]
impl Threads for Native {
    fn spawn(&self, job: Box<dyn FnOnce() + Send>) {
        std::thread::spawn(job);
    }

    fn cores(&self) -> Option<usize> {
        std::thread::available_parallelism().ok().map(usize::from)
    }
}

/// A program on its workers. When dropped, it is stopped, and the workers have left.
pub struct Stage<'t> {
    pub lab: Lab,
    pub run: Run,
    threads: &'t dyn Threads,
}

impl<'t> Stage<'t> {
    /// Starts a program for `workers` workers, of which the first `working` begin at once.
    pub fn new(threads: &'t dyn Threads, source: &str, workers: usize, working: usize) -> Self {
        let options = RunOptions { workers, heap: 4 << 20, ..RunOptions::default() };
        Self::with(threads, source, &options, working)
    }

    /// The same with other options.
    pub fn with(
        threads: &'t dyn Threads,
        source: &str,
        options: &RunOptions,
        working: usize,
    ) -> Self {
        let lab = Lab::new();
        lab.set_cores(threads.cores());
        let loaded = lab.load(Source::Text(source.into()));
        assert!(loaded.ok, "{:?}", loaded.errors);
        let run = lab.start(options).expect("the run starts");
        let stage = Self { lab, run, threads };
        for index in 0..working {
            stage.add_worker(index);
        }
        stage.until("registration", || stage.run.coordinator().worker_count() == working);
        stage
    }

    /// Starts one more worker.
    pub fn add_worker(&self, index: usize) {
        let run = self.run.clone();
        self.threads.spawn(Box::new(move || run.work(index).expect("a seat of its own")));
    }

    /// Ticks until a condition is true.
    pub fn until(&self, what: &str, mut so: impl FnMut() -> bool) {
        let begin = clock::now();
        while !so() {
            assert!(clock::now().since(begin) < LIMIT, "waited in vain for {what}");
            self.run.machine().tick();
            std::thread::yield_now();
        }
    }

    /// Visible instructions that each worker has published.
    pub fn instructions(&self) -> Vec<u64> {
        let machine = self.run.machine();
        (0..machine.workers()).map(|index| machine.worker_status(index).instructions).collect()
    }

    /// All instructions together.
    pub fn progress(&self) -> u64 {
        self.instructions().iter().sum()
    }

    /// Waits until the workers have executed more instructions than before.
    pub fn until_they_go_on(&self) {
        let before = self.progress();
        self.until("the workers to go on", || {
            self.progress() > before || self.run.finished().is_some()
        });
    }

    /// What the program returned.
    pub fn result(&self) -> Option<String> {
        self.until("the end of the program", || self.run.finished().is_some());
        self.run.finished().and_then(|finished| finished.result)
    }
}

impl Drop for Stage<'_> {
    fn drop(&mut self) {
        self.run.stop();
        if !std::thread::panicking() {
            self.until("the workers to leave", || self.run.coordinator().worker_count() == 0);
        }
    }
}
