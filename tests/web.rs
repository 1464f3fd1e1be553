//! The browser build's own tests, run by `wasm-pack test --headless` in Chrome and Firefox: the
//! ten integration tests of `milestone/`, the table of causes and the storm, on the Web Workers of a rayon pool. The tests
//! themselves run in a dedicated worker, which may block.
#![cfg(target_arch = "wasm32")]

mod milestone;
mod stage;
#[path = "../crates/safepoint/tests/storm/mod.rs"]
mod storm;
mod truth;

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::channel;

use rayon::prelude::*;
use safepoint::{SafepointCoordinator, StopReason, clock};
use storm::{Size, storm};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

/// As many as the largest case needs: a storm's workers and requesters, and one for threads that
/// these start.
const POOL: usize = 11;

struct Pool;

impl stage::Threads for Pool {
    fn spawn(&self, job: Box<dyn FnOnce() + Send>) {
        rayon::spawn(job);
    }

    fn cores(&self) -> Option<usize> {
        let navigator = js_sys::Reflect::get(&js_sys::global(), &"navigator".into()).unwrap();
        let cores = js_sys::Reflect::get(&navigator, &"hardwareConcurrency".into()).unwrap();
        cores.as_f64().map(|cores| cores as usize)
    }
}

/// The pool, started once: it can neither be resized nor replaced.
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

#[wasm_bindgen_test]
fn wrong_options_are_refused_in_words() {
    let refused = |options: &str| {
        let options = js_sys::JSON::parse(options).unwrap();
        safepoint_lab::web::run(&options).unwrap_err().as_string().unwrap()
    };
    assert_eq!(refused("4"), "run options: this is 4, expected an object");
    assert_eq!(
        refused(r#"{ "workers": "four" }"#),
        "run options: workers is a string, expected a whole number from 0 to 4294967295"
    );
    assert_eq!(refused(r#"{ "warn": true }"#), "run options: warn is a boolean, expected a number");
    assert_eq!(refused(r#"{ "profile": 1 }"#), "run options: profile is 1, expected true or false");
    let policy = |every: &str| {
        let sites = r#""calls": true, "back_edges": true, "allocations": true, "awaits": true"#;
        refused(&format!(r#"{{ "policy": {{ {sites}, "every": {every} }} }}"#))
    };
    assert_eq!(policy("0"), "poll policy: every is 0, expected a whole number from 1 to 65535");
    assert_eq!(policy("1.5"), "poll policy: every is 1.5, expected a whole number from 1 to 65535");
    assert_eq!(refused(r#"{ "policy": {} }"#), "poll policy: calls is missing");
    let asked = js_sys::JSON::parse(r#"{ "line": -1 }"#).unwrap();
    assert_eq!(
        safepoint_lab::web::breakpoint(&asked).unwrap_err().as_string().unwrap(),
        "breakpoint: line is -1, expected a whole number from 0 to 4294967295"
    );
}

macro_rules! cases {
    ($($case:ident)*) => { $(
        #[wasm_bindgen_test]
        async fn $case() {
            milestone::$case(&pool().await);
        }
    )* };
}

milestone::each_case!(cases);

macro_rules! programs {
    ($($program:ident)*) => { $(
        #[wasm_bindgen_test]
        async fn $program() {
            wasm_bindgen_test::console_log!("{}", truth::$program(&pool().await));
        }
    )* };
}

truth::each_program!(programs);

/// How many storms run; `SAFEPOINT_WEB_STORMS`, read when compiling, sets another number.
fn storms() -> u64 {
    option_env!("SAFEPOINT_WEB_STORMS").map_or(3, |number| number.parse().expect("a number"))
}

/// Two workers hand each other readings of their clocks. A browser starts each worker's clock at a
/// rounded time.
#[wasm_bindgen_test]
async fn no_worker_reads_a_time_before_one_it_was_handed() {
    const ROUNDS: u64 = 500;
    pool().await;
    for pair in 0..POOL {
        let handed: Arc<[AtomicU64; 2]> = Arc::default();
        let (ended, ends) = channel();
        for me in 0..2 {
            let (handed, ended) = (Arc::clone(&handed), ended.clone());
            rayon::spawn(move || {
                let mut back = 0;
                for round in 0..ROUNDS {
                    let mut other = 0;
                    while round + me > 0 && other == 0 {
                        other = handed[1 - me as usize].swap(0, Ordering::AcqRel);
                    }
                    let now = clock::now().as_nanos().max(1);
                    back = back.max(other.saturating_sub(now));
                    handed[me as usize].store(now, Ordering::Release);
                }
                ended.send(back).expect("the test waits for both");
            });
        }
        for _ in 0..2 {
            assert_eq!(ends.recv().expect("both end"), 0, "nanoseconds back in pair {pair}");
        }
    }
}

#[wasm_bindgen_test]
async fn the_storm_passes() {
    pool().await;
    let first = js_sys::Math::random().to_bits() >> 20;
    let sizes = [(4, 2, 300), (8, 2, 100), (2, 1, 600)];
    for (seed, (workers, requesters, steps)) in
        (first..first + storms()).zip(sizes.into_iter().cycle())
    {
        // If a storm fails, the last line says which.
        wasm_bindgen_test::console_log!("storm {seed} with {workers} workers");
        let tally = storm(seed, Size { workers, requesters, steps });
        assert!(tally.granted.into_inner() > 0, "no pause was granted in the storm of {seed}");
    }
}

#[wasm_bindgen_test]
async fn a_thousand_pauses_back_to_back_with_eight_workers() {
    const WORKERS: usize = 8;
    const PAUSES: u64 = 1_000;
    pool().await;
    let coordinator = SafepointCoordinator::new();
    let over = Arc::new(AtomicBool::new(false));
    let steps: Arc<[AtomicU64; WORKERS]> = Arc::default();
    let (ended, ends) = channel();
    for index in 0..WORKERS {
        let worker = coordinator.register_parked();
        let (over, steps, ended) = (Arc::clone(&over), Arc::clone(&steps), ended.clone());
        rayon::spawn(move || {
            let worker = worker.start();
            while !over.load(Ordering::Relaxed) {
                steps[index].fetch_add(1, Ordering::Relaxed);
                worker.poll();
            }
            drop(worker);
            ended.send(()).expect("the test waits for all ends");
        });
    }
    let count = || steps.each_ref().map(|steps| steps.load(Ordering::Relaxed));
    for pause in 0..PAUSES {
        let reason = StopReason::ALL[pause as usize % 3];
        let stopped = coordinator.request_stw_pause(reason).expect("granted");
        assert_eq!(coordinator.workers_at_safepoint(), WORKERS);
        let before = count();
        std::thread::yield_now();
        assert_eq!(before, count(), "a worker ran during pause {pause}");
        let report = stopped.resume_from_pause();
        let awaited = || report.arrivals.iter().filter(|arrival| !arrival.was_safe);
        assert!(
            awaited().zip(awaited().skip(1)).all(|(one, next)| one.after < next.after),
            "no two workers stop at one time, at any step of the clock: {report:?}"
        );
        assert!(awaited().all(|arrival| arrival.after <= report.ttsp), "{report:?}");
    }
    assert_eq!(coordinator.stats().pauses(), PAUSES);
    over.store(true, Ordering::Relaxed);
    for _ in 0..WORKERS {
        ends.recv().expect("no worker is left behind");
    }
    assert_eq!(coordinator.worker_count(), 0);
}
