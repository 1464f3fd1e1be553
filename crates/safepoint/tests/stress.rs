//! The storm on threads of the system: a few seconds in the usual run, longer in the deep run.
//!
//! `SAFEPOINT_STORM_SECONDS` sets its length, `SAFEPOINT_STORM_SEED` its first seed.
#![cfg(not(any(loom, shuttle, target_arch = "wasm32")))]

mod storm;

use std::{
    env,
    sync::mpsc,
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};
use storm::{Size, storm};

fn number(variable: &str) -> Option<u64> {
    let value = env::var(variable).ok()?;
    Some(value.parse().unwrap_or_else(|_| panic!("{variable} is {value:?}, not a number")))
}

#[test]
fn the_storm_passes() {
    /// No storm of these sizes takes longer, so a storm that is not over by then hangs.
    const LIMIT: Duration = Duration::from_secs(120);
    let lasting = Duration::from_secs(number("SAFEPOINT_STORM_SECONDS").unwrap_or(2));
    let first = number("SAFEPOINT_STORM_SEED").unwrap_or_else(|| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        now.as_secs() << 20 | u64::from(now.subsec_micros())
    });
    let end = Instant::now() + lasting;
    let sizes = [(4, 2, 400), (8, 3, 200), (2, 1, 1000), (24, 2, 60)];
    for (seed, (workers, requesters, steps)) in (first..).zip(sizes.into_iter().cycle()) {
        println!("SAFEPOINT_STORM_SEED={seed} with {workers} workers");
        let (passed, waiting) = mpsc::channel();
        let size = Size { workers, requesters, steps };
        let raging = thread::spawn(move || {
            let tally = storm(seed, size);
            // This fails only after the limit, when the test has failed already.
            let _ = passed.send(());
            tally
        });
        match waiting.recv_timeout(LIMIT) {
            Err(mpsc::RecvTimeoutError::Timeout) => panic!("the storm of seed {seed} hangs"),
            Ok(()) | Err(mpsc::RecvTimeoutError::Disconnected) => {}
        }
        let tally = raging.join().unwrap_or_else(|_| panic!("the storm of seed {seed} failed"));
        println!("{tally:?}");
        assert!(tally.granted.into_inner() > 0, "no pause was granted in the storm of {seed}");
        if Instant::now() >= end {
            break;
        }
    }
}
