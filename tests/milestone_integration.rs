//! The ten integration tests, natively; what each does stands in `milestone/cases.rs`.
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

milestone::each_case!(cases);
