//! Ten integration tests, as a milestone of the virtual machine for which this coordinator was made
//! lists them. They run on native threads (`tests/lab/native.rs`) and in a browser
//! (`tests/web.rs`).

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
