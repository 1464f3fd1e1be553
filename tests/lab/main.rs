//! The lab natively: runs, records, causes, the examples, the milestone.
#![cfg(not(target_arch = "wasm32"))]

#[path = "../machine/mod.rs"]
mod machine;
#[path = "../milestone/mod.rs"]
mod milestone;
#[path = "../stage/mod.rs"]
mod stage;
#[path = "../truth/mod.rs"]
mod truth;

mod causes;
mod examples;
mod famous;
mod native;
mod own_stops;
mod runs;
