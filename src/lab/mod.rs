//! Composes coordinator, machine, operations and records: a program, a run of it, and the views of both for scripts
//! and pages. Runs natively and in the browser.

mod accounts;
mod begun;
mod causes;
mod debugger;
mod figures;
mod halted;
mod handshakes;
mod hold;
mod journal;
mod json;
mod lanes;
mod lateness;
mod layout;
mod noted;
mod options;
mod places;
mod reason;
mod record;
mod recorder;
mod run;
mod sentence;
mod stretch;
mod thread_clock;
pub mod views;

use serde::Serialize;

pub use debugger::{BreakpointOptions, STEP_INSTRUCTIONS};
pub use json::json;
pub use language::{Program, Source};
pub use layout::{CancelLayout, Layout, RingLayout, StatusLayout};
pub use recorder::Recorder;
pub use run::{HEAP_BYTES, MOST_WORKERS, News, Run, Surroundings};
pub use sentence::{Conditions, duration, sentence};

use std::sync::{Arc, OnceLock};

use machine::vm::TierHost;
use safepoint::sync::{AtomicUsize, Mutex, Ordering, lock};

use machine::snapshot::{Description, Snapshot};
use views::{Loaded, Pause, Reason, Refusal, RestoreOptions, RunOptions, Stats};

/// One laboratory: at most one loaded program and one run at a time.
#[derive(Default)]
pub struct Lab {
    program: Mutex<Option<Program>>,
    run: Mutex<Option<Run>>,
    debugger: debugger::Settings,
    /// 0 when unknown. Relaxed: a figure that orders nothing.
    cores: AtomicUsize,
    tier: OnceLock<Arc<dyn TierHost>>,
}

/// The result of restoring a snapshot.
pub struct Restored {
    /// The run, whose workers are the threads that call [`Run::work`].
    pub run: Run,
    /// For how many of them it was made.
    pub workers: usize,
    /// Its program.
    pub program: views::Program,
    /// What is in the snapshot.
    pub snapshot: Description,
}

/// The result of restoring a snapshot whose program was read elsewhere.
#[derive(Serialize)]
pub struct Resumed {
    /// The run, whose workers are the threads that call [`Run::work`].
    #[serde(skip)]
    pub run: Run,
    /// For how many of them it was made.
    pub workers: usize,
    /// What is in the snapshot.
    pub snapshot: Description,
}

fn get<T: Clone>(slot: &Mutex<Option<T>>) -> Option<T> {
    lock(slot).clone()
}

fn set<T>(slot: &Mutex<Option<T>>, value: T) {
    *lock(slot) = Some(value);
}

impl Lab {
    /// A laboratory without a program.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets how many cores the workers share, for the sentences about pauses.
    pub fn set_cores(&self, cores: Option<usize>) {
        self.cores.store(cores.unwrap_or(0), Ordering::Relaxed);
    }

    /// Reads a program and takes it for the next run. If there are errors, the previous program stays loaded.
    pub fn load(&self, source: Source) -> Loaded {
        let program = Program::load(source);
        let loaded = Program::loaded(&program);
        if let Ok(program) = program {
            self.take(program);
        }
        loaded
    }

    /// Takes a program for the next run.
    pub fn take(&self, program: Program) {
        set(&self.program, program);
        // The breakpoints belonged to the previous program.
        self.debugger.remove(None);
    }

    /// Begins a run of the loaded program; its workers are the threads that call [`Run::work`]. A run
    /// that is still in progress is stopped.
    ///
    /// # Errors
    /// In words: no program, options out of range, no memory for the heap.
    pub fn start(&self, options: &RunOptions) -> Result<Run, Refusal> {
        let Some(program) = get(&self.program) else {
            return Err(Refusal::failed("No program is loaded; choose or write one first.".into()));
        };
        self.stop();
        let (breakpoints, break_on_trap) = self.debugger.of_next_run(&program.module);
        let run = Run::with_breakpoints(
            &program,
            options,
            self.surroundings(),
            breakpoints,
            break_on_trap,
        )
        .map_err(Refusal::failed)?;
        set(&self.run, run.clone());
        Ok(run)
    }

    /// Begins a run that goes on from a snapshot, whose program becomes the loaded one. `options.workers`, `heap` and
    /// `policy` need not be the snapshot's.
    ///
    /// # Errors
    /// In words: no snapshot, a damaged or newer one, options out of range, a heap that is too small.
    pub fn restore(&self, bytes: &[u8], options: &RestoreOptions) -> Result<Restored, Refusal> {
        let mut view = None;
        let resumed = self.restore_program(bytes, options, |snapshot| {
            let program = Program::restored(snapshot.module(), snapshot.source());
            view = Some(program.view());
            Ok(program)
        })?;
        let Resumed { run, workers, snapshot } = resumed;
        let program = view.ok_or_else(Refusal::not_running)?;
        Ok(Restored { run, workers, program, snapshot })
    }

