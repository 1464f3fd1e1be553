//! Snapshots: what is in them, what goes on from them, what is refused.
#![cfg(not(target_arch = "wasm32"))]

#[path = "../machine/mod.rs"]
mod machine;
#[path = "../snapshots/mod.rs"]
mod snapshots;

mod frames;
mod hostile;
mod sections;
mod waits;
