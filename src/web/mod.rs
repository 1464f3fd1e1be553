//! Thin bindings for the browser. `crates/language-web` has those of the language; nothing else uses wasm-bindgen.
//!
//! One instance serves one engine. The *control worker* calls everything here and may block; the
//! page's main thread has no instance at all and reads what it draws from the shared memory, at the
//! addresses that [`layout`] gives. Records cross as JSON, in the shape of [`crate::lab::views`].

#[cfg(feature = "measurements")]
mod measurements;
mod options;
mod tier;

use std::sync::{Barrier, OnceLock};

use js_sys::{Array, Float64Array, Uint8Array};
use language::Program;
use machine::snapshot::Snapshot;
use safepoint::sync::{Mutex, lock};
use serde::Serialize;
use wasm_bindgen::prelude::*;

pub use wasm_bindgen_rayon::init_thread_pool;

use crate::lab::views::{Compile, Reason, Refusal};
use crate::lab::{Lab, Run, STEP_INSTRUCTIONS, json};

static LAB: OnceLock<Lab> = OnceLock::new();

fn lab() -> &'static Lab {
    LAB.get_or_init(Lab::new)
}

/// The answer to a call, or why there is none: an object with `ok` or `error`.
#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Answer<T, E> {
    Ok(T),
    Error(E),
}

fn answer<T: Serialize, E: Serialize>(result: Result<T, E>) -> String {
    json(&match result {
        Ok(value) => Answer::Ok(value),
        Err(error) => Answer::Error(error),
    })
}

fn reason(name: &str) -> Result<Reason, JsValue> {
    Reason::of_name(name).ok_or_else(|| {
        JsValue::from_str(&format!("no reason \"{name}\": expected gc, snapshot or debug"))
    })
}

/// Prepares the instance: panics are printed and mark their worker dead. `cores` is the number of processors that the
/// browser reports, 0 if it reports none; `wide`: the browser's engine has 64 bits.
#[wasm_bindgen]
pub fn init_engine(cores: usize, wide: bool) {
    if wide {
        // SAFETY: `www/engine/wide.ts` has asked the browser.
        unsafe { machine::vm::allow_plain_accesses() };
    }
    std::panic::set_hook(Box::new(|info| {
        console_error_panic_hook::hook(info);
        // The thread is about to trap and runs no destructors: without this, a requester
        // would wait for its worker for ever.
        // SAFETY: panics do not unwind here: the thread traps when this hook returns.
        unsafe { lab().bury_current_worker() };
    }));
    lab().set_tier(std::sync::Arc::new(tier::Host));
    lab().set_cores(Some(cores).filter(|&cores| cores > 0));
}

/// Takes a program for the next run: a binary module, and the text that its lines belong to. Both come from the
/// language's own module: this one reads no text.
///
/// # Errors
/// What is wrong with the module.
#[wasm_bindgen]
pub fn take_program(module: &Uint8Array, text: String) -> Result<(), JsValue> {
    let program = Program::read(&module.to_vec(), text);
    lab().take(program.map_err(|faults| JsValue::from_str(&json(&faults)))?);
    Ok(())
}

/// Starts the loaded program on the threads of the pool. `options` is an object like
/// [`RunOptions`](crate::lab::views::RunOptions).
#[wasm_bindgen]
pub fn run(options: &JsValue) -> Result<String, JsValue> {
    let options = options::run_options(options)?;
    let started = lab().start(&options);
    if let Ok(run) = &started {
        begin(run, options.workers, options.compile);
    }
    Ok(answer(started.map(|_| ())))
}

/// A run whose workers wait for compiled code, and how many they are.
static WAITING: Mutex<Option<(Run, usize)>> = Mutex::new(None);

/// Returns what it was.
fn set_waiting(run: Option<(Run, usize)>) -> Option<(Run, usize)> {
    std::mem::replace(&mut *lock(&WAITING), run)
}

