//! Signs and verifies WebAssembly modules.
#![forbid(unsafe_code)]
