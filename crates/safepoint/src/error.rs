//! The errors that answer a request for a pause instead of a stopped world.

use super::{
    ids::WorkerId,
    place::Place,
    reason::{Reason, StopReason},
    slot::WorkerState,
};
use std::{error::Error, fmt, ops::Deref, time::Duration};

/// Why a request was not granted. The world runs on, and the next request works.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PauseError<R = StopReason> {
    /// Another pause is in force or requested, and this request does not wait for others.
    Busy {
        /// The reason of the other pause.
        active: R,
    },
    /// The time was up before every worker had stopped.
    TimedOut {
        /// The workers that were late.
        stragglers: Stragglers<R>,
    },
    /// The request was cancelled before the world had stopped.
    Cancelled,
}

impl<R: Reason> fmt::Display for PauseError<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Busy { active } => write!(
                f,
                "the world is taken by a pause for {active}; wait for it with request_stw_pause, or try later"
            ),
            Self::TimedOut { stragglers } => write!(f, "{stragglers}"),
            Self::Cancelled => {
                f.write_str("the request was cancelled before the world had stopped")
            }
        }
    }
}

impl<R: Reason> Error for PauseError<R> {}

/// The workers that were late when the time was up, as a slice of [`Straggler`], and what the request
/// was waiting for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stragglers<R = StopReason> {
    list: Vec<Straggler>,
    waited: Duration,
    held_by: Option<R>,
}

impl<R: Reason> Stragglers<R> {
    pub(super) fn new(list: Vec<Straggler>, waited: Duration, held_by: Option<R>) -> Self {
        Self { list, waited, held_by }
    }

    /// How long the request had waited: since it was made, if it was still queued, or since arming.
    pub fn waited(&self) -> Duration {
        self.waited
    }

    /// If the request's turn never came: the reason of the pause that was in force or arming. There are
    /// no stragglers in this case.
    pub fn held_by(&self) -> Option<R> {
        self.held_by
    }
}

impl<R> Deref for Stragglers<R> {
    type Target = [Straggler];

    fn deref(&self) -> &[Straggler] {
        &self.list
    }
}

impl<R> IntoIterator for Stragglers<R> {
    type Item = Straggler;
    type IntoIter = std::vec::IntoIter<Straggler>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.into_iter()
    }
}

impl<'a, R> IntoIterator for &'a Stragglers<R> {
    type Item = &'a Straggler;
    type IntoIter = std::slice::Iter<'a, Straggler>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.iter()
    }
}

impl<R: Reason> fmt::Display for Stragglers<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Of 64 bits: the module for browsers prints no numbers of 128.
        let waited = match self.waited.as_micros() as u64 {
            micros @ 0..1000 => format!("{micros} µs"),
            micros => format!("{} ms", (micros + 500) / 1000),
        };
        if let Some(reason) = self.held_by {
            return write!(
                f,
                "gave up after {waited} in the queue, behind a pause for {reason}; resume that first"
            );
        }
        match self.list.len() {
            0 => return write!(f, "gave up after {waited} in the queue"),
            1 => write!(f, "1 worker had not stopped after {waited}: ")?,
            n => write!(f, "{n} workers had not stopped after {waited}: ")?,
        }
        for (index, straggler) in self.list.iter().enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            write!(f, "{straggler}")?;
        }
        Ok(())
    }
}

/// A worker that a pause waited for in vain.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Straggler {
    /// The worker's name.
    pub worker: WorkerId,
    /// How long the pause had waited for it, since arming.
    pub waited: Duration,
    /// The place of its last [note](super::Worker::note); `None` if it has made none since it last
    /// stopped.
    pub place: Option<Place>,
    /// Where it last stopped; it has run since.
    pub last_stop: Option<Place>,
    /// The count it last published; see [`Arrival::progress`](super::Arrival::progress).
    pub progress: u64,
    /// How often it has entered a safe region. If this stays the same, the worker may be blocked
    /// outside of safe regions.
    pub safe_crossings: u64,
    /// Its state when the report was made. The worker may have stopped since the time was up.
    pub state: WorkerState,
}

impl fmt::Display for Straggler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.worker)?;
        match self.place {
            None => write!(f, " has not reported where it is")?,
            Some(place) if place.delays() => {
                write!(f, " last reported that it is at {place}, where it may be for long")?;
            }
            Some(place) => write!(f, " last reported that it is at {place}")?,
        }
        write!(f, " (safe regions entered: {})", self.safe_crossings)
    }
}