/// Has a run begin, at once or when its code is compiled.
fn begin(run: &Run, workers: usize, compile: Compile) {
    if compile == Compile::First {
        run.machine().want_all_code();
        set_waiting(Some((run.clone(), workers)));
    } else {
        work(run, workers);
    }
}

/// Makes the pool's first threads the workers of a run.
fn work(run: &Run, workers: usize) {
    let run = run.clone();
    // All begin together: workers that run already would starve those that have yet to wake up.
    let gate = Barrier::new(workers);
    rayon::spawn_broadcast(move |context| {
        if context.index() >= workers {
            return;
        }
        gate.wait();
        if let Err(error) = run.work(context.index()) {
            web_sys::console::error_1(&error.into());
        }
    });
}

/// The binary module of a snapshot's program, and its text where that is kept: what the language's module reads.
///
/// # Errors
/// When it is no snapshot, or is damaged.
#[wasm_bindgen]
pub fn snapshot_program(bytes: &Uint8Array) -> Result<Array, JsValue> {
    let bytes = bytes.to_vec();
    let snapshot = Snapshot::read(&bytes).map_err(|error| JsValue::from_str(&error.to_string()))?;
    let module = bytecode::encode(snapshot.module().module());
    Ok(Array::of2(&Uint8Array::from(&*module), &snapshot.source().into()))
}

/// Goes on from a snapshot on the threads of the pool; its program becomes the loaded one. `options` is an object
/// like [`RestoreOptions`](crate::lab::views::RestoreOptions); `module` and `text` are those of the snapshot's
/// program, as the language's module has read them. Returns a description of the snapshot.
#[wasm_bindgen]
pub fn restore(
    bytes: &Uint8Array,
    options: &JsValue,
    module: &Uint8Array,
    text: String,
) -> Result<String, JsValue> {
    let options = options::restore_options(options)?;
    let restored = lab().restore_program(&bytes.to_vec(), &options, |snapshot| {
        let program = Program::known(snapshot.module(), &module.to_vec(), text);
        program.ok_or_else(|| Refusal::failed("The program is not that of the snapshot.".into()))
    });
    if let Ok(restored) = &restored {
        begin(&restored.run, restored.workers, options.compile.unwrap_or_default());
    }
    Ok(answer(restored))
}

/// What is in a snapshot.
#[wasm_bindgen]
pub fn describe_snapshot(bytes: &Uint8Array) -> String {
    let described = machine::snapshot::describe(&bytes.to_vec());
    answer(described.map_err(|error| Refusal::snapshot(&error)))
}

/// Stops the world, performs the reason's operation and holds the world. Blocks until then.
#[wasm_bindgen]
pub fn pause(name: &str, by: &str) -> Result<String, JsValue> {
    Ok(answer(lab().pause(reason(name)?, by)))
}

/// Releases a held world. Returns the whole record, or null if no world was held.
#[wasm_bindgen]
pub fn resume() -> String {
    json(&lab().resume())
}

/// Stops the world, performs the operation and releases it.
#[wasm_bindgen]
pub fn cycle(name: &str, by: &str) -> Result<String, JsValue> {
    Ok(answer(lab().cycle(reason(name)?, by)))
}

/// Begins a handshake with a worker; the news tell when it is over.
#[wasm_bindgen]
pub fn handshake(worker: usize) -> String {
    answer(running().and_then(|run| run.handshake(worker)))
}

fn running() -> Result<crate::lab::Run, Refusal> {
    lab().run().ok_or_else(Refusal::not_running)
}

/// Sets a breakpoint; `options` is an object like
/// [`BreakpointOptions`](crate::lab::BreakpointOptions).
#[wasm_bindgen]
pub fn breakpoint(options: &JsValue) -> Result<String, JsValue> {
    let options = options::breakpoint_options(options)?;
    Ok(answer(lab().breakpoint(&options)))
}

/// Removes the breakpoint of that number, or all.
#[wasm_bindgen]
pub fn clear_breakpoints(id: Option<u32>) -> String {
    answer(lab().clear_breakpoints(id))
}

/// Every breakpoint of the loaded program.
#[wasm_bindgen]
pub fn breakpoints() -> String {
    json(&lab().breakpoints())
}

