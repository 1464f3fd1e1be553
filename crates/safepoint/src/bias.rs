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
//! Places are judged in the same way, with the share of the awaited workers that were held up there.

use crate::clock::nanos;
use std::time::Duration;

/// The number of pauses that a verdict needs.
pub const ENOUGH_PAUSES: u64 = 30;

/// A worker or place is called biased only if chance is less probable than this.
pub const SIGNIFICANCE: f64 = 0.001;

/// Candidates that are kept apart. Later ones are counted as awaited workers, but get no verdict.
const CANDIDATES: usize = 4096;

/// Counts which of some candidates was how often the last. A candidate is a number that the caller chooses: of a worker
/// ([`WorkerId::number`](super::WorkerId::number)), of a place ([`Place::address`](super::Place::address)).
///
/// ```
/// use safepoint::{Bias, ENOUGH_PAUSES, PauseReport};
/// # use safepoint::{SafepointCoordinator, StopReason};
/// # use std::time::Duration;
///
/// /// Counts workers. A second count, of places, would take `arrival.cause.or(arrival.place)`.
/// fn count(bias: &mut Bias, report: &PauseReport) {
///     let awaited = report.arrivals.iter().filter(|arrival| !arrival.was_safe);
///     let awaited = awaited.map(|arrival| (Some(arrival.worker.number().into()), arrival.after));
///     bias.pause(&awaited.collect::<Vec<_>>());
/// }
///
/// let mut bias = Bias::default();
/// # count(&mut bias, &SafepointCoordinator::new().request_stw_pause(StopReason::Debug).unwrap().report());
/// for _ in 0..ENOUGH_PAUSES {
///     bias.pause(&[(Some(7), Duration::from_micros(1)), (Some(3), Duration::from_micros(90))]);
/// }
/// let [late, quick] = bias.report()[..] else { unreachable!() };
/// assert!(late.who == 3 && late.biased && !quick.biased);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Bias {
    pauses: u64,
    /// Ascending by their number.
    candidates: Vec<Candidate>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Candidate {
    who: u64,
    arrivals: u64,
    /// Pauses that awaited it.
    trials: u64,
    last: u64,
    expected: f64,
    late_ns: u64,
    max_late_ns: u64,
    /// Arrivals in the pause that is being counted.
    here: u32,
}

impl Bias {
    /// Counts a pause. `awaited` has an entry for each awaited worker, in the order of arrival: the candidate that the
    /// worker counts for, if there is one, and the time of its arrival. A pause that awaited a single worker is not
    /// counted: that worker is always the last.
    pub fn pause(&mut self, awaited: &[(Option<u64>, Duration)]) {
        let [.., (_, before), (last, after)] = awaited else {
            return;
        };
        self.pauses += 1;
        for (who, _) in awaited {
            if let Some(candidate) = who.and_then(|who| self.candidate(who)) {
                candidate.here += 1;
            }
        }
        let share = 1.0 / awaited.len() as f64;
        // The time for which the pause waited for the last worker alone.
        let late_ns = nanos(after.saturating_sub(*before));
        for (who, _) in awaited {
            let Some(candidate) = who.and_then(|who| self.candidate(who)) else { continue };
            let here = std::mem::take(&mut candidate.here);
            if here == 0 {
                // Counted with an earlier worker at the same place.
                continue;
            }
            candidate.arrivals += u64::from(here);
            candidate.trials += 1;
            candidate.expected += share * f64::from(here);
            if who == last {
                candidate.last += 1;
                candidate.late_ns = candidate.late_ns.saturating_add(late_ns);
                candidate.max_late_ns = candidate.max_late_ns.max(late_ns);
            }
        }
    }

    /// The candidate of that number; `None` if there are too many.
    fn candidate(&mut self, who: u64) -> Option<&mut Candidate> {
        let index = match self.candidates.binary_search_by_key(&who, |candidate| candidate.who) {
            Ok(index) => index,
            Err(_) if self.candidates.len() >= CANDIDATES => return None,
            Err(index) => {
                self.candidates.insert(index, Candidate { who, ..Candidate::default() });
                index
            }
        };
        self.candidates.get_mut(index)
    }

    /// The number of counted pauses.
    pub fn pauses(&self) -> u64 {
        self.pauses
    }

    /// Every candidate, ascending by its number.
    pub fn report(&self) -> Vec<Lateness> {
        self.candidates.iter().map(|candidate| self.judge(candidate)).collect()
    }

    fn judge(&self, candidate: &Candidate) -> Lateness {
        let chance = chance(candidate.last, candidate.trials, candidate.expected);
        let chance = (chance * self.candidates.len() as f64).min(1.0);
        Lateness {
            who: candidate.who,
            arrivals: candidate.arrivals,
            last: candidate.last,
            expected: candidate.expected,
            late: Duration::from_nanos(candidate.late_ns),
            max_late: Duration::from_nanos(candidate.max_late_ns),
            chance,
            biased: self.pauses >= ENOUGH_PAUSES && chance < SIGNIFICANCE,
        }
    }
}

