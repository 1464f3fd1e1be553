//! Which workers and places are late, and whether that is more than chance.
//!
//! If no worker were slower than the others, each of the `n` workers that a pause awaits would be its
//! last with probability `1/n`. Take a worker that `N` pauses awaited, and let `m` be the sum of these
//! probabilities: the number of pauses in which it is expected to be last. How often it really was last
//! is judged by the tail of the binomial distribution of `N` trials with probability `m/N`, times the
//! number of candidates judged at once (Bonferroni). If `n` differs from pause to pause, this is larger
//! than the exact tail (Hoeffding, "On the distribution of the number of successes in independent
//! trials", 1956), so the verdict errs on the safe side. A worker is called biased if the result is
//! below [`SIGNIFICANCE`] and at least [`ENOUGH_PAUSES`] pauses awaited two workers or more.
//!
//! Places are judged in the same way, with the share of the awaited workers that were held up there: at
//! the place that they noted, or else where they stopped.

use super::{
    ids::WorkerId,
    place::Place,
    record::{Arrival, PauseRecord},
};
use crate::clock::nanos;
use std::time::Duration;

/// The number of pauses that a verdict needs.
pub const ENOUGH_PAUSES: u64 = 30;

/// A worker or place is called biased only if chance is less probable than this.
pub const SIGNIFICANCE: f64 = 0.001;

/// The largest number of workers, and of places, that have counts of their own.
const CANDIDATES: usize = 4096;

/// Counts how often each candidate was the last of its pause. A candidate is, for example, a worker or a
/// place.
///
/// ```
/// use safepoint::{Bias, ENOUGH_PAUSES};
/// use std::time::Duration;
///
/// let mut bias = Bias::new();
/// for _ in 0..ENOUGH_PAUSES {
///     let arrival = |worker, after| (Some(worker), Duration::from_micros(after));
///     bias.pause([arrival("quick", 1), arrival("slow", 90)]);
/// }
/// let report = bias.report();
/// assert!(report[0].who == "slow" && report[0].lateness.biased);
/// assert!(!report[1].lateness.biased);
/// ```
#[derive(Clone, Debug)]
pub struct Bias<K> {
    pauses: u64,
    /// In ascending order.
    candidates: Vec<(K, Lateness)>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Lateness {
    arrivals: u64,
    /// Pauses that awaited it.
    trials: u64,
    last: u64,
    expected: f64,
    late_ns: u64,
    max_late_ns: u64,
}

impl<K> Default for Bias<K> {
    fn default() -> Self {
        Self { pauses: 0, candidates: Vec::new() }
    }
}

impl<K: Ord + Clone> Bias<K> {
    /// A count of no pauses.
    pub fn new() -> Self {
        Self::default()
    }

    /// Counts a pause. `awaited` has an entry for each awaited worker, in the order of arrival: the candidate that the
    /// worker counts for, if there is one, and the time of its arrival. A pause that awaited a single worker is not
    /// counted: that worker is always the last.
    pub fn pause(&mut self, awaited: impl IntoIterator<Item = (Option<K>, Duration)>) {
        let mut awaited: Vec<_> = awaited.into_iter().collect();
        let [.., (_, before), (_, last)] = awaited.as_slice() else {
            return;
        };
        self.pauses += 1;
        // The time for which the pause waited for the last worker alone.
        let late_ns = nanos(last.saturating_sub(*before));
        let share = 1.0 / awaited.len() as f64;
        let last = awaited.last().and_then(|(candidate, _)| candidate.clone());
        awaited.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        for same in awaited.chunk_by(|(a, _), (b, _)| a == b) {
            let Some(candidate) = &same[0].0 else { continue };
            let late = (last.as_ref() == Some(candidate)).then_some(late_ns);
            self.count(candidate, same.len() as u64, share, late);
        }
    }

    /// Counts a pause that awaited a candidate `times` times, each of which would be last with probability `share`.
    fn count(&mut self, candidate: &K, times: u64, share: f64, late_ns: Option<u64>) {
        let kept = &mut self.candidates;
        let index = match kept.binary_search_by(|(other, _)| other.cmp(candidate)) {
            Ok(index) => index,
            Err(_) if kept.len() >= CANDIDATES => return,
            Err(index) => {
                kept.insert(index, (candidate.clone(), Lateness::default()));
                index
            }
        };
        let lateness = &mut kept[index].1;
        lateness.arrivals += times;
        lateness.trials += 1;
        lateness.expected += share * times as f64;
        if let Some(late_ns) = late_ns {
            lateness.last += 1;
            lateness.late_ns = lateness.late_ns.saturating_add(late_ns);
            lateness.max_late_ns = lateness.max_late_ns.max(late_ns);
        }
    }

