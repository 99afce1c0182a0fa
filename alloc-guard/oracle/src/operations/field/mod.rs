//! What is held against the claims of other crates: operations that their documentation says, or lets
//! expect, to leave the heap alone. Each asserts its outcome, so the path it is named after is the path it takes.

mod audio;
mod compression;
mod crypto;
mod embedded;
mod encodings;
mod fixed;
mod formats;
mod maps;
mod numbers;
mod queues;
mod rows;
mod shared;
mod stock;
mod strings;
mod text;

pub use rows::{Claim, Covers, NOTES, ROWS, Row};
