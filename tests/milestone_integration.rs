//! The ten integration tests, natively; what each does stands in `milestone/cases.rs`.
#![cfg(not(target_arch = "wasm32"))]

mod milestone;
mod stage;

use stage::Native;

macro_rules! cases {
    ($($case:ident)*) => { $(
        #[test]
        fn $case() {
            milestone::$case(&Native);
        }
    )* };
}

milestone::each_case!(cases);
