//! Ten integration tests (a milestone of the virtual machine that this coordinator was asked for lists
//! them), for whatever threads there are: natively
//! `tests/milestone_integration.rs` runs them, in a browser `tests/web.rs`.

mod cases;

pub use cases::*;

/// Gives the names of all cases to a macro that makes a test of each.
macro_rules! each_case {
    ($tests:ident) => {
        $tests! {
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
    };
}
pub(crate) use each_case;
