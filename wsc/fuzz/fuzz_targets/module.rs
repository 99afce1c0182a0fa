//! The list of sections, and what holds of a module that was signed.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| wsc_properties::module(bytes));
