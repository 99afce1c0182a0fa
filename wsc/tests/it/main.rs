//! The library against outside vectors, and properties that hold for every file.

mod attach;
mod craft;
mod errors;
mod keyring;
mod keys;
mod manifest;
mod matrix;
mod openssh;
mod parts;
mod payload;
mod sign;
mod split;
mod stream;
mod structure;
mod tamper;
mod threshold;
mod uncovered;
mod vectors;
mod verify;
mod whole;
