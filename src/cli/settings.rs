//! How to run, as options.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::time::Duration;

use bytecode::PollPolicy;
use clap::Args;
use language::set_polls;

use super::Failure;
use super::units::{SnapshotAt, bytes, duration, whole};

/// When a user at a terminal begins to wonder why nothing happens.
const WARN_AFTER: Duration = Duration::from_secs(1);

/// How to run.
#[derive(Debug, Args)]
pub(super) struct Settings {
    /// Threads that run the program, 1 to 128; if absent, as many as the snapshot's machine had,
    /// else 4.
    #[arg(short, long, value_name = "N", value_parser = whole::<usize>)]
    pub(super) workers: Option<usize>,
    /// Limit of the heap, such as 64MiB; if absent, that of the snapshot's machine, else 32MiB.
    #[arg(long, value_parser = bytes)]
    pub(super) heap: Option<usize>,
    #[command(flatten)]
    pub(super) polls: Polls,
    /// Stopped workers that help to mark, at most; if absent, one less than there are cores.
    #[arg(long, value_name = "N", value_parser = whole::<usize>)]
    pub(super) gc_helpers: Option<usize>,
    /// Collects garbage at this interval, such as 10ms.
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(super) gc_every: Option<Duration>,
    /// Takes a snapshot at that time after the start, such as 50ms=program.snapshot.
    #[arg(long, value_name = "TIME=FILE")]
    pub(super) snapshot_at: Vec<SnapshotAt>,
    /// Says which workers are awaited, where and why, when the world has not stopped after that
    /// time; if absent, 1s.
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(super) warn_after: Option<Duration>,
    /// Gives a pause up when a worker has not stopped after that time; if absent, never.
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(super) pause_deadline: Option<Duration>,
    /// Writes tasks and pauses, worker by worker, for Perfetto (Trace Event format).
    #[arg(long, value_name = "FILE")]
    pub(super) trace: Option<PathBuf>,
    /// Stops the program after that time.
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(super) stop_after: Option<Duration>,
    /// Says at the end how long pauses took.
    #[arg(long)]
    pub(super) stats: bool,
    /// Says at the end which pauses were the longest, and which workers and places held them up;
    /// the default on a terminal.
    #[arg(long, conflicts_with = "no_explain")]
    explain: bool,
    /// Does not say which pauses were the longest.
    #[arg(long)]
    no_explain: bool,
    /// Writes the result of the run, and each pause with its causes, as JSON.
    #[arg(long, value_name = "FILE")]
    pub(super) report: Option<PathBuf>,
}

/// Where a program polls, in the words of the assembler's .poll.
#[derive(Debug, Args)]
pub(super) struct Polls {
    /// Which sites poll, in the words of the assembler's .poll: calls, back-edges, allocations,
    /// awaits or all with on or off, or every with a number; changes what the program says; from
    /// left to right.
    #[arg(long, num_args = 2, value_names = ["SITES", "on|off|N"])]
    poll: Vec<String>,
}

impl Polls {
    /// The program's policy with the changes of the options; `None` without such options.
    pub(super) fn over(&self, own: PollPolicy) -> Result<Option<PollPolicy>, Failure> {
        let mut policy = own;
        for words in self.poll.chunks(2) {
            let text = words.join(" ");
            set_polls(&mut policy, &text)
                .map_err(|wrong| Failure::Input(format!("--poll {text}: {wrong}")))?;
        }
        let every = self.poll.chunks(2).any(|words| words[0] == "every");
        if every && policy.every.get() > 1 && !policy.back_edges {
            return Err(Failure::Input(format!(
                "--poll every {}: it would do nothing, since back-edges do not poll; add --poll back-edges on, or leave \
                 it out",
                policy.every
            )));
        }
        Ok((!self.poll.is_empty()).then_some(policy))
    }
}

impl Settings {
    /// Refuses options that contradict each other.
    pub(super) fn check(&self) -> Result<(), Failure> {
        let wrong = |message| Err(Failure::Input(message));
        for (option, time) in [
            ("--gc-every", self.gc_every),
            ("--pause-deadline", self.pause_deadline),
            ("--warn-after", self.warn_after),
        ] {
            if time.is_some_and(|time| time.is_zero()) {
                return wrong(format!("{option}: expected more than 0"));
            }
        }
        if let (Some(warn), Some(deadline)) = (self.warn_after, self.pause_deadline)
            && warn >= deadline
        {
            return wrong(format!(
                "--warn-after {warn:?} would never warn: --pause-deadline {deadline:?} gives pauses up before"
            ));
        }
        if let Some(stop) = self.stop_after
            && let Some(late) = self.snapshot_at.iter().find(|snapshot| snapshot.after >= stop)
        {
            let (file, after) = (super::input::shown(&late.file), late.after);
            return wrong(format!(
                "--snapshot-at {after:?}={file} would never be taken: --stop-after {stop:?} stops the program before"
            ));
        }
        Ok(())
    }

    /// Whether pauses are to be explained at the end.
    pub(super) fn explains(&self) -> bool {
        self.explain || (!self.no_explain && std::io::stderr().is_terminal())
    }

    /// Whether to count the instructions between polls, which proves causes and costs time.
    pub(super) fn counts(&self) -> bool {
        !self.no_explain || self.report.is_some()
    }

    /// When to warn of a pause that does not come.
    pub(super) fn warns_after(&self) -> Duration {
        self.warn_after.unwrap_or(WARN_AFTER)
    }

    pub(super) fn deadline_us(&self) -> Option<f64> {
        self.pause_deadline.map(|limit| limit.as_nanos() as f64 / 1e3)
    }
}
