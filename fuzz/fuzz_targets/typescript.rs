#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| safepoint_lab_fuzz::targets::typescript(data));
