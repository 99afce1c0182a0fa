//! DHAT's JSON.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| alloc_guard_profile_properties::dhat(bytes));
