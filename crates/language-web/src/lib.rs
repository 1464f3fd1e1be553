//! The language for a page: a module of its own with one thread, in a plain worker. It runs no
//! program and waits for no other thread, so reading a text or file does not wait for a pause
//! either. Records cross as JSON, in the shape of `language::views`.
#![cfg(target_arch = "wasm32")]

use std::num::NonZeroU16;

use bytecode::PollPolicy;
use js_sys::Uint8Array;
use language::views::Diagnostic;
use language::{Program, Source};
use wasm_bindgen::prelude::*;

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("records have names for keys and no infinite numbers")
}

/// Prints panics.
#[wasm_bindgen(start)]
pub fn start() {
    console_error_panic_hook::set_once();
}

/// A program that was read, or what is wrong with it.
#[wasm_bindgen]
pub struct Reading(Result<Program, Vec<Diagnostic>>);

#[wasm_bindgen]
impl Reading {
    /// Reads text (a string) or a binary module (a `Uint8Array`).
    ///
    /// # Errors
    /// When it is neither.
    #[wasm_bindgen(constructor)]
    pub fn new(source: JsValue) -> Result<Self, JsValue> {
        let source = if let Some(text) = source.as_string() {
            Source::Text(text)
        } else if let Some(bytes) = source.dyn_ref::<Uint8Array>() {
            Source::Bytes(bytes.to_vec())
        } else {
            return Err(JsValue::from_str("a program is a string or a Uint8Array"));
        };
        Ok(Self(Program::load(source)))
    }

    /// A `LoadResult`.
    pub fn loaded(&self) -> String {
        json(&Program::loaded(&self.0))
    }

    /// The program as an engine takes it: a binary module whose lines are those of the text.
    pub fn runnable(&self) -> Option<Uint8Array> {
        self.of_program(|program| Uint8Array::from(&*program.runnable()))
    }

    /// The program as a binary module: what was read, or what was made of the text.
    pub fn module(&self) -> Option<Uint8Array> {
        self.of_program(|program| Uint8Array::from(program.bytes()))
    }

    /// The program in assembler, which assembles to the very same binary module.
    pub fn disassemble(&self) -> Option<String> {
        self.of_program(|program| language::disassemble(&program.module))
    }

    /// The program's longest paths without a poll under a poll policy: whether calls, back-edges
    /// (each `every`-th), allocations and awaits poll.
    ///
    /// # Errors
    /// When `every` is 0.
    pub fn bounds(
        &self,
        calls: bool,
        back_edges: bool,
        allocations: bool,
        awaits: bool,
        every: u16,
    ) -> Result<String, JsValue> {
        let every = NonZeroU16::new(every).ok_or("poll policy: every is 0: expected 1 or more")?;
        let policy = PollPolicy { calls, back_edges, allocations, awaits, every };
        Ok(json(&self.of_program(|program| program.bounds(policy)).unwrap_or_default()))
    }

    fn of_program<T>(&self, look: impl FnOnce(&Program) -> T) -> Option<T> {
        self.0.as_ref().ok().map(look)
    }
}

/// The instruction set, for an editor.
#[wasm_bindgen]
pub fn instruction_set() -> String {
    json(&bytecode::reference())
}
