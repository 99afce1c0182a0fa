//! The recorder's blocks, and what holds of the profile that they add up to.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| alloc_guard_profile_properties::recorder(bytes));
