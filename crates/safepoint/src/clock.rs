//! One monotonic clock for all workers.
//!
//! It is [`std::time::Instant`], and in the browser `performance.timeOrigin + performance.now()`,
//! because the bare `performance.now()` of two workers differ by tens of milliseconds. The sums still
//! differ by some steps of the clock, because a browser rounds origin and reading separately. So each
//! reading is raised to the latest reading of any thread before it. Times are nanoseconds since the
//! first reading in this process: they fit a `u64` for 584 years and can be compared across threads.
//! Under a model checker time stands still, because its executions must be repeatable.

use std::{
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

#[cfg(not(any(feature = "web-clock", loom, shuttle)))]
use std::time::Instant;
#[cfg(all(feature = "web-clock", not(any(loom, shuttle))))]
use web_time::Instant;

/// A point in time: nanoseconds since this process first read its clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(u64);

impl Timestamp {
    /// The point `nanos` nanoseconds after the origin.
    pub const fn from_nanos(nanos: u64) -> Self {
        Self(nanos)
    }

    /// Nanoseconds since the origin.
    pub const fn as_nanos(self) -> u64 {
        self.0
    }

    /// The time from `earlier` to this; zero if this is not later.
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }

    /// The point `after` later, at most the largest timestamp.
    pub fn saturating_add(self, after: Duration) -> Self {
        Self(self.0.saturating_add(nanos(after)))
    }
}

/// The nanoseconds of a duration, at most `u64::MAX`.
pub fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

/// The time now. It never runs backwards, also across threads: a reading that happens after another is
/// not earlier. Under a model checker it stays at its origin.
pub fn now() -> Timestamp {
    Timestamp(LATEST.or(reading()))
}

/// The time now, and later than every reading before: by a nanosecond if the clock has not advanced. So
/// the order of such times is the order in which they were read.
///
/// A hybrid logical clock (Kulkarni et al., "Logical Physical Clocks and Consistent Snapshots in
/// Globally Distributed Databases", 2014) that counts in nanoseconds, far below a browser's step.
pub fn now_and_later() -> Timestamp {
    if cfg!(any(loom, shuttle)) { now() } else { Timestamp(LATEST.later(reading())) }
}

/// The reading of this thread's own clock.
#[cfg(not(any(loom, shuttle)))]
fn reading() -> u64 {
    static ORIGIN: OnceLock<Instant> = OnceLock::new();
    let origin = ORIGIN.get_or_init(Instant::now);
    nanos(Instant::now().saturating_duration_since(*origin))
}

#[cfg(any(loom, shuttle))]
fn reading() -> u64 {
    0
}

/// The latest reading of any thread.
static LATEST: Latest = Latest(AtomicU64::new(0));

/// Relaxed is enough: only this word is ordered, and a reading that happens after another sees the
/// other's value or a later one.
struct Latest(AtomicU64);

impl Latest {
    /// `reading`, or the latest if that is later. Each thread writes at most once per step of its clock.
    fn or(&self, reading: u64) -> u64 {
        let latest = self.0.load(Ordering::Relaxed);
        if latest >= reading {
            return latest;
        }
        self.0.fetch_max(reading, Ordering::Relaxed).max(reading)
    }

    /// `reading`, or just after the latest.
    fn later(&self, reading: u64) -> u64 {
        let after = |latest: u64| reading.max(latest.saturating_add(1));
        let update = |latest| Some(after(latest));
        match self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, update) {
            Ok(latest) | Err(latest) => after(latest),
        }
    }
}

/// The clock's step: the smallest difference seen between two readings of one thread, measured once.
///
/// A few nanoseconds natively; 5 us in an isolated Chromium, 20 us in an isolated Firefox, 100 us in
/// a page that is not isolated. Durations of this order are noise and should be shown as such. The
/// first call takes a few steps of the clock. If the clock stands still, the result is one second.
pub fn resolution() -> Duration {
    static RESOLUTION: OnceLock<Duration> = OnceLock::new();
    *RESOLUTION.get_or_init(measure_resolution)
}

fn measure_resolution() -> Duration {
    const STEPS: usize = 8;
    const READINGS: usize = 1 << 20;
    let mut smallest = Duration::from_secs(1);
    let mut steps = 0;
    let mut last = reading();
    for _ in 0..READINGS {
        let now = reading();
        if now > last {
            smallest = smallest.min(Duration::from_nanos(now - last));
            last = now;
            steps += 1;
            if steps == STEPS {
                break;
            }
        }
    }
    smallest
}

#[cfg(all(test, not(any(loom, shuttle))))]
mod tests {
    use super::*;

    #[test]
    fn never_runs_backwards() {
        let mut last = now();
        for _ in 0..10_000 {
            let reading = now();
            assert!(reading >= last, "{reading:?} came after {last:?}");
            last = reading;
        }
    }

    #[test]
    fn a_clock_that_is_behind_does_not_lead_back() {
        let latest = Latest(AtomicU64::new(0));
        assert_eq!([10, 5, 10, 11, 3].map(|reading| latest.or(reading)), [10, 10, 10, 11, 11]);
        assert_eq!([11, 3, 20].map(|reading| latest.later(reading)), [12, 13, 20]);
        assert_eq!(latest.or(19), 20);
    }

    #[test]
    fn has_a_step_that_is_not_zero() {
        let step = resolution();
        assert!(step > Duration::ZERO && step < Duration::from_secs(1), "the step is {step:?}");
    }

    #[test]
    fn differences_do_not_wrap() {
        let early = Timestamp::from_nanos(5);
        let late = Timestamp::from_nanos(9);
        assert_eq!(late.since(early), Duration::from_nanos(4));
        assert_eq!(early.since(late), Duration::ZERO);
        assert_eq!(late.saturating_add(Duration::MAX), Timestamp::from_nanos(u64::MAX));
    }
}
