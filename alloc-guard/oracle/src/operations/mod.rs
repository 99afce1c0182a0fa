//! What is counted: operations of the standard library and of well-known crates.
//!
//! An operation needs nothing from the one before it, does the same each time, and frees or forgets
//! whatever it allocated. Its name is its function's, by which valgrind's stacks name it: no two may be the same
//! code, or the optimiser makes one function of them.

mod collections;
mod field;
mod pointers;
mod table;
mod text;
mod third_party;

pub use field::{Claim, Covers, NOTES, ROWS, Row};
pub use table::{Alignment, Body, OPERATIONS, Operation};
