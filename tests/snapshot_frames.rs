//! A restored task has the room that each of its frames was given by the call that made it: a caller may
//! need more behind the call in which it stands than its callee does.
#![cfg(not(target_arch = "wasm32"))]

mod machine;
mod snapshots;

use std::fmt::Write;

use machine::module;
use proptest::prelude::*;
use snapshots::{resume, take};

/// Functions that call one another, outermost first. After its call each pushes as many operands as
/// given and adds them up; the innermost polls at a few back-edges.
fn program(heights: &[u16]) -> String {
    let mut text = String::from(
        ".func f0\n.local i\n const 0\n store i\nagain:\n load i\n const 1\n add\n store i\n load i\n \
         const 3\n lt\n jt again\n load i\n ret\n",
    );
    let last = heights.len() - 1;
    for (depth, height) in heights.iter().rev().enumerate() {
        let name = if depth == last { "main".into() } else { format!("f{}", depth + 1) };
        let (dups, adds) =
            (" dup\n".repeat(usize::from(*height)), " add\n".repeat(usize::from(*height)));
        writeln!(text, ".func {name}\n call f{depth}\n{dups}{adds} ret").expect("memory");
    }
    text
}

/// Takes a snapshot at every poll, and goes on from each to the same end.
fn goes_on(heights: &[u16]) {
    let taken = take(&module(&program(heights)), 1, 1, 600, false);
    assert!(!taken.snapshots.is_empty(), "{heights:?}: no snapshot");
    for bytes in &taken.snapshots {
        let again = resume(bytes, 1).finish();
        assert_eq!(again.outcome, taken.ran.outcome, "{heights:?}");
    }
}

#[test]
fn a_caller_that_needs_more_than_its_callee_goes_on() {
    goes_on(&[600]);
    goes_on(&[900]);
}

#[test]
fn a_caller_in_the_middle_needs_most() {
    goes_on(&[3, 700, 1]);
    goes_on(&[1, 2, 60, 2, 1]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_frame_goes_on(heights in proptest::collection::vec(0_u16..500, 1..6)) {
        goes_on(&heights);
    }
}
