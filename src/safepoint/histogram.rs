//! Distributions of durations.

use crate::clock::nanos;
use hdrhistogram::Histogram;
use std::time::Duration;

/// Significant decimal digits kept of each duration: percentiles are exact within 1 %.
const DIGITS: u8 = 2;

/// A distribution that takes no memory before its first value, and grows with the largest.
#[derive(Clone, Debug, Default)]
pub(crate) struct Durations {
    histogram: Option<Box<Histogram<u32>>>,
    sum_ns: u64,
    max_ns: u64,
}

impl Durations {
    pub(crate) fn record(&mut self, duration: Duration) {
        let value = nanos(duration);
        self.sum_ns = self.sum_ns.saturating_add(value);
        self.max_ns = self.max_ns.max(value);
        if self.histogram.is_none() {
            self.histogram = Histogram::new(DIGITS).ok().map(Box::new);
        }
        if let Some(histogram) = &mut self.histogram {
            histogram.auto(true);
            // It grows up to 2^62 ns, which is 146 years, so nothing is refused.
            let recorded = histogram.record(value.clamp(1, 1 << 62));
            debug_assert!(recorded.is_ok(), "a histogram that grows refused {value} ns");
        }
    }

    /// Takes in another distribution.
    #[cfg_attr(any(loom, shuttle), allow(dead_code, reason = "the machine uses it"))]
    pub(crate) fn add(&mut self, other: &Self) {
        self.sum_ns = self.sum_ns.saturating_add(other.sum_ns);
        self.max_ns = self.max_ns.max(other.max_ns);
        match (&mut self.histogram, &other.histogram) {
            (_, None) => {}
            (None, Some(_)) => self.histogram.clone_from(&other.histogram),
            (Some(all), Some(histogram)) => {
                all.auto(true);
                let added = all.add(histogram.as_ref());
                debug_assert!(added.is_ok(), "a histogram that grows refused another");
            }
        }
    }

    pub(crate) fn summary(&self) -> DurationSummary {
        let Some(histogram) = &self.histogram else {
            return DurationSummary::default();
        };
        let at = |quantile| histogram.value_at_quantile(quantile).min(self.max_ns);
        let count = histogram.len();
        DurationSummary {
            count,
            sum_ns: self.sum_ns,
            mean_ns: self.sum_ns / count.max(1),
            p50_ns: at(0.50),
            p90_ns: at(0.90),
            p99_ns: at(0.99),
            p99_9_ns: at(0.999),
            max_ns: self.max_ns,
        }
    }
}

/// A distribution in a few numbers. Percentiles are exact within 1 %; count, sum and maximum exactly.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DurationSummary {
    /// How many durations; if zero, so is all else.
    pub count: u64,
    /// Their sum, in nanoseconds.
    pub sum_ns: u64,
    /// Their mean, in nanoseconds.
    pub mean_ns: u64,
    /// The median, in nanoseconds.
    pub p50_ns: u64,
    /// The 90th percentile, in nanoseconds.
    pub p90_ns: u64,
    /// The 99th percentile, in nanoseconds.
    pub p99_ns: u64,
    /// The 99.9th percentile, in nanoseconds.
    pub p99_9_ns: u64,
    /// The largest, in nanoseconds.
    pub max_ns: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_distribution_is_all_zero_and_small() {
        assert_eq!(Durations::default().summary(), DurationSummary::default());
        assert!(size_of::<Durations>() <= 24);
    }

    #[test]
    fn percentiles_are_within_one_percent() {
        let mut durations = Durations::default();
        for microseconds in 1..=1000 {
            durations.record(Duration::from_micros(microseconds));
        }
        let summary = durations.summary();
        assert_eq!((summary.count, summary.max_ns), (1000, 1_000_000));
        for (value, exact) in [
            (summary.p50_ns, 500_000),
            (summary.p90_ns, 900_000),
            (summary.p99_ns, 990_000),
            (summary.p99_9_ns, 999_000),
            (summary.mean_ns, 500_500),
        ] {
            assert!(value.abs_diff(exact) <= exact / 100, "{value} is not within 1 % of {exact}");
        }
    }

    #[test]
    fn the_sum_of_two_distributions_is_that_of_all_values() {
        let (mut all, mut sum) = (Durations::default(), Durations::default());
        for range in [1..=3, 500..=90_000, 4..=4] {
            let mut part = Durations::default();
            for microseconds in range.map(Duration::from_micros) {
                part.record(microseconds);
                all.record(microseconds);
            }
            sum.add(&part);
            sum.add(&Durations::default());
        }
        assert_eq!(sum.summary(), all.summary());
    }

    #[test]
    fn the_extremes_are_taken() {
        let mut durations = Durations::default();
        durations.record(Duration::ZERO);
        durations.record(Duration::MAX);
        let summary = durations.summary();
        assert_eq!((summary.count, summary.max_ns), (2, u64::MAX));
        assert_eq!(summary.p50_ns, 1);
    }
}
