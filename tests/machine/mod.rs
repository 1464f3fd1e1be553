//! Runs programs on native threads, for tests.
#![allow(dead_code, reason = "each test uses its part")]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use ::machine::vm::{LongestPath, Machine, MachineConfig, Outcome};
use bytecode::VerifiedModule;
use language::{Program, Source};
use safepoint::SafepointCoordinator;

/// Longer than anything here should take: a test that waits for so long hangs.
pub const LIMIT: Duration = Duration::from_secs(60);

/// A machine with its threads.
pub struct Running {
    pub machine: Machine,
    pub coordinator: SafepointCoordinator,
    threads: Vec<JoinHandle<()>>,
}

/// The outcome of a program.
#[derive(Debug, Clone)]
pub struct Ran {
    pub outcome: Outcome,
    pub output: String,
    /// Visible instructions of all workers.
    pub instructions: u64,
    pub polls: u64,
    /// Polls of each site, if profiling.
    pub hits: Vec<u64>,
    /// The longest path without a poll, if profiling.
    pub longest: Option<LongestPath>,
}

pub fn module(source: &str) -> VerifiedModule {
    match Program::load(Source::Text(source.to_owned())) {
        Ok(program) => program.module,
        Err(mistakes) => panic!("{mistakes:#?}\n{source}"),
    }
}

/// The programs of a folder of the project, by name; there are `least` at least.
pub fn programs(folder: &str, least: usize) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("the folder of programs")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| {
            let name = path.to_string_lossy();
            name.ends_with(".sasm") || (name.ends_with(".ts") && !name.ends_with(".d.ts"))
        })
        .collect();
    paths.sort();
    assert!(paths.len() >= least, "only {} programs were found", paths.len());
    let name = |path: &PathBuf| path.file_stem().expect("a name").to_string_lossy().into_owned();
    let text = |path: &PathBuf| std::fs::read_to_string(path).expect("a program");
    paths.iter().map(|path| (name(path), text(path))).collect()
}

/// Checks all of them, several at a time: programs that stop again and again wait most of the time.
pub fn side_by_side<T: Sync>(all: &[T], check: impl Fn(&T) + Sync) {
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some(one) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
                    check(one);
                }
            });
        }
    });
}

/// Starts a program on its workers, with a thread that ticks.
pub fn start(
    module: &VerifiedModule,
    workers: usize,
    settings: impl FnOnce(&mut MachineConfig),
) -> Running {
    let coordinator = SafepointCoordinator::new();
    let mut config = MachineConfig::new(coordinator.clone());
    config.workers = workers;
    settings(&mut config);
    let machine = Machine::new(module.clone(), config).expect("memory for a heap");
    start_machine(machine, coordinator)
}

/// Starts a machine on its workers, with a thread that ticks.
pub fn start_machine(machine: Machine, coordinator: SafepointCoordinator) -> Running {
    let workers = machine.workers();
    start_some(machine, coordinator, workers)
}

/// Starts a machine on its first workers; the others may follow.
pub fn start_some(machine: Machine, coordinator: SafepointCoordinator, workers: usize) -> Running {
    let mut running = Running::without_ticks(machine, coordinator);
    for index in 0..workers {
        running.add_worker(index);
    }
    let machine = running.machine.clone();
    running.threads.push(std::thread::spawn(move || {
        while machine.wait_outcome(Some(Duration::from_millis(2))).is_none() {
            machine.tick();
        }
    }));
    running
}

impl Running {
    /// A machine that has no worker yet, and no thread that ticks.
    pub fn without_ticks(machine: Machine, coordinator: SafepointCoordinator) -> Self {
        Self { machine, coordinator, threads: Vec::new() }
    }

    /// Starts one more of the machine's workers.
    pub fn add_worker(&mut self, index: usize) {
        let machine = self.machine.clone();
        self.threads.push(std::thread::spawn(move || {
            machine.run_worker(index).expect("a worker of this machine");
        }));
    }

    /// Waits for the end of the program and of its threads.
    pub fn finish(self) -> Ran {
        let outcome = self.machine.wait_outcome(Some(LIMIT)).expect("the program ends in time");
        for thread in self.threads {
            thread.join().expect("no worker panics");
        }
        let status = (0..self.machine.workers()).map(|index| self.machine.worker_status(index));
        let (instructions, polls) =
            status.clone().fold((0, 0), |sum, of| (sum.0 + of.instructions, sum.1 + of.polls));
        let longest = status.filter_map(|of| of.longest).max_by_key(|path| path.instructions);
        let output = self.machine.output_since(0).text;
        assert_eq!(self.coordinator.worker_count(), 0, "a worker was left behind");
        let hits = self.machine.site_hits();
        Ran { outcome, output, instructions, polls, hits, longest }
    }

    /// Stops the program and waits for its threads.
    pub fn stop(self) -> Ran {
        self.machine.stop();
        self.finish()
    }

    /// Waits until a condition holds.
    pub fn wait_for(&self, what: &str, mut condition: impl FnMut(&Machine) -> bool) {
        let begin = std::time::Instant::now();
        while !condition(&self.machine) {
            assert!(begin.elapsed() < LIMIT, "waited in vain for {what}");
            std::thread::yield_now();
        }
    }

    /// Visible instructions that the workers have published.
    pub fn instructions(&self) -> Vec<u64> {
        let workers = 0..self.machine.workers();
        workers.map(|index| self.machine.worker_status(index).instructions).collect()
    }
}

/// Runs a program to its end.
pub fn run(source: &str, workers: usize) -> Ran {
    start(&module(source), workers, |_| {}).finish()
}

/// Keeps an observer's events.
#[derive(Default)]
pub struct Events(pub std::sync::Mutex<Vec<(Option<usize>, ::machine::vm::MachineEvent)>>);

impl ::machine::vm::MachineObserver for Events {
    fn event(&self, worker: Option<usize>, event: ::machine::vm::MachineEvent) {
        self.0.lock().expect("no panic while noting").push((worker, event));
    }
}

impl Events {
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    pub fn all(&self) -> Vec<::machine::vm::MachineEvent> {
        self.0.lock().expect("no panic while noting").iter().map(|(_, event)| *event).collect()
    }
}
