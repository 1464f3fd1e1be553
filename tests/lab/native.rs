//! The ten integration tests of `milestone/cases.rs` on native threads.

use crate::stage::Native;

macro_rules! cases {
    ($($case:ident)*) => { $(
        #[test]
        fn $case() {
            crate::milestone::$case(&Native);
        }
    )* };
}

crate::milestone::each_case!(cases);
