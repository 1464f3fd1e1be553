//! Runs a program on threads, and does meanwhile what the page would do.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use machine::snapshot::Snapshot;
use machine::vm::{Ended, Outcome};
use safepoint_lab::lab::views::{RestoreOptions, RunOptions};
use safepoint_lab::lab::{Program, Run};

use super::crew::{Crew, Left};
use super::output::{Target, tell};
use super::requests::Requests;
use super::signals::Signals;
use super::watch::{Stopped, Watched, prepare, watch};
use super::{Failure, Settings, json, report, trace, words};

/// How long waiting requests may take to be taken back: on a busy machine their threads may not run
/// for a while.
pub(super) const TAKE_BACK: Duration = Duration::from_secs(1);

/// Where a run begins.
pub(super) enum Begin<'b> {
    Program(Program),
    Snapshot(Box<Snapshot<'b>>),
}

/// Runs a program and reports the result. Returns the exit code.
pub(super) fn run(begin: Begin<'_>, file: &Path, settings: &Settings) -> Result<u8, Failure> {
    settings.check()?;
    let requests = Arc::new(Requests::new(settings)?);
    let target = |file: &Option<PathBuf>| file.as_deref().map(Target::new).transpose();
    let (trace, json) = (target(&settings.trace)?, target(&settings.report)?);
    let mut files = requests.files();
    files.extend(trace.iter().chain(&json).filter_map(Target::replaces).map(Path::to_owned));
    apart(file, files)?;
    let signals = Signals::new()?;
    let cores = std::thread::available_parallelism().ok().map(usize::from);
    let (run, program, workers) = start(begin, settings, cores)?;
    prepare(&run);
    let crew = Crew::start(&run, workers, Some(&requests))?;
    let mut watched = watch(&run, settings, &signals);
    // Asked for now, while the workers are still there.
    let schedule = run.schedule();
    run.stop_in_order(TAKE_BACK);
    let left = crew.leave();
    // Events between the program's end and that of the last worker.
    watched.look(&run);
    watched.slices.read(&run);

    let stats = run.stats();
    let count = |index| run.machine().worker_status(index).instructions;
    let instructions = (0..workers).map(count).sum();
    if settings.explains() && !watched.explained.is_empty() {
        tell(watched.explained.text(&stats).trim_end());
    }
    if settings.stats {
        tell(report::stats(&stats, instructions, watched.took).trim_end());
        tell(report::schedule(&schedule));
    }
    let outcome = run.machine().outcome();
    let mut failures = requests.failures();
    if let Some(file) = json {
        let report = json::report(&run, &program, &stats, instructions, &watched);
        failures.extend(file.write(report.as_bytes()).err());
    }
    if let Some(file) = trace {
        let slices = std::mem::take(&mut watched.slices);
        let module = program.module.module();
        let trace = trace::trace(module, workers, &watched.pauses, slices);
        failures.extend(file.write(trace.to_string().as_bytes()).err());
    }
    Ok(end(outcome, &watched, left, failures))
}

/// Checks that no file is written twice, and that the input is not overwritten.
fn apart(input: &Path, mut files: Vec<PathBuf>) -> Result<(), Failure> {
    files.sort();
    let same = files.windows(2).find(|pair| pair[0] == pair[1]);
    if let Some([file, ..]) = same {
        return Err(Failure::Input(format!(
            "{} is named twice; name a different file for each",
            super::input::shown(file)
        )));
    }
    if input.canonicalize().is_ok_and(|input| files.contains(&input)) {
        return Err(Failure::Input(format!(
            "{} is the input; name another file to write to",
            super::input::shown(input)
        )));
    }
    Ok(())
}

fn start(
    begin: Begin<'_>,
    settings: &Settings,
    cores: Option<usize>,
) -> Result<(Run, Program, usize), Failure> {
    match begin {
        Begin::Program(program) => {
            let defaults = RunOptions::default();
            let options = RunOptions {
                workers: settings.workers.unwrap_or(defaults.workers),
                heap: settings.heap.unwrap_or(defaults.heap),
                policy: settings.polls.over(program.module.module().policy)?,
                gc_helpers: settings.gc_helpers,
                profile: settings.counts(),
                deadline: settings.deadline_us(),
                ..defaults
            };
            let run = Run::new(&program, &options, cores).map_err(Failure::Input)?;
            Ok((run, program, options.workers))
        }
        Begin::Snapshot(snapshot) => {
            let description = snapshot.describe();
            let options = RestoreOptions {
                policy: settings.polls.over(description.policy)?,
                workers: settings.workers,
                heap: settings.heap,
                gc_helpers: settings.gc_helpers,
                profile: Some(settings.counts()),
                deadline: settings.deadline_us(),
                ..RestoreOptions::default()
            };
            let options = options.over(&description);
            let program = Program::restored(snapshot.module(), snapshot.source());
            let run = Run::restored(&program, *snapshot, &options, cores.into());
            let run = run.map_err(Failure::Input)?;
            Ok((run, program, options.workers))
        }
    }
}

/// Reports how the program ended. Returns the exit code.
fn end(outcome: Option<Outcome>, watched: &Watched, left: Left, failures: Vec<Failure>) -> u8 {
    let all = failures.into_iter().chain(watched.failures()).chain(left.failures);
    let mut code = 0;
    for failure in all {
        tell(failure.message());
        code = failure.code();
    }
    if !left.behind.is_empty() {
        tell(report::left_behind(&left.behind));
    }
    let Some(outcome) = outcome else { return Failure::Other(String::new()).code() };
    for trap in &outcome.other_traps {
        tell(report::trap(trap));
    }
    if outcome.traps_omitted > 0 {
        tell(report::traps_omitted(outcome.traps_omitted));
    }
    match (&outcome.trap, outcome.ended) {
        (Some(trap), Ended::Deadlocked) => tell(words::message(&trap.message)),
        (Some(trap), _) => tell(report::trap(trap)),
        (None, Ended::Deadlocked) => tell("deadlock"),
        (None, Ended::Trapped) => tell("the program trapped"),
        (None, Ended::Finished | Ended::Stopped) => {}
    }
    if let Some(result) = &outcome.result {
        tell(format!("result: {}", words::message(result)));
    } else if outcome.ended == Ended::Finished {
        tell("result: none");
    }
    let ended = match outcome.ended {
        Ended::Finished => 0,
        Ended::Trapped | Ended::Deadlocked => 1,
        Ended::Stopped => {
            tell(report::stopped(watched.stopped, outcome.result.is_some()));
            3
        }
    };
    match (watched.stopped, ended) {
        (Some(Stopped::By(signal)), 3) => signal.code(),
        (_, 0) => code,
        _ => ended,
    }
}
