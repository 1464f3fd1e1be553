//! The storm under random schedules, with more workers than an exhaustive model can explore.
//!
//! Run with `RUSTFLAGS="--cfg shuttle" cargo test --profile model --test shuttle`.
//! `SHUTTLE_STORMS` sets the number of schedules. A failure prints its schedule, which
//! `shuttle::replay` repeats.
#![cfg(shuttle)]

mod storm;

use std::env;
use storm::{Size, storm};

/// Explores `schedules` storms per size.
fn explore(schedules: usize) {
    for size in [
        Size { workers: 2, requesters: 1, steps: 30 },
        Size { workers: 4, requesters: 2, steps: 20 },
        Size { workers: 8, requesters: 3, steps: 10 },
    ] {
        let storm_of = move || {
            let seed = shuttle::rand::Rng::r#gen(&mut shuttle::rand::thread_rng());
            storm(seed, size);
        };
        shuttle::check_random(storm_of, schedules);
        // Few preemptions at the worst moments find other mistakes than many at random moments.
        shuttle::check_pct(storm_of, schedules, 3);
    }
}

#[test]
fn the_storm_passes_under_random_schedules() {
    let schedules = env::var("SHUTTLE_STORMS").ok().and_then(|number| number.parse().ok());
    explore(schedules.unwrap_or(1000));
}
