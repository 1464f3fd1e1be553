//! What can be set for a coordinator.

use super::{observer::Observer, reason::StopReason};
use std::{fmt, sync::Arc, time::Duration};

/// What to do when workers have not all stopped at the deadline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnDeadline {
    /// Give the request up: the world runs on, and the request answers
    /// [`TimedOut`](super::PauseError::TimedOut).
    #[default]
    GiveUp,
    /// Tell the observer who is late, and wait for the same time again.
    Extend,
}

/// A coordinator's settings. [`Config::default`] waits for ever and has no observer.
///
/// Fields may be added, so it is made of the default: `Config { deadline, ..Config::default() }`.
pub struct Config<R = StopReason> {
    /// After so long from arming, the observer is told who is late, once, and waiting goes on.
    /// `None`: never.
    pub warn_after: Option<Duration>,
    /// After so long from arming, [`Config::on_deadline`] happens. `None`: never.
    pub deadline: Option<Duration>,
    /// What happens at the deadline.
    pub on_deadline: OnDeadline,
    /// For how long at least the world runs between two pauses, so that a stream of requests cannot
    /// keep the workers stopped. 100 us unless set: long enough for parked workers to run again,
    /// short beside what a person or a heap limit asks for.
    pub min_running_interval: Duration,
    /// How much waiting one step of priority is worth, among requests that wait. 100 ms unless set:
    /// a debug request overtakes collections that came less than 200 ms before it, and no others.
    pub aging: Duration,
    /// Threads that can run at the same time. While fewer workers than that are awaited, the
    /// requester looks for them for a moment before it sleeps, since its processor would stand idle
    /// and be late to wake. As many as the operating system says unless set; 1, which never looks,
    /// where it does not say (a browser does not, its page may).
    pub processors: usize,
    /// Is told of every transition.
    pub observer: Option<Arc<dyn Observer<R>>>,
    /// What is written into every worker's [`PollLimit`](super::PollLimit) when it is to stop: 0, unless set, for limits
    /// that must not be exceeded; `u64::MAX` for limits below which a worker must not go, such as those of a stack.
    pub poison: u64,
}

/// Under a model checker nobody looks for a moment: time stands still there.
fn processors() -> usize {
    if cfg!(any(loom, shuttle)) {
        return 1;
    }
    std::thread::available_parallelism().map_or(1, usize::from)
}

impl<R> Default for Config<R> {
    fn default() -> Self {
        Self {
            warn_after: None,
            deadline: None,
            on_deadline: OnDeadline::GiveUp,
            min_running_interval: Duration::from_micros(100),
            aging: Duration::from_millis(100),
            processors: processors(),
            observer: None,
            poison: 0,
        }
    }
}

impl<R> Clone for Config<R> {
    fn clone(&self) -> Self {
        Self { observer: self.observer.clone(), ..*self }
    }
}

impl<R> fmt::Debug for Config<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("warn_after", &self.warn_after)
            .field("deadline", &self.deadline)
            .field("on_deadline", &self.on_deadline)
            .field("min_running_interval", &self.min_running_interval)
            .field("aging", &self.aging)
            .field("processors", &self.processors)
            .field("observer", &self.observer.is_some())
            .field("poison", &self.poison)
            .finish()
    }
}
