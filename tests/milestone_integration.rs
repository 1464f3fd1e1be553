//! The ten integration tests of `milestone/cases.rs` on native threads.
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
