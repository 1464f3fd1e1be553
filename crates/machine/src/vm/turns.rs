//! How long tasks are ready before they run, and what the workers do meanwhile.

use std::fmt;
use std::time::Duration;

use safepoint::DurationSummary;
use safepoint::clock::{Timestamp, nanos};
use safepoint::sync::{AtomicU64, Ordering};

/// A task's turns on workers. Relaxed: figures for views; the queue and the worker order the writes.
#[derive(Debug, Default)]
pub(super) struct TaskTurns {
    ready_at: AtomicU64,
    begun: AtomicU64,
    last_ns: AtomicU64,
    longest_ns: AtomicU64,
}

impl TaskTurns {
    /// The task could run from now on.
    pub(super) fn ready(&self, now: Timestamp) {
        self.ready_at.store(now.as_nanos(), Ordering::Relaxed);
    }

    /// A turn begins. Returns how long the task had been ready.
    pub(super) fn begins(&self, now: Timestamp) -> Duration {
        let waited = now.since(Timestamp::from_nanos(self.ready_at.load(Ordering::Relaxed)));
        self.begun.fetch_add(1, Ordering::Relaxed);
        self.last_ns.store(nanos(waited), Ordering::Relaxed);
        self.longest_ns.fetch_max(nanos(waited), Ordering::Relaxed);
        waited
    }

    pub(super) fn view(&self) -> TurnsView {
        let duration = |ns: &AtomicU64| Duration::from_nanos(ns.load(Ordering::Relaxed));
        TurnsView {
            count: self.begun.load(Ordering::Relaxed),
            last_wait: duration(&self.last_ns),
            longest_wait: duration(&self.longest_ns),
        }
    }
}

/// How often a task was given a worker, and how long it had been ready each time: from when it could
/// have run (it was started, gave way, or what it waited for came) to when it did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TurnsView {
    /// Turns that have begun.
    pub count: u64,
    /// How long it had been ready before the last one.
    pub last_wait: Duration,
    /// The longest of these times.
    pub longest_wait: Duration,
}

/// What the workers of a machine do and how many tasks want one. Each figure is of its own moment, unless
/// the world is stopped.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ScheduleView {
    /// Workers that execute instructions or look for some.
    pub running: usize,
    /// Workers that wait for something outside of the machine, inside a safe region or not.
    pub blocked: usize,
    /// Workers that have nothing to do.
    pub idle: usize,
    /// Workers that stand at a safepoint.
    pub stopped: usize,
    /// Tasks that could run and have no worker.
    pub ready: usize,
    /// How long the tasks had been ready, for each turn that has begun.
    pub ready_to_running: DurationSummary,
}

impl fmt::Display for ScheduleView {
    /// One sentence. When ready tasks do not run, it says why.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { running, blocked, idle, stopped, ready, .. } = *self;
        let workers = running + blocked + idle + stopped;
        let tasks = match ready {
            0 => "no task is ready".into(),
            1 => "1 task is ready".into(),
            _ => format!("{ready} tasks are ready"),
        };
        match workers {
            0 => write!(f, "No worker is there; {tasks}."),
            1 if blocked == 1 => write!(f, "The only worker is blocked; {tasks}."),
            _ if blocked == workers => write!(f, "All {workers} workers are blocked; {tasks}."),
            _ => {
                let parts = [
                    (running, "running"),
                    (blocked, "blocked"),
                    (idle, "idle"),
                    (stopped, "stopped"),
                ];
                write!(f, "Of {workers} worker{}", if workers == 1 { "" } else { "s" })?;
                let mut before = " ";
                for (count, what) in parts {
                    if count > 0 {
                        write!(f, "{before}{count} {what}")?;
                        before = ", ";
                    }
                }
                write!(f, "; {tasks}.")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_from_ready_to_running() {
        let turns = TaskTurns::default();
        let at = |ns| Timestamp::from_nanos(ns);
        for (ready, begins) in [(10, 15), (20, 27), (30, 31)] {
            turns.ready(at(ready));
            assert_eq!(turns.begins(at(begins)), Duration::from_nanos(begins - ready));
        }
        let (last_wait, longest_wait) = (Duration::from_nanos(1), Duration::from_nanos(7));
        assert_eq!(turns.view(), TurnsView { count: 3, last_wait, longest_wait });
    }

    #[test]
    fn the_sentence_says_why_ready_tasks_do_not_run() {
        let view = |running, blocked, idle, ready| {
            let view = ScheduleView { running, blocked, idle, ready, ..ScheduleView::default() };
            view.to_string()
        };
        assert_eq!(view(0, 4, 0, 3), "All 4 workers are blocked; 3 tasks are ready.");
        assert_eq!(view(0, 1, 0, 1), "The only worker is blocked; 1 task is ready.");
        assert_eq!(
            view(1, 1, 2, 0),
            "Of 4 workers 1 running, 1 blocked, 2 idle; no task is ready."
        );
        assert_eq!(view(1, 0, 0, 2), "Of 1 worker 1 running; 2 tasks are ready.");
        assert_eq!(view(0, 0, 0, 1), "No worker is there; 1 task is ready.");
    }
}