/// The probability that of `trials` which each succeed with probability `mean / trials` as many or more
/// succeed.
fn chance(times: u64, trials: u64, mean: f64) -> f64 {
    let p = mean / trials as f64;
    if times as f64 <= mean || p <= 0.0 || p >= 1.0 {
        return 1.0;
    }
    let odds = p / (1.0 - p);
    let next = |term: f64, i: u64| term * ((trials - i) as f64 / (i + 1) as f64 * odds);
    // The probability that none succeeds, and from it that exactly `times` do: `term * SMALL^scale`, since the first is
    // too small for a number where trials are many.
    let (mut term, mut scale) = power(1.0 - p, trials);
    for i in 0..times {
        term = next(term, i);
        if scale > 0 && term > 1.0 {
            (term, scale) = (term * SMALL, scale - 1);
        }
    }
    // From the mean on terms decrease. What is too small for a number is 0.
    for _ in 0..scale.min(11) {
        term *= SMALL;
    }
    let mut sum = 0.0;
    for i in times..=trials {
        sum += term;
        if term <= sum * f64::EPSILON {
            break;
        }
        term = next(term, i);
    }
    sum.min(1.0)
}

/// `base^exponent` as a number and a scale: the number times [`SMALL`] to the scale. `base` is from `SMALL` to 1.
fn power(mut base: f64, mut exponent: u64) -> (f64, u64) {
    let small = |number: f64, scale: u64| {
        if number < SMALL { (number / SMALL, scale + 1) } else { (number, scale) }
    };
    let (mut term, mut scale, mut base_scale) = (1.0, 0, 0);
    while exponent > 0 {
        if exponent & 1 == 1 {
            (term, scale) = small(term * base, scale + base_scale);
        }
        (base, base_scale) = small(base * base, 2 * base_scale);
        exponent >>= 1;
    }
    (term, scale)
}

/// A power of two, so that scaling rounds nothing.
const SMALL: f64 = 1.0 / (1_u128 << 100) as f64;

/// How late a candidate was, and whether that is more than chance.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Lateness {
    /// The candidate's number.
    pub who: u64,
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

    /// Counts a pause in which the candidates of `order` arrived one microsecond after the other.
    fn pause(bias: &mut Bias, order: &[u64]) {
        let at = (1..).map(Duration::from_micros);
        let awaited: Vec<_> = order.iter().map(|&who| Some(who)).zip(at).collect();
        bias.pause(&awaited);
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
        let mut bias = Bias::default();
        for turn in 0..59 {
            let last = if turn < 32 { 3 } else { turn % 3 };
            let mut order: Vec<u64> = (0..4).filter(|&worker| worker != last).collect();
            order.push(last);
            pause(&mut bias, &order);
        }
        let last = bias.report()[3];
        assert_eq!((last.who, last.last), (3, 32));
        assert!(last.biased && last.chance < 1e-5, "{last:?}");
    }

    #[test]
    fn a_worker_that_is_always_last_is_named_once_there_are_enough_pauses() {
        let mut bias = Bias::default();
        for _ in 1..ENOUGH_PAUSES {
            pause(&mut bias, &[0, 1, 2, 3]);
        }
        assert!(bias.report().iter().all(|one| !one.biased));
        pause(&mut bias, &[0, 1, 2, 3]);
        let report = bias.report();
        assert!(report[3].biased && report[..3].iter().all(|one| !one.biased));
        assert_eq!(report[3].late, Duration::from_micros(ENOUGH_PAUSES));
        assert_eq!(report[3].max_late, Duration::from_micros(1));
    }

    #[test]
    fn a_place_is_expected_to_be_last_as_often_as_its_share_of_the_workers() {
        let mut bias = Bias::default();
        let at = |place, after| (place, Duration::from_micros(after));
        for _ in 0..ENOUGH_PAUSES {
            bias.pause(&[
                at(Some(9), 1),
                at(None, 2),
                at(Some(9), 3),
                at(Some(5), 3),
                at(Some(9), 7),
            ]);
        }
        let [five, nine] = bias.report()[..] else { panic!("two places") };
        assert_eq!((nine.arrivals, nine.last), (3 * ENOUGH_PAUSES, ENOUGH_PAUSES));
        assert!((nine.expected - 0.6 * ENOUGH_PAUSES as f64).abs() < 1e-9, "{nine:?}");
        assert_eq!(nine.late, Duration::from_micros(4 * ENOUGH_PAUSES));
        assert_eq!((five.last, five.arrivals), (0, ENOUGH_PAUSES));
        assert!(!five.biased);
    }

    #[test]
    fn taking_turns_is_no_bias() {
        let mut bias = Bias::default();
        for turn in 0..400 {
            let mut order = [0, 1, 2, 3];
            order.rotate_left(turn % 4);
            pause(&mut bias, &order);
        }
        assert_eq!(bias.pauses(), 400);
        assert!(bias.report().iter().all(|one| !one.biased), "{:?}", bias.report());
    }

    #[test]
    fn a_pause_of_one_worker_says_nothing() {
        let mut bias = Bias::default();
        pause(&mut bias, &[5]);
        assert_eq!((bias.pauses(), bias.report()), (0, Vec::new()));
    }
}
