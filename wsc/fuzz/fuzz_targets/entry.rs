//! Entries of a log, as its interface and bundles have them, and trusted roots.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| wsc_properties::entry(bytes));
