//! A snapshot taken at any poll of any program goes on to the same result and output, with any
//! number of workers.

use crate::machine::{Ran, module, programs, side_by_side, start};
use crate::snapshots::{HEAP, STOPS, capture_at_rest, restored, resume, take};
use crate::with_functions_or_tries;
use ::machine::snapshot::describe;

/// Checks that two runs had the same outcome. How full a heap is may differ: a snapshot leaves
/// garbage out.
fn assert_same(context: &str, one: &Ran, other: &Ran) {
    assert_eq!(one.output, other.output, "output, {context}");
    let (one, other) = (&one.outcome, &other.outcome);
    assert_eq!((one.ended, &one.result), (other.ended, &other.result), "{context}");
    let message = |trap: &::machine::vm::TrapReport| {
        trap.message.split(" of ").next().unwrap_or_default().split(": 1").next().map(str::to_owned)
    };
    assert_eq!(one.trap.as_ref().map(message), other.trap.as_ref().map(message), "{context}");
    assert_eq!(one.other_traps.len(), other.other_traps.len(), "{context}");
}

/// Takes a snapshot, restores it without running it, and takes another one: the same bytes, unless
/// a task's time passes.
fn assert_fixpoint(context: &str, bytes: &[u8]) {
    let description = describe(bytes).unwrap_or_else(|error| panic!("{error}, {context}"));
    if description.tasks.iter().any(|task| matches!(task.state, "sleeping" | "blocked")) {
        return;
    }
    let (machine, coordinator) = restored(bytes, description.workers);
    assert!(capture_at_rest(&machine, &coordinator) == bytes, "no fixpoint, {context}");
}

fn check(name: &str, source: &str, workers: usize, most: usize) {
    let module = module(source);
    let all = start(&module, workers, |config| {
        config.heap_limit_bytes = HEAP;
        // Without that all polls are none, and the snapshots those of the first ones.
        config.profile = true;
    })
    .finish();
    let every = (all.polls.min(STOPS) * 2 / most as u64).max(1);
    let taken = take(&module, workers, every, most, false);
    assert_same(&format!("{name} while snapshots are taken"), &all, &taken.ran);
    if workers == 1 && all.polls >= most as u64 {
        assert!(!taken.snapshots.is_empty(), "{name}: no snapshot in {} polls", all.polls);
    }
    for (index, bytes) in taken.snapshots.iter().enumerate() {
        let other = [1, 2, 4][index % 3];
        let context = format!("{name}, snapshot {index} of {workers} workers on {other}");
        assert_fixpoint(&context, bytes);
        assert_same(&context, &all, &resume(bytes, other).finish());
    }
}

#[test]
fn golden_programs_of_one_worker() {
    side_by_side(&programs("tests/programs", 25), |(name, source)| check(name, source, 1, 24));
}

#[test]
fn golden_programs_of_three_workers() {
    side_by_side(&programs("tests/programs", 25), |(name, source)| check(name, source, 3, 8));
}

/// Functions as values, and what they have captured, are in a snapshot as all objects are.
#[test]
fn functions_as_values() {
    side_by_side(&with_functions_or_tries(), |(name, source)| {
        check(name, source, 1, 24);
        check(name, source, 3, 6);
    });
}

#[test]
fn examples_that_end() {
    side_by_side(&programs("www/examples", 10), |(name, source)| {
        if source.contains(" endless: no") {
            check(name, source, 2, 4);
        }
    });
}

#[test]
fn endless_examples() {
    side_by_side(&programs("www/examples", 10), |(name, source)| {
        if !source.contains(" endless: yes") {
            return;
        }
        let taken = take(&module(source), 2, 7, 3, true);
        assert_eq!(taken.snapshots.len(), 3, "{name}");
        for (index, bytes) in taken.snapshots.iter().enumerate() {
            assert_fixpoint(name, bytes);
            let running = resume(bytes, [1, 2, 4][index]);
            running.wait_for("instructions", |machine| {
                (0..machine.workers()).any(|index| machine.worker_status(index).instructions > 1000)
            });
            let ran = running.stop();
            assert_eq!(ran.outcome.trap, None, "{name}");
        }
    });
}
