//! The library against outside vectors, and properties that hold for every file.

mod attach;
mod craft;
mod errors;
mod keyring;
mod keys;
mod matrix;
mod payload;
mod sign;
mod structure;
mod tamper;
mod vectors;
mod verify;
mod whole;