    /// The number of counted pauses.
    pub fn pauses(&self) -> u64 {
        self.pauses
    }

    /// Every candidate. The candidate that was last most often comes first.
    pub fn report(&self) -> Vec<BiasEntry<K>> {
        let entries = self.candidates.iter().map(|(candidate, lateness)| BiasEntry {
            who: candidate.clone(),
            lateness: lateness.report(self.pauses, self.candidates.len()),
        });
        let mut entries: Vec<_> = entries.collect();
        entries.sort_by_key(|entry| std::cmp::Reverse((entry.lateness.last, entry.lateness.late)));
        entries
    }
}

/// The counts of one coordinator's workers and places.
#[derive(Default)]
pub(super) struct Late {
    workers: Bias<WorkerId>,
    places: Bias<Place>,
}

impl Late {
    pub(super) fn pause<R>(&mut self, record: &PauseRecord<R>) {
        let awaited = || record.arrivals.iter().filter(|arrival| !arrival.was_safe);
        self.workers.pause(awaited().map(|arrival| (Some(arrival.worker), arrival.after)));
        let held_up = |arrival: &Arrival| arrival.cause.or(arrival.place);
        // Without the detail: whatever the worker did there.
        let place = |arrival| held_up(arrival).map(|place| Place::at(place.address()));
        self.places.pause(awaited().map(|arrival| (place(arrival), arrival.after)));
    }

    pub(super) fn report(&self) -> BiasReport {
        BiasReport {
            pauses: self.workers.pauses(),
            workers: self.workers.report(),
            places: self.places.report(),
        }
    }
}

impl Lateness {
    fn report(&self, pauses: u64, candidates: usize) -> LatenessReport {
        let chance = chance(self.last, self.trials, self.expected);
        let chance = (chance * candidates as f64).min(1.0);
        LatenessReport {
            arrivals: self.arrivals,
            last: self.last,
            expected: self.expected,
            late: Duration::from_nanos(self.late_ns),
            max_late: Duration::from_nanos(self.max_late_ns),
            chance,
            biased: pauses >= ENOUGH_PAUSES && chance < SIGNIFICANCE,
        }
    }
}

/// The probability that at least `times` of `trials` succeed, if each does so with probability
/// `mean / trials`.
fn chance(times: u64, trials: u64, mean: f64) -> f64 {
    let p = mean / trials as f64;
    if times as f64 <= mean || p <= 0.0 || p >= 1.0 {
        return 1.0;
    }
    let odds = p / (1.0 - p);
    // The logarithm of the probability of exactly `times`, from that of none.
    let ln = (0..times).fold(trials as f64 * (-p).ln_1p(), |ln, i| {
        ln + ((trials - i) as f64 / (i + 1) as f64 * odds).ln()
    });
    let mut term = ln.exp();
    let mut sum = 0.0;
    for i in times..=trials {
        sum += term;
        if term < sum * f64::EPSILON {
            break;
        }
        term *= (trials - i) as f64 / (i + 1) as f64 * odds;
    }
    sum.min(1.0)
}

/// Which workers and places were late, how often and how much.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct BiasReport {
    /// Pauses that awaited at least two workers.
    pub pauses: u64,
    /// Every worker that was awaited. The worker that was last most often comes first.
    pub workers: Vec<BiasEntry<WorkerId>>,
    /// Every place where an awaited worker was held up, without details. The place of the last worker
    /// in most pauses comes first.
    pub places: Vec<BiasEntry<Place>>,
}

/// One worker's or place's lateness.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct BiasEntry<T> {
    /// The worker or place.
    pub who: T,
    /// Its counts and the verdict.
    pub lateness: LatenessReport,
}

