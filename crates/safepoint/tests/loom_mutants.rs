//! Each known way to break the protocol makes a case of the model fail. This file names that case.
//!
//! Run with `RUSTFLAGS="--cfg loom" cargo test --profile model --test loom_mutants`. Each broken
//! protocol is explored in its own process, because a failed model cannot always unwind.
#![cfg(loom)]

mod loom_cases;

use safepoint::{Mutant, set_mutant};
use std::{env, process::Command};

/// The case that catches each mutant.
const CAUGHT_BY: [(Mutant, &str); 22] = [
    (Mutant::RequestAfterArming, "two_workers_stop_and_see_each_others_writes"),
    (Mutant::PlainStoreOnLeave, "a_safe_region_is_crossed"),
    (Mutant::NewcomersRun, "a_newcomer_parks"),
    (Mutant::FreeSlotsNotArmed, "a_freed_slot_is_claimed_while_a_pause_arms"),
    (Mutant::RelaxedResume, "a_safe_region_is_crossed"),
    (Mutant::UntaggedArrivals, "a_pause_is_cancelled_and_the_next_works"),
    (Mutant::RelaxedArrival, "two_workers_stop_and_see_each_others_writes"),
    (Mutant::RelaxedEnter, "a_safe_region_is_crossed"),
    (Mutant::GateBeforeDisarm, "two_workers_stop_and_see_each_others_writes"),
    (Mutant::DoorbellReadLate, "two_workers_stop_and_see_each_others_writes"),
    (Mutant::LeaveDuringHandshake, "a_handshake_meets_a_safe_region"),
    (Mutant::HelpersNotAwaited, "stopped_workers_help"),
    (Mutant::DeadHelperAwaited, "a_worker_dies_while_it_helps"),
    (Mutant::GiveUpIgnoresEpoch, "a_requester_is_declared_dead"),
    (Mutant::ForgottenArms, "a_request_is_forgotten_before_it_arms"),
    (Mutant::PostToTheSlot, "a_post_meets_the_next_owner_of_a_slot"),
    (Mutant::BuryTheSlot, "a_burial_meets_the_next_owner_of_a_slot"),
    (Mutant::VacatedDuringHandshake, "a_post_meets_the_next_owner_of_a_slot"),
    (Mutant::TheDeadWalk, "the_dead_do_not_walk"),
    (Mutant::PanicsPassThrough, "a_posted_closure_panics"),
    (Mutant::LimitOverPoison, "a_poisoned_limit_is_not_lost"),
    (Mutant::VisitorNotRung, "arrivals_are_visited"),
];

/// The variable that turns [`probe`] into the exploration of one broken protocol.
const PROBE: &str = "SAFEPOINT_PROBE";

/// What [`probe`] prints when it begins. A failure before that does not count as a caught mutant.
const EXPLORING: &str = "exploring a broken protocol";

#[test]
fn every_mutant_is_listed() {
    for mutant in Mutant::ALL {
        assert!(CAUGHT_BY.iter().any(|(listed, _)| *listed == mutant), "{mutant:?} is not listed");
    }
}

#[test]
fn every_mutant_is_caught() {
    let this_program = env::current_exe().expect("a running test has a path");
    let mut missed = Vec::new();
    for (mutant, case) in CAUGHT_BY {
        let explored = Command::new(&this_program)
            .args(["--exact", "probe", "--nocapture"])
            .env(PROBE, format!("{mutant:?}/{case}"))
            .env("RUST_BACKTRACE", "0")
            .output()
            .expect("a test can run itself");
        let began = String::from_utf8_lossy(&explored.stdout).contains(EXPLORING);
        assert!(began, "{mutant:?}: the exploration of {case} did not begin");
        let how = String::from_utf8_lossy(&explored.stderr);
        let how = how.lines().skip_while(|line| !line.contains("panicked")).nth(1);
        println!("{mutant:?}: {case}: {}", how.unwrap_or("NOT CAUGHT"));
        if explored.status.success() {
            missed.push(mutant);
        }
    }
    assert!(missed.is_empty(), "no case fails although the protocol is broken: {missed:?}");
}

/// Explores one broken protocol, in a process that the test above starts. Does nothing otherwise.
#[test]
fn probe() {
    let Ok(wanted) = env::var(PROBE) else {
        return;
    };
    let (mutant, case) = wanted.split_once('/').expect("a mutant and a case");
    let mutant = Mutant::ALL.into_iter().find(|known| format!("{known:?}") == mutant);
    set_mutant(Some(mutant.expect("a known mutant")));
    assert!(loom_cases::CASES.iter().any(|(known, _)| *known == case), "no case {case}");
    println!("{EXPLORING}");
    loom_cases::check(case);
}
