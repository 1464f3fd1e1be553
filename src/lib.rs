//! Safepoint Lab: a virtual machine whose threads can be stopped together, and the tools to see what
//! that costs.
//!
//! Dependencies point downwards only:
//!
//! | module | what it holds |
//! |---|---|
//! | `web` | the only user of wasm-bindgen, js-sys and web-sys (browser builds) |
//! | [`lab`] | composes everything below; runs natively and in the browser |
//! | [`snapshot`] | the state of a stopped world as bytes |
//! | [`vm`] | frames, tasks, scheduler, interpreter |
//! | `heap` | values, objects, roots, collection; what is in it belongs to a machine |
//! | [`bytecode`] | instruction set, module format, assembler, disassembler, verifier, poll policy |
//! | `checksum` | of modules and snapshots |
//! | [`trace`] | event schema and per-worker rings |
//! | [`safepoint`] | the coordinator; knows nothing of collections, snapshots or debugging |
//! | [`clock`] | one monotonic clock for all workers |
//! | `sync` | the only door to atomics and parking |
//!
//! Under `--cfg loom` and `--cfg shuttle` only the last three exist: the coordinator is what the models
//! explore.
#![cfg_attr(
    target_arch = "wasm32",
    feature(asm_experimental_arch, optimize_attribute, stdarch_wasm_atomic_wait)
)]
#![cfg_attr(not(target_arch = "wasm32"), deny(unstable_features))]

#[cfg(not(any(loom, shuttle)))]
pub mod bytecode;
#[cfg(not(any(loom, shuttle)))]
mod checksum;
pub mod clock;
#[cfg(not(any(loom, shuttle)))]
mod heap;
#[cfg(not(any(loom, shuttle)))]
pub mod lab;
pub mod safepoint;
#[cfg(not(any(loom, shuttle)))]
pub mod snapshot;
mod sync;
#[cfg(not(any(loom, shuttle)))]
pub mod trace;
#[cfg(not(any(loom, shuttle)))]
pub mod vm;
#[cfg(target_arch = "wasm32")]
pub mod web;

// For the loops of `benches`, which name the crate as everybody else does.
#[cfg(all(target_arch = "wasm32", feature = "measurements"))]
extern crate self as safepoint_lab;

#[cfg(all(doctest, not(any(loom, shuttle))))]
#[doc = include_str!("../tests/must_not_compile.md")]
struct MustNotCompile;
