//! The language and the verifier: text, modules, bounds, documents.
#![cfg(not(target_arch = "wasm32"))]

mod support;

mod assembler;
mod bounds;
mod docs;
mod elide;
mod examples;
mod format;
mod programs;
mod roundtrip;
mod verifier;
