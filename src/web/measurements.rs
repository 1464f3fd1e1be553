//! The loops that `cargo bench --bench safepoint` times natively, for `npm run bench --
//! coordinator` in the browser.

#[path = "../../benches/loops/mod.rs"]
mod loops;

use wasm_bindgen::prelude::*;

use self::loops::{Look, Looked, Parked};

/// The loops, ready to be timed. Not on a page's main thread, which must not wait.
#[wasm_bindgen]
pub struct Loops {
    looked: Looked,
    parked: Vec<Parked>,
}

#[wasm_bindgen]
impl Loops {
    /// With workers of new coordinators.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self { looked: Looked::default(), parked: Parked::SLOTS.map(Parked::new).into() }
    }

    /// The names of the loops. The first one is what the others are compared with.
    #[wasm_bindgen(getter)]
    pub fn looks(&self) -> Vec<String> {
        Look::ALL.map(|look| look.name().to_owned()).into()
    }

    /// The numbers of slots for which a pause can be made.
    #[wasm_bindgen(getter)]
    pub fn slots(&self) -> Vec<u32> {
        Parked::SLOTS.into()
    }

    /// Runs the `index`th of `looks` for `times` turns.
    pub fn look(&self, index: usize, times: u32) {
        self.looked.turn(Look::ALL[index], times);
    }

    /// Makes `times` pauses that wait for no worker, with the `index`th of `slots`.
    pub fn pause(&self, index: usize, times: u32) {
        for _ in 0..times {
            self.parked[index].pause();
        }
    }
}
