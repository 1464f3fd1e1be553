//! The only door to atomics and parking.
