//! The browser build's own tests: run by `wasm-pack test --headless` in Chrome and Firefox.
#![cfg(target_arch = "wasm32")]

use rayon::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

#[wasm_bindgen_test]
async fn a_rayon_pool_runs_on_web_workers() {
    JsFuture::from(wasm_bindgen_rayon::init_thread_pool(4)).await.unwrap();
    assert_eq!(rayon::current_num_threads(), 4);
    let sum: u64 = (0..10_000_u64).into_par_iter().sum();
    assert_eq!(sum, 49_995_000);
}
