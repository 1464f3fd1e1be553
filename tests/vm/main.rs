//! The machine: what programs do, and what their pauses may touch.
#![cfg(not(target_arch = "wasm32"))]

#[path = "../machine/mod.rs"]
mod machine;

mod collection;
mod instructions;
mod looks;
mod measured_paths;
mod pauses;
mod permissions;
mod scheduler;
mod tasks;
