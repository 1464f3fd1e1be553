//! Watches a program while it runs: prints its output, and notices signals and time limits that end
//! it.

use std::io::{self, ErrorKind, Write};
use std::time::{Duration, Instant};

use safepoint_lab::lab::Run;
use safepoint_lab::lab::views::Pause;

use super::explain::{Explained, Warnings};
use super::output::{print_failed, tell};
use super::signals::{Signal, Signals};
use super::trace::Slices;
use super::{Failure, Settings};

/// The interval at which slices end, timers wake and output is printed.
pub(super) const TICK: Duration = Duration::from_millis(2);
/// How many bytes the program's output may be ahead of standard output.
const AHEAD: usize = 64 << 20;
/// Pauses that are kept for a trace or a report, and workers' parts in them.
const KEPT: usize = 100_000;
const KEPT_ARRIVALS: usize = 1_000_000;

/// What was recorded of a run.
pub(super) struct Watched {
    pub(super) explained: Explained,
    /// For a trace or a report.
    pub(super) pauses: Vec<Pause>,
    keeps: bool,
    arrivals: usize,
    /// Pauses that are missing in `pauses`, because there were too many.
    pub(super) omitted: u64,
    pub(super) slices: Slices,
    pub(super) stopped: Option<Stopped>,
    /// From the start of the workers' threads to the end of the program.
    pub(super) took: Duration,
    printed: Printed,
}

/// What stopped the program.
#[derive(Clone, Copy)]
pub(super) enum Stopped {
    After(Duration),
    By(Signal),
    /// The reader of standard output is gone.
    Unread,
}

impl Stopped {
    /// For a report.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::After(_) => "stop-after",
            Self::By(signal) => signal.name(),
            Self::Unread => "closed-output",
        }
    }
}

/// Keeps what the program prints until it can be written. To be called before it runs.
pub(super) fn prepare(run: &Run) {
    run.machine().keep_output(AHEAD);
}

/// What the program printed, on its way to standard output.
#[derive(Default)]
struct Printed {
    cursor: u64,
    lost: u64,
    failed: Option<io::Error>,
}

impl Printed {
    fn more(&mut self, run: &Run) {
        let chunk = run.machine().output_since(self.cursor);
        self.cursor = chunk.cursor;
        self.lost += chunk.dropped_bytes;
        if self.failed.is_some() || chunk.text.is_empty() {
            return;
        }
        let mut out = io::stdout();
        let written = out.write_all(chunk.text.as_bytes()).and_then(|()| out.flush());
        self.failed = written.err();
    }

    fn unread(&self) -> bool {
        self.failed.as_ref().is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
    }
}

/// Watches until the program has ended or was stopped.
pub(super) fn watch(run: &Run, settings: &Settings, signals: &Signals) -> Watched {
    let begin = Instant::now();
    let mut watched = Watched {
        explained: Explained::default(),
        pauses: Vec::new(),
        keeps: settings.trace.is_some() || settings.report.is_some(),
        arrivals: 0,
        omitted: 0,
        slices: Slices::new(run.machine().workers()),
        stopped: None,
        took: Duration::ZERO,
        printed: Printed::default(),
    };
    let mut warnings = Warnings::new(settings.warns_after());
    while run.machine().wait_outcome(Some(TICK)).is_none() {
        watched.look(run);
        if settings.trace.is_some() {
            watched.slices.read(run);
        }
        if let Some(warning) = warnings.look(begin.elapsed(), || run.awaiting()) {
            tell(warning);
        }
        watched.stopped = stopped(begin, settings, signals, &watched.printed);
        if watched.stopped.is_some() {
            break;
        }
    }
    watched.took = begin.elapsed();
    watched
}

fn stopped(
    begin: Instant,
    settings: &Settings,
    signals: &Signals,
    printed: &Printed,
) -> Option<Stopped> {
    if let Some(signal) = signals.came() {
        return Some(Stopped::By(signal));
    }
    if printed.unread() {
        return Some(Stopped::Unread);
    }
    settings.stop_after.filter(|after| begin.elapsed() >= *after).map(Stopped::After)
}

impl Watched {
    /// Takes the output and pauses since the last call.
    pub(super) fn look(&mut self, run: &Run) {
        let news = run.tick();
        self.printed.more(run);
        for pause in news.into_iter().flat_map(|news| news.pauses) {
            self.explained.add(&pause);
            self.arrivals += pause.arrivals.len();
            if !self.keeps || self.pauses.len() == KEPT || self.arrivals > KEPT_ARRIVALS {
                self.omitted += 1;
            } else {
                self.pauses.push(pause);
            }
        }
    }

    /// Bytes that the program printed.
    pub(super) fn printed(&self) -> u64 {
        self.printed.cursor
    }

    /// Output that could not be written.
    pub(super) fn failures(&self) -> Vec<Failure> {
        let mut failures = Vec::new();
        if let Some(error) = &self.printed.failed {
            failures.push(Failure::Other(print_failed(error)));
        }
        if self.printed.lost > 0 {
            failures.push(Failure::Other(format!(
                "{} bytes that the program printed are lost: it printed faster than they could be written",
                self.printed.lost
            )));
        }
        failures
    }
}