/// How late a worker or place was, and whether that is more than chance.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct LatenessReport {
    /// How often it was awaited and arrived.
    pub arrivals: u64,
    /// How often it was the last.
    pub last: u64,
    /// How often it would be the last by chance.
    pub expected: f64,
    /// How long pauses have waited for it alone in all: since the arrival before it.
    pub late: Duration,
    /// The longest of these times.
    pub max_late: Duration,
    /// An upper bound of the probability that chance makes any candidate the last as often as this one,
    /// from 0 to 1.
    pub chance: f64,
    /// The verdict: there were enough pauses, and `chance` is below [`SIGNIFICANCE`].
    pub biased: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{PauseId, StopReason};

    /// A pause in which the workers of `order` arrived one microsecond after the other.
    fn pause(order: &[u32]) -> PauseRecord<StopReason> {
        let arrivals: Vec<_> = order
            .iter()
            .zip(1..)
            .map(|(&worker, microseconds)| Arrival {
                worker: WorkerId::new(worker),
                after: Duration::from_micros(microseconds),
                was_safe: false,
                cause: None,
                place: Some(Place::at(u64::from(worker % 2))),
                progress: 0,
                progress_at_arm: 0,
                since_poll: None,
            })
            .collect();
        PauseRecord { arrivals: arrivals.into(), ..PauseRecord::without_workers(PauseId::new(1)) }
    }

    #[cfg(not(any(loom, shuttle)))]
    #[test]
    fn chance_is_the_tail_of_the_binomial_distribution() {
        let rows = include_str!("../tests/chance.json").lines().filter(|line| line.contains(','));
        for row in rows {
            let numbers = row.split(|c: char| "[], ".contains(c)).filter(|part| !part.is_empty());
            let numbers: Vec<f64> = numbers.map(|number| number.parse().expect(row)).collect();
            let [times, trials, mean, expected] = numbers[..] else {
                panic!("four numbers: {row}")
            };
            let (times, trials) = (times as u64, trials as u64);
            let found = chance(times, trials, mean);
            assert!((found / expected - 1.0).abs() < 1e-6, "{times} of {trials}: {found}");
        }
        assert_eq!(chance(3, 10, 4.0), 1.0, "less often than expected is no bias");
        assert_eq!(chance(10, 10, 10.0), 1.0, "a worker that is awaited alone is always the last");
    }

    #[test]
    fn one_of_four_last_in_32_of_59_is_no_chance() {
        let mut bias = Late::default();
        for turn in 0..59 {
            let last = if turn < 32 { 3 } else { turn % 3 };
            let mut order: Vec<u32> = (0..4).filter(|&worker| worker != last).collect();
            order.push(last);
            bias.pause(&pause(&order));
        }
        let report = bias.report();
        let first = report.workers[0];
        assert_eq!((first.who, first.lateness.last), (WorkerId::new(3), 32));
        assert!(first.lateness.biased && first.lateness.chance < 1e-5, "{first:?}");
    }

    #[test]
    fn a_worker_that_is_always_last_is_named_once_there_are_enough_pauses() {
        let mut bias = Late::default();
        for _ in 1..ENOUGH_PAUSES {
            bias.pause(&pause(&[0, 1, 2, 3]));
        }
        assert!(bias.report().workers.iter().all(|entry| !entry.lateness.biased));
        bias.pause(&pause(&[0, 1, 2, 3]));
        let report = bias.report();
        assert_eq!(report.workers[0].who, WorkerId::new(3));
        assert!(report.workers[0].lateness.biased);
        assert_eq!(report.workers[0].lateness.late, Duration::from_micros(ENOUGH_PAUSES));
        assert!(report.workers[1..].iter().all(|entry| !entry.lateness.biased));
        assert_eq!(report.places[0].who, Place::at(1));
    }

    #[test]
    fn taking_turns_is_no_bias() {
        let mut bias = Late::default();
        for turn in 0..400 {
            let mut order = [0, 1, 2, 3];
            order.rotate_left(turn % 4);
            bias.pause(&pause(&order));
        }
        let report = bias.report();
        assert_eq!(report.pauses, 400);
        assert!(report.workers.iter().all(|entry| !entry.lateness.biased), "{report:?}");
        assert!(report.places.iter().all(|entry| !entry.lateness.biased), "{report:?}");
    }

    #[test]
    fn a_pause_of_one_worker_is_not_counted() {
        let mut bias = Late::default();
        bias.pause(&pause(&[5]));
        assert_eq!(bias.report(), BiasReport::default());
    }
}
