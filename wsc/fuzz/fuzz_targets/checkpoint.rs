//! The checkpoint of a log.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| wsc_properties::checkpoint(bytes));
