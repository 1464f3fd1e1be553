//! The fuzz targets: each takes bytes and panics on a mistake. In `fuzz`, coverage guides the
//! bytes; `fuzz_corpus` runs the bytes that were kept.
//!
//! Nothing here depends on time: a program that may have no end is stopped after a while, and every
//! state that it may have reached by then is right.
#![allow(dead_code, reason = "fuzzers and tests use it one target at a time")]

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

mod debugger;
mod loading;
mod running;

pub use debugger::{conditions, debugger};
pub use loading::{floats, module, text, typescript};
pub use running::{cuts, one_task, snapshots as hostile_snapshots, tasks};

use std::time::{Duration, Instant};

use ::machine::vm::MachineConfig;
use arbitrary::Unstructured;
use bytecode::{PollPolicy, VerifiedModule};
use generator::{Choices, Style, program};
use language::assemble_verified;
use machine::{Ran, Running};

/// A target by the name of its folder in the corpus.
pub type Target = (&'static str, fn(&[u8]));

/// Every target.
pub const TARGETS: &[Target] = &[
    ("text", text),
    ("typescript", typescript),
    ("module", module),
    ("floats", floats),
    ("one_task", one_task),
    ("tasks", tasks),
    ("cuts", cuts),
    ("snapshots", hostile_snapshots),
    ("conditions", conditions),
    ("debugger", debugger),
];

/// How long a program runs that may have no end.
const A_WHILE: Duration = Duration::from_millis(20);
/// Instructions after which such a program has run long enough.
const ENOUGH: u64 = 100_000;

/// The data with a right checksum of the bytes from `from` on, directly before them.
fn repair(bytes: &[u8], from: usize) -> Vec<u8> {
    let mut repaired = bytes.to_vec();
    if let Some(content) = bytes.get(from..) {
        repaired[from - 4..from].copy_from_slice(&crc32fast::hash(content).to_le_bytes());
    }
    repaired
}

/// Settings under which any program can be stopped, and uses little memory.
fn bounded(config: &mut MachineConfig, workers: usize) {
    config.workers = workers;
    config.heap_limit_bytes = compare::HEAP;
    config.policy = Some(PollPolicy::default());
}

/// Waits until a program that may have no end has run long enough.
fn a_while(running: &Running) {
    let begin = Instant::now();
    while running.instructions().iter().sum::<u64>() < ENOUGH && begin.elapsed() < A_WHILE {
        if running.machine.wait_outcome(Some(Duration::from_micros(200))).is_some() {
            return;
        }
    }
}

/// Runs a program that may have no end.
fn run_a_while(module: &VerifiedModule, settings: impl FnOnce(&mut MachineConfig)) -> Ran {
    let running = machine::start(module, 2, |config| {
        bounded(config, 2);
        settings(config);
    });
    a_while(&running);
    running.stop()
}

/// Choices that are read from a fuzzer's bytes.
struct Bytes<'u, 'b>(&'u mut Unstructured<'b>);

impl Choices for Bytes<'_, '_> {
    fn below(&mut self, limit: usize) -> usize {
        // Always 0 when the bytes are used up.
        self.0.int_in_range(0..=limit - 1).unwrap_or(0)
    }
}

/// A program that ends, made of a fuzzer's bytes.
fn generated(bytes: &mut Unstructured<'_>, style: Style) -> (VerifiedModule, String) {
    let text = program(Bytes(bytes), style);
    let module = assemble_verified(&text)
        .unwrap_or_else(|mistakes| panic!("the generator's mistake: {:#?}\n{text}", &mistakes[0]));
    loading::compiled(&module);
    (module, text)
}

/// A program's binary form, for the corpus.
pub fn module_of(text: &str) -> Vec<u8> {
    bytecode::encode(machine::module(text).module())
}

/// Snapshots of a program, for the corpus.
pub fn snapshots_of(text: &str) -> Vec<Vec<u8>> {
    snapshots::take(&machine::module(text), 2, 5, 2, true).snapshots
}
