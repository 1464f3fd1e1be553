//! Compiled code in a browser: instances over the shared memory, in each worker its own.

use std::cell::{Cell, RefCell};

use js_sys::{Function, Object, Reflect, Uint8Array, WebAssembly};
use machine::vm::{Imports, Known, Machine, TierHost};
use serde::Serialize;
use wasm_bindgen::prelude::*;

thread_local! {
    /// The place of the function `enter` in this thread's table.
    static PLACE: Cell<Option<u32>> = const { Cell::new(None) };
    /// What this thread has compiled last: code of a program is the same in its next run.
    static LAST: RefCell<Option<(Vec<u8>, WebAssembly::Module)>> = const { RefCell::new(None) };
}

/// The browser.
pub(super) struct Host;

// SAFETY: `install` makes an instance of the module over this memory and returns the place of its `enter`, where it
// stays until this thread makes the next instance, which the machine enters from then on.
unsafe impl TierHost for Host {
    fn install(&self, module: &[u8], imports: &Imports) -> Result<usize, String> {
        install(module, imports).map_err(|error| {
            let error = error.dyn_into::<js_sys::Error>().map(|error| error.message());
            error.map_or_else(|_| "The browser gave no reason.".into(), String::from)
        })
    }
}

fn compiled(bytes: &[u8]) -> Result<WebAssembly::Module, JsValue> {
    LAST.with_borrow_mut(|last| {
        if let Some((of, module)) = last
            && of == bytes
        {
            return Ok(module.clone());
        }
        // A copy: what is shared cannot be compiled.
        let module = WebAssembly::Module::new(&Uint8Array::from(bytes))?;
        *last = Some((bytes.to_vec(), module.clone()));
        Ok(module)
    })
}

/// The browser's clock, in milliseconds.
fn now() -> Result<JsValue, JsValue> {
    let performance = Reflect::get(&js_sys::global(), &"performance".into())?;
    let now: Function = Reflect::get(&performance, &"now".into())?.dyn_into()?;
    Ok(now.bind0(&performance).into())
}

fn install(module: &[u8], imports: &Imports) -> Result<usize, JsValue> {
    let module = compiled(module)?;
    let table: WebAssembly::Table = wasm_bindgen::function_table().unchecked_into();
    let lab = Object::new();
    let put = |name: &str, value: &JsValue| Reflect::set(&lab, &name.into(), value).map(|_| ());
    put("memory", &wasm_bindgen::memory())?;
    let helpers = imports.helpers;
    for (name, function) in [
        ("new", helpers.new),
        ("operation", helpers.operation),
        ("compare", helpers.compare),
        ("toInt", helpers.to_int),
        ("longest", helpers.longest),
        ("unpolled", helpers.unpolled),
    ] {
        put(name, &table.get(function as u32)?.into())?;
    }
    for (name, address) in [
        ("word", imports.word),
        ("hits", imports.hits),
        ("cell", imports.cell),
        ("executed", imports.progress[0]),
        ("progress", imports.progress[1]),
        ("signal", imports.signal),
        ("words", imports.words),
        ("globals", imports.globals),
        ("constants", imports.constants),
        ("ops", imports.ops),
        ("buffer", imports.buffer),
        ("kept", imports.kept),
    ] {
        let kind = Object::new();
        Reflect::set(&kind, &"value".into(), &"i32".into())?;
        let global = WebAssembly::Global::new(&kind, &JsValue::from(address as i32))?;
        put(name, &global)?;
    }
    put("now", &now()?)?;
    let all = Object::new();
    Reflect::set(&all, &"lab".into(), &lab)?;
    let instance = WebAssembly::Instance::new(&module, &all)?;
    let enter: Function = Reflect::get(&instance.exports(), &"enter".into())?.dyn_into()?;
    // One place in each thread's table: what it had before is dropped.
    let place = PLACE.get().map_or_else(|| table.grow(1), Ok)?;
    PLACE.set(Some(place));
    table.set(place, &enter)?;
    Ok(place as usize)
}

/// What is to be compiled, and for what.
#[derive(Serialize)]
pub(super) struct Wanted {
    machine: u32,
    entries: Vec<u32>,
    wide: Vec<u32>,
    /// An entry, and which registers held integers and numbers, the lower half first; one after the other.
    known: Vec<u32>,
    /// Of the run.
    policy: Policy,
    plain: bool,
    profile: bool,
    failed: Option<String>,
}

#[derive(Serialize)]
struct Policy {
    calls: bool,
    back_edges: bool,
    allocations: bool,
    awaits: bool,
    every: u16,
}

fn told((entry, Known { ints, numbers }): (u32, Known)) -> [u32; 5] {
    let halves = |all: u64| (all as u32, (all >> 32) as u32);
    let ((ints, ints_high), (numbers, high)) = (halves(ints), halves(numbers));
    [entry, ints, ints_high, numbers, high]
}

pub(super) fn wanted(machine: &Machine) -> Option<Wanted> {
    let machine::vm::WantedCode { machine: id, entries, wide, known, plain, profile, failed } =
        machine.wanted_code()?;
    let policy = machine.policy();
    Some(Wanted {
        machine: id,
        entries,
        wide,
        known: known.into_iter().flat_map(told).collect(),
        policy: Policy {
            calls: policy.calls,
            back_edges: policy.back_edges,
            allocations: policy.allocations,
            awaits: policy.awaits,
            every: policy.every.get(),
        },
        plain,
        profile,
        failed,
    })
}
