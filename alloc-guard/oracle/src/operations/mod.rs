//! What is counted: operations of the standard library and of well-known crates.
//!
//! An operation needs nothing from the one before it, does the same each time, and frees or forgets
//! whatever it allocated. Its name is its function's, by which valgrind's stacks name it.

mod collections;
mod pointers;
mod table;
mod text;
mod third_party;

pub use table::{Alignment, OPERATIONS, Operation};