/// Whether the world stops when a task is about to trap.
#[wasm_bindgen]
pub fn break_on_trap(on: bool) -> String {
    answer(lab().break_on_trap(on))
}

/// Every live task of the held world.
#[wasm_bindgen]
pub fn tasks() -> String {
    answer(running().and_then(|run| run.tasks()))
}

/// Steps one task of the held world: `into`, `over` or `out`.
#[wasm_bindgen]
pub fn step(task: u32, kind: &str) -> String {
    answer(running().and_then(|run| run.step(task, kind, STEP_INSTRUCTIONS)))
}

/// An object of the held world, with `count` of its entries, beginning with entry `from`.
#[wasm_bindgen]
pub fn object(reference: u32, from: u32, count: u32) -> String {
    answer(running().and_then(|run| run.object(reference, from.into(), count as usize)))
}

/// Asks every worker to leave the program at its next poll.
#[wasm_bindgen]
pub fn stop() {
    lab().stop();
}

/// Wakes timers, ends slices, publishes counts. Returns the news since the last call, or `undefined`.
#[wasm_bindgen]
pub fn tick() -> Option<String> {
    lab().tick().map(|news| json(&news))
}

/// What is worth compiling, if that has changed since the last call: the run's program, which need not be the one that
/// was loaded last, as a binary module, and a `Wanted` as JSON.
#[wasm_bindgen]
pub fn wanted_code() -> Option<js_sys::Array> {
    let run = lab().run()?;
    let wanted = json(&tier::wanted(run.machine())?);
    let program = bytecode::encode(run.machine().module().module());
    Some(js_sys::Array::of2(&Uint8Array::from(&*program), &wanted.into()))
}

/// Gives the run what was compiled of its program: `entries` are those of the answer, in its order.
#[wasm_bindgen]
pub fn install_code(machine: u32, module: &Uint8Array, entries: Vec<u32>, frames: u32) {
    if let Some(run) = lab().run() {
        let code = machine::vm::CompiledCode { machine, module: module.to_vec(), entries, frames };
        // SAFETY: `www/engine/tier.ts` has compiled it from the program that `wanted_code` gave, with what it said; the
        // number of the machine is part of that.
        unsafe { run.machine().install_code(code) };
    }
    if let Some((run, workers)) = set_waiting(None) {
        work(&run, workers);
    }
}

/// Percentiles of all pauses since the run began.
#[wasm_bindgen]
pub fn stats() -> String {
    json(&lab().stats())
}

/// What the workers do, how many tasks are ready, and how long tasks were ready before they ran; null before the
/// first run.
#[wasm_bindgen]
pub fn schedule() -> String {
    json(&lab().run().map(|run| run.schedule()))
}

/// For pauses from now on: microseconds after which late workers are named, and after which a pause is given up;
/// `undefined` for never.
#[wasm_bindgen]
pub fn set_timeouts(warn: Option<f64>, deadline: Option<f64>) {
    if let Some(run) = lab().run() {
        run.set_timeouts(warn, deadline);
    }
}

/// Hits of every poll site, in the order of their numbers.
#[wasm_bindgen]
pub fn hits() -> Float64Array {
    let hits = lab().run().map(|run| run.machine().site_hits()).unwrap_or_default();
    let hits: Vec<f64> = hits.into_iter().map(|hits| hits as f64).collect();
    Float64Array::from(hits.as_slice())
}

/// The held world's state as one file; an error in words when no world is held.
#[wasm_bindgen]
pub fn snapshot_bytes() -> Result<Uint8Array, JsValue> {
    let run = lab().run().ok_or_else(|| JsValue::from_str("No program is running."))?;
    let bytes = run.snapshot().map_err(|error| JsValue::from_str(&error))?;
    Ok(Uint8Array::from(bytes.as_slice()))
}

/// Where the run keeps what a page reads from the shared memory; null before the first run.
#[wasm_bindgen]
pub fn layout() -> String {
    json(&lab().run().map(|run| run.layout()))
}
