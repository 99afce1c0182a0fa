//! Key files, public and secret.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| wsc_properties::keys(bytes));
