//! The debugger, in the machine and as scripts use it.
#![cfg(not(target_arch = "wasm32"))]

#[path = "../machine/mod.rs"]
mod machine;

mod breakpoints;
mod details;
mod lab;
mod source;
mod steps;
