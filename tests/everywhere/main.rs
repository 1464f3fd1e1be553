//! What takes longest: every program in every form, snapshots at every place, random programs.
#![cfg(not(target_arch = "wasm32"))]

#[path = "../machine/compare.rs"]
mod compare;
#[path = "../machine/generator.rs"]
mod generator;
#[path = "../machine/mod.rs"]
mod machine;
#[path = "../machine/reference.rs"]
mod reference;
#[path = "../snapshots/mod.rs"]
mod snapshots;

mod forms;
mod golden;
mod random;
mod snapshot;
