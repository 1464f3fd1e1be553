//! The state of each worker as the coordinator sees it, kept from the worker's own transitions.
//!
//! A worker that a pause does not wait for cannot change its lane before the release: lanes that are read in a
//! stopped world stay right.

use std::time::Duration;

use machine::vm::Location;
use machine::vm::{Since, StopKind};
use safepoint::StopReason;
use safepoint::clock::{self, Timestamp};
use safepoint::sync::{Mutex, lock};

use super::journal::us;
use super::thread_clock::ThreadClock;
use super::views::Standing;

/// A worker's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Stands {
    /// It has not begun, or is gone.
    #[default]
    Away,
    /// It runs.
    Runs,
    /// It stopped for a pause, at a poll.
    Stopped,
    /// It counts as stopped, for this reason.
    Safe(StopKind),
    /// It died.
    Dead,
}

/// An arrival at a pause.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Arrived {
    pub(super) pause: u64,
    pub(super) at: Timestamp,
    pub(super) location: Option<Location>,
    pub(super) progress: u64,
    /// What it had done since its last poll.
    pub(super) since: Since,
    /// The processor time that its thread had had.
    pub(super) ran: Option<Duration>,
}

/// What is known of one worker.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Lane {
    pub(super) stands: Stands,
    /// The kind of its next stop.
    kind: Option<StopKind>,
    /// What it had done since its last poll when it entered the slow path of a poll.
    since: Since,
    pub(super) arrived: Option<Arrived>,
    /// The clock of its thread.
    clock: Option<ThreadClock>,
    /// The reading of that clock, and when it was taken, while the worker ran.
    pub(super) read: Option<(Duration, Timestamp)>,
    begun_at: Timestamp,
    /// When it resumed after its last stop.
    resumed_at: Timestamp,
}

/// All workers of a run.
pub(super) struct Lanes {
    lanes: Box<[Mutex<Lane>]>,
}

impl Lanes {
    pub(super) fn new(workers: usize) -> Self {
        Self { lanes: (0..workers).map(|_| Mutex::default()).collect() }
    }

    fn with(&self, lane: usize, change: impl FnOnce(&mut Lane)) {
        if let Some(lane) = self.lanes.get(lane) {
            change(&mut lock(lane));
        }
    }

    /// The worker of this thread begins.
    pub(super) fn begins(&self, lane: usize, at: Timestamp) {
        self.with(lane, |lane| {
            (lane.clock, lane.begun_at) = (ThreadClock::of_this_thread(), at);
        });
        self.runs(lane, at);
    }

    pub(super) fn stops_as(&self, lane: usize, kind: StopKind, since: Since) {
        self.with(lane, |lane| (lane.kind, lane.since) = (Some(kind), since));
    }

    /// Where the program stops the world, if the worker's next stop, or its last one, is such a stop.
    pub(super) fn stops_for_program(&self, lane: usize) -> Option<Location> {
        match lock(self.lanes.get(lane)?).kind {
            Some(StopKind::Program(at)) => Some(at),
            _ => None,
        }
    }

    pub(super) fn safe_entered(&self, lane: usize) {
        self.with(lane, |lane| lane.stands = Stands::Safe(lane.kind.unwrap_or(StopKind::Poll)));
    }

    /// On the worker's own thread, or, if it died, on the thread that reports the death.
    pub(super) fn arrived(&self, lane: usize, arrived: Arrived) {
        self.with(lane, |lane| {
            let ran = lane.clock.and_then(ThreadClock::read);
            lane.arrived = Some(Arrived { since: lane.since, ran, ..arrived });
            if lane.stands == Stands::Runs {
                lane.stands = Stands::Stopped;
            }
        });
    }

    pub(super) fn runs(&self, lane: usize, at: Timestamp) {
        self.with(lane, |lane| {
            if lane.stands.resumes() {
                lane.resumed_at = at;
            }
            lane.stands = Stands::Runs;
        });
    }

    pub(super) fn away(&self, lane: usize) {
        self.with(lane, |lane| lane.stands = Stands::Away);
    }

    pub(super) fn died(&self, lane: usize) {
        self.with(lane, |lane| lane.stands = Stands::Dead);
    }

    /// All lanes, when the workers have been asked to stop. Reads the processor clock of each worker that may run, or
    /// is about to.
    pub(super) fn asked(&self) -> Vec<Lane> {
        let read = |lane: &Mutex<Lane>| {
            let mut lane = lock(lane);
            let clock = lane.clock.filter(|_| lane.stands == Stands::Runs || lane.stands.resumes());
            lane.read = clock.and_then(ThreadClock::read).map(|ran| (ran, clock::now()));
            *lane
        };
        self.lanes.iter().map(read).collect()
    }

    /// All lanes, in the order of their numbers.
    pub(super) fn all(&self) -> Vec<Lane> {
        self.lanes.iter().map(|lane| *lock(lane)).collect()
    }

    /// When the last of `workers` ran its first instruction after `let_go`; `None` if one has not yet.
    pub(super) fn all_resumed(&self, workers: &[usize], let_go: Timestamp) -> Option<Timestamp> {
        let mut last = let_go;
        for &worker in workers {
            let lane = *lock(&self.lanes[worker]);
            if lane.resumed_at < let_go && lane.stands.resumes() {
                return None;
            }
            last = last.max(lane.resumed_at);
        }
        Some(last)
    }
}

impl Lane {
    /// The most processor time that it can have had since `armed_at`; `ran` is the present reading of its clock.
    pub(super) fn ran_since(&self, armed_at: Timestamp, ran: Option<Duration>) -> Option<Duration> {
        let (before, read_at) = self.read?;
        // It may have run between arming and the first reading.
        Some(ran?.saturating_sub(before) + read_at.since(armed_at))
    }

    /// The time of an instruction until `armed_at`, of `executed` on average, in microseconds. It is too
    /// long where the worker stood still meanwhile.
    pub(super) fn average(&self, armed_at: Timestamp, executed: u64) -> Option<f64> {
        (executed > 0).then(|| us(armed_at.since(self.begun_at)) / executed as f64)
    }

    /// Whether its thread's processor clock can be read.
    pub(super) fn is_clocked(&self) -> bool {
        self.clock.is_some()
    }

    /// The processor time that its thread has had by now.
    pub(super) fn ran(&self) -> Option<Duration> {
        self.clock?.read()
    }
}

impl Stands {
    /// Whether the worker resumes at the release.
    pub(super) fn resumes(self) -> bool {
        match self {
            Self::Stopped => true,
            Self::Safe(kind) => {
                !matches!(kind, StopKind::Blocked | StopKind::Compiles | StopKind::Idle)
            }
            Self::Away | Self::Runs | Self::Dead => false,
        }
    }

    /// The standing of a worker that was not awaited, in a pause for `reason`; `asked`: the pause was requested by
    /// this worker.
    pub(super) fn standing(self, reason: StopReason, asked: bool) -> Standing {
        match self {
            _ if asked => Standing::Requester,
            Self::Stopped => Standing::NotYetResumed,
            Self::Safe(StopKind::Blocked) => Standing::Blocked,
            Self::Safe(StopKind::Idle) => Standing::Idle,
            Self::Safe(StopKind::Memory) => Standing::WaitingForMemory,
            Self::Safe(StopKind::Debugger) if reason == StopReason::Debug => Standing::Requester,
            Self::Dead => Standing::Died,
            Self::Safe(_) | Self::Away | Self::Runs => Standing::SafeRegion,
        }
    }
}
