//! One monotonic clock for all workers.
