//! The command line, as a process.
#![cfg(not(target_arch = "wasm32"))]

mod support;

mod explains;
mod files;
mod runs;
mod stops;
mod verify;
