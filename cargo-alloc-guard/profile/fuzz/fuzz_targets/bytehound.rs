//! ByteHound's stream of events, stored, so that its checks are not in the way.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| alloc_guard_profile_properties::bytehound(bytes));
