//! What `wasmsign2` signs we verify, what we sign it verifies, and where both write the same thing, the bytes are
//! equal. Runs the real program; without it nothing here is tested, and that is said.

#![cfg(unix)]

mod differences;
mod keys;
#[path = "../it/manifest.rs"]
mod manifest;
mod padding;
mod parts;
mod signing;
mod workshop;
