//! The milestone's ten integration tests, natively; what each does stands in `milestone/cases.rs`.
#![cfg(not(target_arch = "wasm32"))]

mod milestone;

struct Native;

impl milestone::Threads for Native {
    fn spawn(&self, job: Box<dyn FnOnce() + Send>) {
        std::thread::spawn(job);
    }
}

macro_rules! cases {
    ($($case:ident)*) => { $(
        #[test]
        fn $case() {
            milestone::$case(&Native);
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
