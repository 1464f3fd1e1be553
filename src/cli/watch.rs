//! What happens while a program runs: its output is printed, and whoever is to end it is heard.

use std::io::{self, ErrorKind, Write};
use std::time::{Duration, Instant};

use safepoint_lab::lab::Run;
use safepoint_lab::lab::views::Pause;

use super::output::print_failed;
use super::signals::{Signal, Signals};
use super::trace::Slices;
use super::{Failure, Settings};

/// Slices end, timers wake and output appears at this rate.
const TICK: Duration = Duration::from_millis(2);
/// Pauses that are kept for a trace or a report.
pub(super) const KEPT: usize = 100_000;

/// What was seen of a run.
pub(super) struct Watched {
    pub(super) pauses: Vec<Pause>,
    /// Pauses that are not among them, since there were so many.
    pub(super) omitted: u64,
    pub(super) slices: Slices,
    pub(super) stopped: Option<Stopped>,
    /// From the start of the workers' threads to the end of the program.
    pub(super) took: Duration,
    printed: Printed,
}

/// Who stopped the program.
#[derive(Clone, Copy)]
pub(super) enum Stopped {
    After(Duration),
    By(Signal),
    /// Nobody reads what it prints.
    Unread,
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

/// Does what is due until the program has ended or was stopped.
pub(super) fn watch(run: &Run, settings: &Settings, signals: &Signals) -> Watched {
    let begin = Instant::now();
    let mut watched = Watched {
        pauses: Vec::new(),
        omitted: 0,
        slices: Slices::new(run.machine().workers()),
        stopped: None,
        took: Duration::ZERO,
        printed: Printed::default(),
    };
    while run.machine().wait_outcome(Some(TICK)).is_none() {
        watched.look(run);
        if settings.trace.is_some() {
            watched.slices.read(run);
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
    /// Takes what is new: output, pauses.
    pub(super) fn look(&mut self, run: &Run) {
        let news = run.tick();
        self.printed.more(run);
        for pause in news.into_iter().flat_map(|news| news.pauses) {
            if self.pauses.len() < KEPT {
                self.pauses.push(pause);
            } else {
                self.omitted += 1;
            }
        }
    }

    /// What of the output has not arrived.
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
