//! Composes coordinator, machine, operations and records into one laboratory.

mod recorder;
mod sentence;
pub mod views;

pub use recorder::Recorder;
pub use sentence::{Conditions, duration, sentence};
