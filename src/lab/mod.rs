//! Composes coordinator, machine, operations and records into one laboratory: a program, a run of it,
//! and what scripts and pages see of both. Runs natively and in the browser.

mod journal;
mod places;
mod program;
mod recorder;
mod run;
mod sentence;
pub mod views;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

pub use program::{Program, Source};
pub use recorder::Recorder;
pub use run::{
    CancelLayout, HEAP_BYTES, Layout, MOST_WORKERS, News, RingLayout, Run, StatusLayout,
};
pub use sentence::{Conditions, duration, sentence};

use views::{Pause, Reason, Refusal, RunOptions, Stats};

/// One laboratory: at most one loaded program and one run at a time.
#[derive(Default)]
pub struct Lab {
    program: Mutex<Option<Program>>,
    run: Mutex<Option<Run>>,
    /// 0 when unknown. Relaxed: a figure that nothing is ordered by.
    cores: AtomicUsize,
}

/// What loading a program gives.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Loaded {
    /// Whether it can be run.
    pub ok: bool,
    /// Everything that is wrong with it.
    pub errors: Vec<views::Diagnostic>,
    /// The program, when it can be run.
    pub program: Option<views::Program>,
}

fn get<T: Clone>(slot: &Mutex<Option<T>>) -> Option<T> {
    slot.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

fn set<T>(slot: &Mutex<Option<T>>, value: T) {
    *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
}

impl Lab {
    /// A laboratory without a program.
    pub fn new() -> Self {
        Self::default()
    }

    /// Says how many cores the workers share; the sentence of a pause uses it.
    pub fn set_cores(&self, cores: Option<usize>) {
        self.cores.store(cores.unwrap_or(0), Ordering::Relaxed);
    }

    /// Takes a program for the next run. When there are errors the program before stays.
    pub fn load(&self, source: Source) -> Loaded {
        match Program::load(source) {
            Ok(program) => {
                let view = program.view();
                set(&self.program, program);
                Loaded { ok: true, errors: Vec::new(), program: Some(view) }
            }
            Err(errors) => Loaded { ok: false, errors, program: None },
        }
    }

    /// Begins a run of the loaded program; its workers are the threads that call [`Run::work`]. A run
    /// that is still in progress is stopped.
    ///
    /// # Errors
    /// In words: no program, options out of range, no memory for the heap.
    pub fn start(&self, options: &RunOptions) -> Result<Run, Refusal> {
        let failed = |message| Refusal { kind: "failed", message, stragglers: Vec::new() };
        let Some(program) = get(&self.program) else {
            return Err(failed("No program is loaded; choose or write one first.".into()));
        };
        self.stop();
        let cores = Some(self.cores.load(Ordering::Relaxed)).filter(|&cores| cores > 0);
        let run = Run::new(&program, options, cores).map_err(failed)?;
        set(&self.run, run.clone());
        Ok(run)
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
    pub fn bury_current_worker(&self) {
        if let Some(run) = self.run() {
            run.bury_current_worker();
        }
    }

    /// The loaded program.
    pub fn program(&self) -> Option<Program> {
        get(&self.program)
    }
}
