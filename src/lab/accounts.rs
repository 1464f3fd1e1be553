//! How long the world stood still during a run, and for how much of any stretch of time the program ran.

use std::collections::VecDeque;

use safepoint::clock::Timestamp;
use safepoint::{PauseReport, StopReason};

use super::views::{ByReason, Stopped, Totals, Utilisation, WINDOWS_MS};

/// Stops that are kept, to find windows that cover several. When there are more, the older half is dropped; its
/// result stays in `worst`.
const KEPT: usize = 4096;

/// A stretch in which the world stood still, in nanoseconds since the clock's origin.
type Stop = (u64, u64);

/// The account of one run.
#[derive(Default)]
pub(super) struct Accounts {
    began: Option<u64>,
    ended: u64,
    pauses: [u64; 3],
    stopped: [u64; 3],
    /// In the order of time, without overlaps.
    stops: VecDeque<Stop>,
    /// The worst windows of stops that are no longer in `stops`.
    worst: Worst,
}

/// The worst windows seen, in nanoseconds.
#[derive(Clone, Copy, Default)]
struct Worst {
    /// Most time that the world stood still in a window of each length.
    stopped: [u64; WINDOWS_MS.len()],
    /// The longest window in which the world stood still for half of the time.
    window: u64,
}

impl Accounts {
    /// A worker began.
    pub(super) fn begins(&mut self, at: Timestamp) {
        self.began.get_or_insert(at.as_nanos());
    }

    /// A worker ended.
    pub(super) fn ends(&mut self, at: Timestamp) {
        self.ended = self.ended.max(at.as_nanos());
    }

    /// The world was stopped and runs again.
    pub(super) fn pause(&mut self, report: &PauseReport) {
        let stop = (report.reached_at.as_nanos(), report.released_at.as_nanos());
        self.stop(report.reason, stop);
    }

    fn stop(&mut self, reason: StopReason, stop: Stop) {
        self.pauses[reason.index()] += 1;
        self.stopped[reason.index()] += stop.1.saturating_sub(stop.0);
        // Several threads report stops: two may come in the wrong order.
        let at = self.stops.partition_point(|&(from, _)| from < stop.0);
        self.stops.insert(at, stop);
        if self.stops.len() > KEPT {
            self.worst = self.worst();
            self.stops.drain(..KEPT / 2);
        }
    }

    /// The totals at `now`; `over`: no worker runs any more.
    pub(super) fn totals(&self, now: Timestamp, over: bool) -> Totals {
        let Some(began) = self.began else { return Totals::default() };
        let end = if over && self.ended > began { self.ended } else { now.as_nanos() };
        let run = end.saturating_sub(began);
        let share = |stopped: u64| if run == 0 { 0.0 } else { stopped as f64 / run as f64 };
        let of = |reason: StopReason| {
            let stopped = self.stopped[reason.index()];
            Stopped {
                pauses: self.pauses[reason.index()],
                stopped: us(stopped),
                share: share(stopped).min(1.0),
            }
        };
        let stopped = self.stopped.iter().sum();
        let worst = self.worst();
        let mut utilisation = [Utilisation::default(); WINDOWS_MS.len()];
        for (at, window) in utilisation.iter_mut().enumerate() {
            window.window = f64::from(WINDOWS_MS[at]);
            window.least = 1.0 - worst.stopped[at] as f64 / length(at) as f64;
        }
        Totals {
            run: us(run),
            stopped: us(stopped),
            share: share(stopped).min(1.0),
            by_reason: ByReason {
                gc: of(StopReason::GarbageCollection),
                snapshot: of(StopReason::Snapshot),
                debug: of(StopReason::Debug),
            },
            utilisation,
            // If the world stood still for more than half of the run, the window is the whole run.
            window: us(worst.window.min(run)),
        }
    }

    fn worst(&self) -> Worst {
        let mut worst = self.worst;
        let stops: Vec<Stop> = self.stops.iter().copied().collect();
        // For the end of each stop, how long the world had stood still until then.
        let mut sums = vec![0];
        for (from, to) in &stops {
            sums.push(sums[sums.len() - 1] + to.saturating_sub(*from));
        }
        let stopped_until = |at: u64| {
            let index = stops.partition_point(|&(from, _)| from < at);
            let over = index.checked_sub(1).map_or(0, |last| stops[last].1.saturating_sub(at));
            sums[index] - over.min(sums[index])
        };
        for at in 0..WINDOWS_MS.len() {
            // The worst window begins with a stop or ends with one.
            for &(from, to) in &stops {
                let after = stopped_until(from + length(at)) - stopped_until(from);
                let before = stopped_until(to) - stopped_until(to.saturating_sub(length(at)));
                worst.stopped[at] = worst.stopped[at].max(after).max(before);
            }
        }
        worst.window = worst.window.max(longest_half(&stops));
        worst
    }
}

