//! Requests pauses, on a thread of its own: a request waits for the last worker to stop, which may
//! never happen.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use safepoint::sync::{Mutex, MutexGuard, lock};
use safepoint_lab::lab::Run;
use safepoint_lab::lab::views::{Reason, Refusal};

use super::output::{Target, tell};
use super::{Failure, Settings};

/// The requester's name in records.
const BY: &str = "command line";

/// The requests that are to be made, and their failures.
pub(super) struct Requests {
    begin: Instant,
    every: Option<Duration>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// In reverse order: the next one is the last.
    snapshots: Vec<Snapshot>,
    failures: Vec<Failure>,
    /// Requests that were given up at their deadline.
    given_up: u64,
}

/// A snapshot that is due.
struct Snapshot {
    after: Duration,
    file: Target,
}

impl Requests {
    pub(super) fn new(settings: &Settings) -> Result<Self, Failure> {
        let mut snapshots = Vec::new();
        for snapshot in &settings.snapshot_at {
            let file = Target::new(&snapshot.file)?;
            snapshots.push(Snapshot { after: snapshot.after, file });
        }
        snapshots.sort_by_key(|snapshot| std::cmp::Reverse(snapshot.after));
        let state = Mutex::new(State { snapshots, ..State::default() });
        Ok(Self { begin: Instant::now(), every: settings.gc_every, state })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// The files of the snapshots.
    pub(super) fn files(&self) -> Vec<PathBuf> {
        let state = self.state();
        let files = state.snapshots.iter().filter_map(|snapshot| snapshot.file.replaces());
        files.map(Path::to_owned).collect()
    }

    /// Makes the requests when they are due, until the program has ended or was stopped.
    pub(super) fn make(&self, run: &Run) {
        let mut collection = self.every;
        loop {
            let snapshot = self.state().snapshots.last().map(|snapshot| snapshot.after);
            let Some(due) = [collection, snapshot].into_iter().flatten().min() else { return };
            let wait = due.saturating_sub(self.begin.elapsed());
            if run.machine().wait_outcome(Some(wait)).is_some() {
                return;
            }
            let now = self.begin.elapsed();
            if let (Some(due), Some(every)) = (collection, self.every)
                && now >= due
            {
                self.granted(run.cycle(Reason::Gc, BY).map(|_| ()));
                collection = Some(now + every);
            }
            if snapshot.is_some_and(|due| now >= due) {
                self.take_snapshot(run);
            }
        }
    }

    fn take_snapshot(&self, run: &Run) {
        let taken = run.take_snapshot(BY);
        if taken.as_ref().is_err_and(|refusal| refusal.kind == "not-running") {
            return; // `failures` reports it as not taken.
        }
        let Some(Snapshot { file, .. }) = self.state().snapshots.pop() else { return };
        let written = match taken {
            Ok(bytes) => file.write(&bytes),
            Err(refusal) => {
                Err(Failure::Other(format!("{} was not written: {}", file.name(), refusal.message)))
            }
        };
        self.state().failures.extend(written.err());
    }

    /// Reports given-up requests: the first, and whenever their number has doubled.
    fn granted(&self, asked: Result<(), Refusal>) {
        let Err(refusal) = asked else { return };
        if refusal.kind == "not-running" {
            return;
        }
        let mut state = self.state();
        state.given_up += 1;
        let times = state.given_up;
        drop(state);
        if times.is_power_of_two() {
            let again = if times == 1 { String::new() } else { format!(" ({times} times so far)") };
            tell(format!("{}{again}", refusal.message));
        }
    }

    /// What went wrong. To be called when the program has ended: snapshots that have not been taken
    /// by then are failures.
    pub(super) fn failures(&self) -> Vec<Failure> {
        let mut state = self.state();
        let mut failures = std::mem::take(&mut state.failures);
        while let Some(missed) = state.snapshots.pop() {
            failures.push(Failure::Other(format!(
                "{} was not written: the program had ended by then",
                missed.file.name()
            )));
        }
        failures
    }
}
