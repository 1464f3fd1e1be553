//! The model checker loom checks the guarantees on every interleaving of small cases, on the
//! coordinator itself.
//!
//! Run with `RUSTFLAGS="--cfg loom" cargo test --profile model --test loom`. `LOOM_MAX_PREEMPTIONS`
//! limits how often a thread is preempted (default: 2). Loom's documentation says that 2 or 3 finds
//! almost every bug.
#![cfg(loom)]

mod loom_cases;

use loom_cases::{CASES, check};

macro_rules! model {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            check(stringify!($name));
        })*

        #[test]
        fn every_case_is_run() {
            let run = [$(stringify!($name)),*];
            for (name, _) in CASES {
                assert!(run.contains(name), "the case {name} is not among the tests");
            }
        }
    };
}

model! {
    two_workers_stop_and_see_each_others_writes
    pauses_back_to_back_lose_no_wake_up
    a_newcomer_parks
    a_freed_slot_is_claimed_while_a_pause_arms
    a_safe_region_is_crossed
    a_worker_dies
    a_pause_is_cancelled_and_the_next_works
    two_requesters_take_turns
    a_worker_asks
    two_workers_ask_at_once
    a_handshake_meets_a_safe_region
    stopped_workers_help
    a_worker_dies_while_it_helps
    a_requester_is_declared_dead
    a_request_is_forgotten_before_it_arms
    a_post_meets_the_next_owner_of_a_slot
    a_burial_meets_the_next_owner_of_a_slot
    a_posted_closure_panics
    the_dead_do_not_walk
    what_another_did_is_not_done_twice
    a_poisoned_limit_is_not_lost
    arrivals_are_visited
}