/// The longest window in which the world stood still for at least half of the time.
///
/// The *height*, twice the time for which the world stood still minus all time, rises in a stop and
/// falls between two. The window is the longest stretch over which the height has not fallen. It may
/// begin before a stop and end after one, since time between stops can be added at either end.
fn longest_half(stops: &[Stop]) -> u64 {
    let Some(&(origin, _)) = stops.first() else { return 0 };
    let mut stopped = 0_i64;
    // The beginnings of stops, with the height there. Only those lower than all before can begin the longest window.
    let mut lows: Vec<(u64, i64)> = Vec::new();
    let mut longest = 0_u64;
    for &(from, to) in stops {
        let height = |at: u64, stopped: i64| 2 * stopped - at.saturating_sub(origin) as i64;
        let before = height(from, stopped);
        if lows.last().is_none_or(|&(_, low)| before < low) {
            lows.push((from, before));
        }
        stopped += to.saturating_sub(from) as i64;
        let after = height(to, stopped);
        let first = lows.partition_point(|&(_, low)| low > after);
        if let Some(&(begin, low)) = lows.get(first) {
            // By as much as the height has risen, the window may include time in which the world ran.
            longest = longest.max(to - begin + (after - low) as u64);
        }
    }
    longest
}

fn length(index: usize) -> u64 {
    u64::from(WINDOWS_MS[index]) * 1_000_000
}

fn us(nanos: u64) -> f64 {
    nanos as f64 / 1e3
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: u64 = 1_000_000;

    fn of(stops: &[(u64, u64)]) -> Accounts {
        let stops = stops.iter().map(|&(from, to)| (from * MS, to * MS)).collect();
        Accounts { began: Some(0), stops, ..Accounts::default() }
    }

    /// The same, found by trying every window on a grid of a tenth of a millisecond.
    fn tried(stops: &[(u64, u64)], window: u64) -> u64 {
        let stopped = |from: u64, to: u64| -> u64 {
            stops.iter().map(|&(a, b)| (b * 10).min(to).saturating_sub((a * 10).max(from))).sum()
        };
        let window = window * 10;
        (0..4000).map(|from| stopped(from, from + window)).max().unwrap_or(0) * MS / 10
    }

    #[test]
    fn the_worst_window_is_found() {
        let stops = [(10, 12), (13, 14), (40, 55), (56, 57), (90, 91), (92, 93), (94, 130)];
        let worst = of(&stops).worst();
        for (at, window) in WINDOWS_MS.into_iter().enumerate() {
            assert_eq!(worst.stopped[at], tried(&stops, window.into()), "{window} ms");
        }
    }

    /// `www/run/totals.ts` counts the same for recorded runs, and is tested with the same cases.
    #[test]
    fn totals_are_the_same_as_the_page_counts() {
        #[derive(serde::Deserialize)]
        struct Case {
            stops: Vec<(u64, u64)>,
            run: u64,
            stopped: u64,
            least: [f64; WINDOWS_MS.len()],
            window: u64,
        }
        let cases: Vec<Case> =
            serde_json::from_str(include_str!("../../tests/totals.json")).expect("cases");
        assert!(!cases.is_empty());
        for Case { stops, run, stopped, least, window } in cases {
            let mut accounts = Accounts { began: Some(0), ..Accounts::default() };
            for (at, (from, to)) in stops.iter().enumerate() {
                accounts.stop(StopReason::ALL[at % 3], (from * MS, to * MS));
            }
            let totals = accounts.totals(Timestamp::from_nanos(run * MS), false);
            let ms = |ms: u64| us(ms * MS);
            assert_eq!(
                (totals.run, totals.stopped, totals.window),
                (ms(run), ms(stopped), ms(window)),
                "{stops:?}"
            );
            assert_eq!(totals.share, stopped as f64 / run as f64, "{stops:?}");
            let each = totals.by_reason;
            assert_eq!(
                each.gc.pauses + each.snapshot.pauses + each.debug.pauses,
                stops.len() as u64
            );
            for (of, least) in totals.utilisation.iter().zip(least) {
                assert!((of.least - least).abs() < 1e-9, "{of:?} of {stops:?}: {least}");
            }
        }
    }

    #[test]
    fn the_longest_window_with_less_than_half_is_found() {
        assert_eq!(longest_half(&[]), 0);
        // One stop: the window is twice its length.
        assert_eq!(of(&[(10, 12)]).worst().window, 4 * MS);
        // Two stops that are near each other are in one window; two that are far apart are not.
        assert_eq!(of(&[(10, 12), (13, 15)]).worst().window, 8 * MS);
        assert_eq!(of(&[(10, 12), (100, 103)]).worst().window, 6 * MS);
    }

    #[test]
    fn dropped_stops_still_count() {
        let mut accounts = Accounts { began: Some(0), ..Accounts::default() };
        accounts.stops.push_back((0, 500 * MS));
        for at in 1..=KEPT as u64 + 1 {
            accounts.stops.push_back((at * 2000 * MS, at * 2000 * MS + 1000));
            if accounts.stops.len() > KEPT {
                accounts.worst = accounts.worst();
                accounts.stops.drain(..KEPT / 2);
            }
        }
        assert_eq!(accounts.worst().window, 1000 * MS);
        assert!(accounts.stops.len() <= KEPT);
    }
}
