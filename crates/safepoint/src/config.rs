//! The settings of a coordinator.

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
    /// Tell the observer which workers are late, and wait for the same time again.
    Extend,
}

/// A coordinator's settings. [`Config::default`] waits for ever and has no observer.
///
/// Later versions may add fields, so start from the default: `Config { deadline, ..Config::default() }`.
pub struct Config<R = StopReason> {
    /// This long after arming, the observer is told once which workers are late, and the requester
    /// waits on. `None`: never.
    pub warn_after: Option<Duration>,
    /// This long after arming, [`Config::on_deadline`] happens. `None`: never.
    pub deadline: Option<Duration>,
    /// What happens at the deadline.
    pub on_deadline: OnDeadline,
    /// The shortest time for which the world runs between two pauses, so that a stream of requests
    /// cannot keep the workers stopped. Default: 100 us. That is enough for parked workers to run
    /// again, and short compared with the time between requests of a person or of a full heap.
    pub min_running_interval: Duration,
    /// The waiting time that equals one step of priority, among requests that wait. Default: 100 ms.
    /// So a debug request overtakes collections that were requested less than 200 ms before it, and
    /// no others.
    pub aging: Duration,
    /// The number of threads that can run at the same time. If fewer workers than this are awaited,
    /// the requester watches for their arrivals for a moment before it sleeps, because its processor
    /// would be idle and slow to wake it. Default: the number that the operating system reports, or 1
    /// if it reports none, as in a browser (where the page may know it). With 1 the requester sleeps
    /// at once.
    pub processors: usize,
    /// Receives every transition.
    pub observer: Option<Arc<dyn Observer<R>>>,
    /// The value that is written into a worker's [`PollLimit`](super::PollLimit) when the worker must
    /// stop. Default: 0, for limits that must not be exceeded. `u64::MAX` is for limits that must not
    /// be undercut, such as the end of a stack that grows down.
    pub poison: u64,
}

/// Under a model checker no requester watches for a moment: time stands still there.
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
