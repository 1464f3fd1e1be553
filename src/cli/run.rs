//! Running a program on threads, with what the page would do meanwhile.

use std::io::Write;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use safepoint_lab::lab::views::{Finished, Pause, Reason, RestoreOptions, RunOptions};
use safepoint_lab::lab::{Program, Run};
use safepoint_lab::snapshot::Snapshot;
use safepoint_lab::vm::Ended;

use super::trace::Slices;
use super::{Failure, Settings, input, report, trace};

/// Slices end, timers wake and output appears at this rate.
const TICK: Duration = Duration::from_millis(2);
/// Who asks for the pauses.
const BY: &str = "command line";
/// Pauses that a trace holds.
const TRACED: usize = 100_000;

/// Where a run begins.
pub(super) enum Begin<'b> {
    Program(Program),
    Snapshot(Box<Snapshot<'b>>),
}

pub(super) fn run(begin: Begin<'_>, settings: &Settings) -> Result<(), Failure> {
    let cores = std::thread::available_parallelism().ok().map(usize::from);
    let (run, program, workers) = start(begin, settings, cores).map_err(Failure::Input)?;
    let threads: Vec<JoinHandle<_>> = (0..workers)
        .map(|index| {
            let run = run.clone();
            std::thread::spawn(move || run.work(index))
        })
        .collect();
    let watched = watch(&run, settings);
    if watched.is_err() {
        run.stop();
    }
    for thread in threads {
        match thread.join() {
            Ok(worked) => worked.map_err(Failure::Other)?,
            Err(_) => return Err(Failure::Other("a worker panicked".into())),
        }
    }
    let Watched { pauses, mut slices, finished, took } = watched?;
    if settings.stats {
        let count = |index| run.machine().worker_status(index).instructions;
        eprint!("{}", report::stats(&run.stats(), (0..workers).map(count).sum(), took));
    }
    if let Some(path) = &settings.trace {
        slices.read(&run); // The last ones: the workers have ended.
        let trace = trace::trace(program.module.module(), workers, &pauses, slices);
        input::write(Some(path), trace.to_string().as_bytes())?;
    }
    end(&run, &finished)
}

fn start(
    begin: Begin<'_>,
    settings: &Settings,
    cores: Option<usize>,
) -> Result<(Run, Program, usize), String> {
    match begin {
        Begin::Program(program) => {
            let defaults = RunOptions::default();
            let options = RunOptions {
                workers: settings.workers.unwrap_or(defaults.workers),
                heap: settings.heap.unwrap_or(defaults.heap),
                gc_helpers: settings.gc_helpers,
                profile: false,
                ..defaults
            };
            Ok((Run::new(&program, &options, cores)?, program, options.workers))
        }
        Begin::Snapshot(snapshot) => {
            let options = RestoreOptions {
                workers: settings.workers,
                heap: settings.heap,
                gc_helpers: settings.gc_helpers,
                profile: Some(false),
                ..RestoreOptions::default()
            };
            let options = options.over(&snapshot.describe());
            let program = Program::restored(&snapshot);
            let run = Run::restored(&program, *snapshot, &options, cores)?;
            Ok((run, program, options.workers))
        }
    }
}

/// What was seen of a run.
struct Watched {
    pauses: Vec<Pause>,
    slices: Slices,
    finished: Finished,
    /// From the start of the workers' threads to the end of the program.
    took: Duration,
}

/// Does what is due until the program has ended: prints, collects, takes snapshots.
fn watch(run: &Run, settings: &Settings) -> Result<Watched, Failure> {
    let begin = Instant::now();
    let mut pauses = Vec::new();
    let mut slices = Slices::new(run.machine().workers());
    let mut next_collection = settings.gc_every;
    let mut snapshots = settings.snapshot_at.clone();
    snapshots.sort_by_key(|snapshot| std::cmp::Reverse(snapshot.after));
    let mut took = Duration::ZERO;
    loop {
        if let Some(news) = run.tick() {
            let mut out = std::io::stdout();
            let printed = out.write_all(news.output.as_bytes()).and_then(|()| out.flush());
            printed.map_err(|error| Failure::Other(format!("the output ends: {error}")))?;
            pauses.extend(news.pauses);
            if let Some(finished) = news.finished {
                if let Some(missed) = snapshots.pop() {
                    let file = missed.file.display();
                    return Err(Failure::Other(format!(
                        "{file} was not written: the program had ended by then"
                    )));
                }
                return Ok(Watched { pauses, slices, finished, took });
            }
        }
        let now = begin.elapsed();
        if settings.stop_after.is_some_and(|after| now >= after) {
            run.stop();
        }
        if let (Some(due), Some(every)) = (next_collection, settings.gc_every)
            && now >= due
        {
            // That the program has ended meanwhile, the next tick tells.
            let _ = run.cycle(Reason::Gc, BY);
            next_collection = Some(now + every);
        }
        while snapshots.last().is_some_and(|snapshot| now >= snapshot.after) {
            let taken = run.pause(Reason::Snapshot, BY).is_ok().then(|| run.snapshot());
            run.resume();
            let Some(taken) = taken else { break };
            if let Some(snapshot) = snapshots.pop() {
                input::write(Some(&snapshot.file), &taken.map_err(Failure::Other)?)?;
            }
        }
        pauses.truncate(TRACED);
        if settings.trace.is_some() {
            slices.read(run);
        }
        let due = [next_collection, snapshots.last().map(|snapshot| snapshot.after)];
        let due = due.into_iter().flatten().min().unwrap_or(Duration::MAX);
        let wait = due.saturating_sub(begin.elapsed()).min(TICK);
        if run.machine().wait_outcome(Some(wait)).is_some() {
            took = begin.elapsed();
        }
    }
}

fn end(run: &Run, finished: &Finished) -> Result<(), Failure> {
    let outcome = run.machine().outcome();
    match outcome.as_ref().map(|outcome| outcome.ended) {
        Some(Ended::Finished) => {
            if let Some(trap) = &finished.trap {
                eprintln!("{}", report::trap(trap));
            }
            eprintln!("result: {}", finished.result.as_deref().unwrap_or("none"));
            Ok(())
        }
        Some(Ended::Stopped) | None => Err(Failure::Other("the program was stopped".into())),
        Some(Ended::Deadlocked) => {
            let trap = finished.trap.as_ref().map(|trap| trap.message.clone());
            Err(Failure::Program(trap.unwrap_or_else(|| "deadlock".into())))
        }
        Some(Ended::Trapped) => {
            let trap = finished.trap.as_ref().map(report::trap);
            Err(Failure::Program(trap.unwrap_or_else(|| "the program trapped".into())))
        }
    }
}
