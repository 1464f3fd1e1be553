//! The compiler for a page: a module of its own with one thread, in a plain worker, so that no pause and no task waits
//! for it.
#![cfg(target_arch = "wasm32")]

use std::num::NonZeroU16;

use bytecode::{PollPolicy, VerifiedModule};
use js_sys::Uint8Array;
use machine::vm::{Emitted, EmittedBody, EmittedPoll, Known, Wanted, emit};
use wasm_bindgen::prelude::*;

/// Prints panics.
#[wasm_bindgen(start)]
pub fn start() {
    console_error_panic_hook::set_once();
}

/// A program whose code is compiled.
#[wasm_bindgen]
pub struct Compiler(VerifiedModule);

/// Compiled code.
#[wasm_bindgen]
pub struct Compiled(Emitted);

#[wasm_bindgen]
impl Compiler {
    /// Of a binary module.
    ///
    /// # Errors
    /// When it is none.
    #[wasm_bindgen(constructor)]
    pub fn new(module: &Uint8Array) -> Result<Self, JsValue> {
        let no = || JsValue::from_str("this is no module");
        let module = bytecode::decode(&module.to_vec()).map_err(|_| no())?;
        Ok(Self(bytecode::verify(module).map_err(|_| no())?))
    }

    /// Compiles what an engine wants; the arguments are what it says of it.
    ///
    /// # Errors
    /// When `every` is 0.
    #[allow(clippy::too_many_arguments, reason = "JavaScript gives plain values")]
    pub fn compile(
        &self,
        entries: Vec<u32>,
        wide: Vec<u32>,
        known: &[u32],
        policy: &[u16],
        plain: bool,
        profile: bool,
        adapt: u32,
    ) -> Result<Compiled, JsValue> {
        let &[calls, back_edges, allocations, awaits, every] = policy else {
            return Err(JsValue::from_str("a policy has five parts"));
        };
        let every = NonZeroU16::new(every).ok_or("poll policy: every is 0: expected 1 or more")?;
        let policy = PollPolicy {
            calls: calls != 0,
            back_edges: back_edges != 0,
            allocations: allocations != 0,
            awaits: awaits != 0,
            every,
        };
        let both = |low: u32, high: u32| u64::from(high) << 32 | u64::from(low);
        let known = known.as_chunks().0.iter().map(|&[entry, ints, ints_high, numbers, high]| {
            (entry, Known { ints: both(ints, ints_high), numbers: both(numbers, high) })
        });
        let wanted = Wanted { entries, wide, known: known.collect(), plain, profile, adapt };
        Ok(Compiled(emit(&self.0, policy, &wanted)))
    }
}

#[wasm_bindgen]
impl Compiled {
    /// The WebAssembly module; empty if nothing could be compiled.
    pub fn module(&self) -> Uint8Array {
        Uint8Array::from(&*self.0.module)
    }

    /// The operations at which it can be entered.
    pub fn entries(&self) -> Vec<u32> {
        self.0.entries.clone()
    }

    /// The most frames of it on a thread's own stack.
    pub fn frames(&self) -> u32 {
        self.0.frames
    }

    /// Its bodies: function and the instruction at which it is entered plus one, or 0, one after the other.
    pub fn bodies(&self) -> Vec<u32> {
        let told = |body: &EmittedBody| [body.function.into(), body.entry.map_or(0, |at| at + 1)];
        self.0.bodies.iter().flat_map(told).collect()
    }

    /// Its polls: body, place, instruction, one after the other.
    pub fn polls(&self) -> Vec<u32> {
        let told = |poll: &EmittedPoll| [poll.body, poll.at, poll.instruction];
        self.0.polls.iter().flat_map(told).collect()
    }

    /// The functions in it.
    pub fn functions(&self) -> Vec<u16> {
        self.0.functions.clone()
    }
}
