//! Thin bindings for the browser.

pub use wasm_bindgen_rayon::init_thread_pool;