    /// As [`restore`](Self::restore), of a program that was read elsewhere.
    ///
    /// # Errors
    /// As there, and those of `program`.
    pub fn restore_program(
        &self,
        bytes: &[u8],
        options: &RestoreOptions,
        program: impl FnOnce(&Snapshot<'_>) -> Result<Program, Refusal>,
    ) -> Result<Resumed, Refusal> {
        let snapshot = Snapshot::read(bytes).map_err(|error| Refusal::snapshot(&error))?;
        let description = snapshot.describe();
        let program = program(&snapshot)?;
        let options = options.over(&description);
        let run = Run::restored(&program, snapshot, &options, self.surroundings())
            .map_err(Refusal::failed)?;
        self.stop();
        self.take(program);
        set(&self.run, run.clone());
        Ok(Resumed { run, workers: options.workers, snapshot: description })
    }

    /// Has what is hot compiled and made callable by this from now on. Only the first call has an effect.
    pub fn set_tier(&self, tier: Arc<dyn TierHost>) {
        let _ = self.tier.set(tier);
    }

    fn surroundings(&self) -> Surroundings {
        let cores = Some(self.cores.load(Ordering::Relaxed)).filter(|&cores| cores > 0);
        Surroundings { cores, tier: self.tier.get().cloned() }
    }

    /// The run that was started last.
    pub fn run(&self) -> Option<Run> {
        get(&self.run)
    }

    /// See [`Run::pause`].
    ///
    /// # Errors
    /// As there, and when nothing was started.
    pub fn pause(&self, reason: Reason, by: &str) -> Result<Pause, Refusal> {
        self.run().ok_or_else(Refusal::not_running)?.pause(reason, by)
    }

    /// See [`Run::resume`].
    pub fn resume(&self) -> Option<Pause> {
        self.run()?.resume()
    }

    /// See [`Run::awaiting`].
    pub fn awaiting(&self) -> Option<views::Awaiting> {
        self.run()?.awaiting()
    }

    /// See [`Run::cycle`].
    ///
    /// # Errors
    /// As there, and when nothing was started.
    pub fn cycle(&self, reason: Reason, by: &str) -> Result<Pause, Refusal> {
        self.run().ok_or_else(Refusal::not_running)?.cycle(reason, by)
    }

    /// See [`Run::stop`].
    pub fn stop(&self) {
        if let Some(run) = self.run() {
            run.stop();
        }
    }

    /// The run in progress of a program.
    fn run_of(&self, program: &Program) -> Option<Run> {
        let run = self.run()?;
        let same = program.module.is(run.machine().module());
        (same && run.machine().outcome().is_none()).then_some(run)
    }

    /// Sets a breakpoint in the loaded program, for this run and those to come until another program is loaded. Its
    /// number is the first that is free, unless it replaces another one.
    ///
    /// # Errors
    /// In words: no program, no code there, a wrong condition, a pause that was not granted.
    pub fn breakpoint(&self, options: &BreakpointOptions) -> Result<views::Breakpoint, Refusal> {
        let Some(program) = self.program() else { return Err(Refusal::not_running()) };
        let breakpoint = debugger::breakpoint(&program.module, options)?;
        // A run of the previous program may still have its own breakpoints.
        let running = self.run().filter(|run| run.machine().outcome().is_none());
        let of_run = running.map_or(Vec::new(), |run| run.machine().breakpoints());
        let taken: Vec<u32> = of_run.iter().map(|breakpoint| breakpoint.id).collect();
        let (breakpoint, change) =
            self.debugger.add(&program.module, breakpoint, options.id, &taken);
        let view = debugger::breakpoint_view(&program.module, &breakpoint.view());
        if let Some(run) = self.run_of(&program)
            && let Err(refusal) = run.add_breakpoint(breakpoint)
        {
            self.debugger.undo(change);
            return Err(refusal);
        }
        Ok(view)
    }

    /// Removes one breakpoint, or all.
    ///
    /// # Errors
    /// When the pause that it takes is not granted.
    pub fn clear_breakpoints(&self, id: Option<u32>) -> Result<(), Refusal> {
        self.debugger.remove(id);
        match self.run().filter(|run| run.machine().outcome().is_none()) {
            Some(run) if !run.machine().breakpoints().is_empty() => {
                run.remove_breakpoint(id).map(|_| ())
            }
            _ => Ok(()),
        }
    }

    /// The breakpoints of the loaded program, with what the run has counted.
    pub fn breakpoints(&self) -> Vec<views::Breakpoint> {
        let Some(program) = self.program() else { return Vec::new() };
        let of_run = self.run_of(&program).map(|run| run.machine().breakpoints());
        let list = of_run.unwrap_or_else(|| {
            self.debugger
                .of_next_run(&program.module)
                .0
                .iter()
                .map(|breakpoint| breakpoint.view())
                .collect()
        });
        list.iter().map(|view| debugger::breakpoint_view(&program.module, view)).collect()
    }

    /// Whether the world stops when a task is about to trap, in this run and later ones.
    ///
    /// # Errors
    /// When the pause that it takes is not granted.
    pub fn break_on_trap(&self, on: bool) -> Result<(), Refusal> {
        self.debugger.set_break_on_trap(on);
        match self.run().filter(|run| run.machine().outcome().is_none()) {
            Some(run) => run.break_on_trap(on),
            None => Ok(()),
        }
    }

    /// See [`Run::tick`].
    pub fn tick(&self) -> Option<News> {
        self.run()?.tick()
    }

    /// See [`Run::stats`]; all zero before the first run.
    pub fn stats(&self) -> Stats {
        self.run().map(|run| run.stats()).unwrap_or_default()
    }

    /// Declares dead the worker of the calling thread, if it is one. For a panic hook where panics do
    /// not unwind.
    ///
    /// # Safety
    /// The calling thread executes no more instructions of the program.
    pub unsafe fn bury_current_worker(&self) {
        // SAFETY: as the caller says.
        unsafe { run::bury_current_worker() };
    }

    /// The loaded program.
    pub fn program(&self) -> Option<Program> {
        get(&self.program)
    }
}
