//! The targets, which are those of the project's tests.

#[path = "../../tests/fuzz_targets/mod.rs"]
pub mod targets;
