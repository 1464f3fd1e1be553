//! The milestone's ten integration tests, for whatever threads there are: natively
//! `tests/milestone_integration.rs` runs them, in a browser `tests/web.rs`.

mod cases;
mod stage;

pub use cases::*;
pub use stage::Threads;
