//! A virtual machine whose workers poll: its heap, its interpreter and scheduler, its debugger, and the snapshots of
//! its stopped world.
//!
//! Dependencies point downwards only:
//!
//! | module | what it holds |
//! |---|---|
//! | [`snapshot`] | the state of a stopped world as bytes |
//! | [`vm`] | frames, tasks, scheduler, interpreter, debugger |
//! | `heap` | values, objects, roots, collection; what is in it belongs to a machine |
#![cfg_attr(all(target_arch = "wasm32", target_feature = "atomics"), feature(optimize_attribute))]

mod heap;
pub mod snapshot;
pub mod vm;

#[cfg(doctest)]
#[doc = include_str!("must_not_compile.md")]
struct MustNotCompile;
