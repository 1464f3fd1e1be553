//! Event schema and per-worker rings.
