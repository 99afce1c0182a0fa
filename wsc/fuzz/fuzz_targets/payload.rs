//! The signature payload, embedded and kept apart.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| wsc_properties::payload(bytes));
