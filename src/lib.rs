//! Safepoint Lab: a virtual machine whose threads can be stopped together, and the tools to see what
//! that costs.
//!
//! Dependencies point downwards only:
//!
//! | crate or module | what it holds |
//! |---|---|
//! | `web` | the only user of wasm-bindgen, js-sys and web-sys (browser builds) |
//! | [`lab`] | composes everything below; runs natively and in the browser |
//! | [`trace`] | event schema and per-worker rings |
//! | [`machine`] | heap, interpreter, scheduler, debugger, snapshots |
//! | [`language`] | text to modules and back |
//! | [`bytecode`] | instruction set, module format, verifier, bounds, poll policy |
//! | [`safepoint`] | the coordinator, its clock, and the door to atomics and parking; knows nothing of collections, snapshots or debugging |
#![cfg_attr(all(target_arch = "wasm32", feature = "measurements"), feature(optimize_attribute))]
#![cfg_attr(not(target_arch = "wasm32"), deny(unstable_features))]

pub use machine::{self, snapshot, vm};
pub use safepoint::{self, clock};

/// Modules, and the text that they are written in.
pub mod bytecode {
    pub use ::bytecode::*;
    pub use ::language::*;
}

pub mod lab;
pub mod trace;
#[cfg(target_arch = "wasm32")]
pub mod web;

// For the loops of `benches`, which use the crate by its name.
#[cfg(all(target_arch = "wasm32", feature = "measurements"))]
extern crate self as safepoint_lab;
