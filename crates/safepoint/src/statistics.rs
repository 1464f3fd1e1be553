//! What pauses have cost so far.
//!
//! Everything is behind one lock, so a summary shows one moment, and a reset is one step. The lock is
//! taken once per request and once per pause, after the workers were released.

use super::{
    error::PauseError,
    histogram::{DurationSummary, Durations},
    reason::{self, Reason, StopReason},
    record::{PauseRecord, PauseReport},
};
use crate::clock::nanos;
use std::time::Duration;

/// Counts and distributions, allocated when there is something to count.
#[derive(Default)]
pub(super) struct Statistics {
    /// Indexed by the code of a reason. The last entry is for reasons that are missing in
    /// [`Reason::ALL`].
    reasons: Vec<PerReason>,
}

#[derive(Clone, Default)]
struct PerReason {
    requests: u64,
    busy: u64,
    timed_out: u64,
    cancelled: u64,
    joined: u64,
    pauses: u64,
    arrivals: u64,
    wasted_ns: u64,
    queue: Durations,
    ttsp: Durations,
    noticing: Durations,
    operation: Durations,
    held: Durations,
    release: Durations,
    total: Durations,
}

impl Statistics {
    fn reason<R: Reason>(&mut self, reason: R) -> &mut PerReason {
        if self.reasons.is_empty() {
            self.reasons.resize_with(R::ALL.len() + 2, PerReason::default);
        }
        let last = self.reasons.len() - 1;
        &mut self.reasons[usize::from(reason::code(reason)).min(last)]
    }

    /// A request was answered.
    pub(super) fn request<R: Reason>(&mut self, reason: R, error: Option<&PauseError<R>>) {
        let counts = self.reason(reason);
        counts.requests += 1;
        match error {
            None => {}
            Some(PauseError::Busy { .. }) => counts.busy += 1,
            Some(PauseError::TimedOut { .. }) => counts.timed_out += 1,
            Some(PauseError::Cancelled) => counts.cancelled += 1,
        }
    }

    /// A request that was granted has let go of the world.
    pub(super) fn granted<R: Reason>(&mut self, reason: R, queue_wait: Duration, joined: bool) {
        let counts = self.reason(reason);
        counts.queue.record(queue_wait);
        counts.joined += u64::from(joined);
    }

    /// A pause has ended. `whole` is its report over all its holders.
    pub(super) fn pause<R: Reason>(&mut self, record: &PauseRecord<R>, whole: &PauseReport<R>) {
        let awaited = record.arrivals.iter().filter(|arrival| !arrival.was_safe).count();
        let counts = self.reason(record.reason);
        counts.pauses += 1;
        counts.arrivals += awaited as u64;
        counts.wasted_ns = counts.wasted_ns.saturating_add(nanos(whole.wasted));
        counts.ttsp.record(whole.ttsp);
        counts.noticing.record(whole.noticing);
        counts.operation.record(whole.operation);
        counts.held.record(whole.held);
        counts.release.record(whole.release);
        // Without the time in which the world was only held: a person looks at it as long as they like.
        let only_held = whole.held.saturating_sub(whole.served_for);
        counts.total.record(whole.total.saturating_sub(only_held));
    }

    pub(super) fn summary<R: Reason>(&self) -> SafepointStatistics<R> {
        let counted = self.reasons.get(1..).unwrap_or_default();
        let reasons = R::ALL.iter().zip(counted).map(|(reason, of)| (*reason, of.summary()));
        SafepointStatistics { reasons: reasons.collect() }
    }
}

impl PerReason {
    fn summary(&self) -> ReasonStatistics {
        ReasonStatistics {
            requests: self.requests,
            busy: self.busy,
            timed_out: self.timed_out,
            cancelled: self.cancelled,
            joined: self.joined,
            pauses: self.pauses,
            arrivals: self.arrivals,
            wasted_worker_time_ns: self.wasted_ns,
            queue: self.queue.summary(),
            ttsp: self.ttsp.summary(),
            noticing: self.noticing.summary(),
            operation: self.operation.summary(),
            held: self.held.summary(),
            release: self.release.summary(),
            total: self.total.summary(),
        }
    }
}

/// What pauses have cost, by reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SafepointStatistics<R = StopReason> {
    /// For each reason, in the order of [`Reason::ALL`]; empty before the first request.
    reasons: Vec<(R, ReasonStatistics)>,
}

impl<R> Default for SafepointStatistics<R> {
    fn default() -> Self {
        Self { reasons: Vec::new() }
    }
}

impl<R: Reason> SafepointStatistics<R> {
    /// The statistics of one reason.
    pub fn of(&self, reason: R) -> ReasonStatistics {
        let found = self.reasons.iter().find(|(known, _)| *known == reason);
        found.map(|(_, of)| *of).unwrap_or_default()
    }

    /// Pauses for all reasons.
    pub fn pauses(&self) -> u64 {
        self.reasons.iter().map(|(_, of)| of.pauses).sum()
    }
}

/// What pauses for one reason have cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReasonStatistics {
    /// Requests that were answered, also with an error.
    pub requests: u64,
    /// Requests answered with [`PauseError::Busy`].
    pub busy: u64,
    /// Requests answered with [`PauseError::TimedOut`].
    pub timed_out: u64,
    /// Requests answered with [`PauseError::Cancelled`].
    pub cancelled: u64,
    /// Requests that were granted because they joined a pause that another request had started.
    pub joined: u64,
    /// Pauses that took effect and ended.
    pub pauses: u64,
    /// Awaited workers that arrived, summed over pauses.
    pub arrivals: u64,
    /// The time between each awaited worker's ack and the last ack of the pause, summed over workers and
    /// pauses, in nanoseconds.
    pub wasted_worker_time_ns: u64,
    /// From a granted request to arming, or until the world was handed to it. One value per granted
    /// request.
    pub queue: DurationSummary,
    /// From arming to the last arrival. One value per pause, as in all fields below.
    pub ttsp: DurationSummary,
    /// From the last arrival until the requester runs again.
    pub noticing: DurationSummary,
    /// From then to the end of the operation.
    pub operation: DurationSummary,
    /// From the end of the operation to letting go.
    pub held: DurationSummary,
    /// From letting go until the last wake-up was issued.
    pub release: DurationSummary,
    /// From the first request until the last wake-up was issued, without the time in which the world
    /// was only held.
    pub total: DurationSummary,
}
