//! The browser build's own tests, run by `wasm-pack test --headless` in Chrome and Firefox: the
//! milestone's ten integration tests on the Web Workers of a rayon pool. The tests themselves run in
//! a dedicated worker, which may block.
#![cfg(target_arch = "wasm32")]

mod milestone;

use std::cell::Cell;

use rayon::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

/// As many as the largest case needs.
const POOL: usize = 8;

struct Pool;

impl milestone::Threads for Pool {
    fn spawn(&self, job: Box<dyn FnOnce() + Send>) {
        rayon::spawn(job);
    }
}

/// The pool; started once, for it can neither be resized nor replaced.
async fn pool() -> Pool {
    thread_local!(static STARTED: Cell<bool> = const { Cell::new(false) });
    if !STARTED.replace(true) {
        JsFuture::from(wasm_bindgen_rayon::init_thread_pool(POOL)).await.unwrap();
    }
    Pool
}

#[wasm_bindgen_test]
async fn a_rayon_pool_runs_on_web_workers() {
    pool().await;
    assert_eq!(rayon::current_num_threads(), POOL);
    let sum: u64 = (0..10_000_u64).into_par_iter().sum();
    assert_eq!(sum, 49_995_000);
}

macro_rules! cases {
    ($($case:ident)*) => { $(
        #[wasm_bindgen_test]
        async fn $case() {
            milestone::$case(&pool().await);
        }
    )* };
}

cases! {
    interpreter_with_safepoint_polls
    multi_threaded_safepoint_coordination
    loop_back_edge_safepoints
    allocation_safepoints
    nested_pause_requests
    statistics_verification
    worker_registration_during_execution
    stress_test_many_pauses
    pause_during_function_call
    resume_correctness
}
