//! Distributions of durations.
//!
//! Buckets as in a high dynamic range histogram (Gil Tene, HdrHistogram): each value below 256 ns has its own bucket, and
//! each power of two above has 128 buckets of equal width. So a bucket is narrower than 1 % of its values, from a
//! nanosecond to 584 years, and finding the bucket of a value takes no loop and no logarithm.

use crate::clock::nanos;
use std::time::Duration;

/// Buckets of a power of two: `1 << BITS`.
const BITS: u32 = 7;
/// Each value below this has its own bucket.
const EXACT: u64 = 2 << BITS;

/// A distribution that takes no memory before its first value, and grows with the largest.
#[derive(Clone, Debug, Default)]
pub struct Durations {
    /// The number of values in each bucket, up to the bucket of the largest value.
    buckets: Vec<u32>,
    count: u64,
    sum_ns: u64,
    max_ns: u64,
}

/// The bucket of a value.
fn bucket(value: u64) -> usize {
    let shift = (u64::BITS - BITS - 1).saturating_sub(value.leading_zeros());
    ((u64::from(shift) << BITS) + (value >> shift)) as usize
}

/// The largest value of a bucket.
fn largest_in(bucket: usize) -> u64 {
    let bucket = bucket as u64;
    if bucket < EXACT {
        return bucket;
    }
    let shift = (bucket >> BITS) - 1;
    let first = (bucket - (shift << BITS)) << shift;
    first + ((1 << shift) - 1)
}

impl Durations {
    /// Adds a duration.
    pub fn record(&mut self, duration: Duration) {
        let value = nanos(duration);
        self.count += 1;
        self.sum_ns = self.sum_ns.saturating_add(value);
        self.max_ns = self.max_ns.max(value);
        self.put(bucket(value), 1);
    }

    /// Adds all durations of another distribution.
    pub fn add(&mut self, other: &Self) {
        self.count += other.count;
        self.sum_ns = self.sum_ns.saturating_add(other.sum_ns);
        self.max_ns = self.max_ns.max(other.max_ns);
        for (bucket, &count) in other.buckets.iter().enumerate().filter(|(_, count)| **count > 0) {
            self.put(bucket, count);
        }
    }

    fn put(&mut self, bucket: usize, count: u32) {
        if self.buckets.len() <= bucket {
            self.buckets.resize(bucket + 1, 0);
        }
        self.buckets[bucket] = self.buckets[bucket].saturating_add(count);
    }

    /// The distribution in a few numbers.
    pub fn summary(&self) -> DurationSummary {
        let at = |per_mille: u64| {
            let rank = (self.count * per_mille).div_ceil(1000).max(1);
            let mut seen = 0;
            let reaches = |&count: &u32| {
                seen += u64::from(count);
                seen >= rank
            };
            let bucket = self.buckets.iter().position(reaches);
            bucket.map_or(self.max_ns, largest_in).min(self.max_ns)
        };
        DurationSummary {
            count: self.count,
            sum_ns: self.sum_ns,
            mean_ns: self.sum_ns / self.count.max(1),
            p50_ns: at(500),
            p90_ns: at(900),
            p99_ns: at(990),
            p99_9_ns: at(999),
            max_ns: self.max_ns,
        }
    }
}

/// A distribution in a few numbers. Percentiles are within 1 % of the exact value; count, sum and
/// maximum are exact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DurationSummary {
    /// The number of durations. If it is zero, all other fields are zero.
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
        assert_eq!(Durations::default().buckets.capacity(), 0);
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
    fn buckets_follow_each_other_and_are_narrower_than_one_percent() {
        let mut first = 0;
        for bucket in 0..=super::bucket(u64::MAX) {
            let last = largest_in(bucket);
            assert_eq!([first, last].map(super::bucket), [bucket; 2]);
            assert!(last - first <= first / 100, "{first} to {last}");
            first = last.wrapping_add(1);
        }
        assert_eq!(first, 0, "the last bucket ends with the largest number");
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
    fn the_shortest_and_the_longest_duration_are_counted() {
        let mut durations = Durations::default();
        durations.record(Duration::ZERO);
        durations.record(Duration::MAX);
        let summary = durations.summary();
        assert_eq!((summary.count, summary.max_ns), (2, u64::MAX));
        assert_eq!(summary.p50_ns, 0);
    }
}
