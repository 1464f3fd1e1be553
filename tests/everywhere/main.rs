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

/// Programs in TypeScript with functions as values or exceptions.
fn with_functions_or_tries() -> Vec<(String, String)> {
    let mut all = machine::programs("tests/typescript/programs", 80);
    all.retain(|(name, _)| {
        let begins = ["closure-", "functions-", "array-callbacks", "try"];
        begins.iter().any(|begin| name.starts_with(begin))
    });
    assert!(all.len() >= 8, "{}", all.len());
    all
}

mod forms;
mod golden;
mod random;
mod snapshot;
