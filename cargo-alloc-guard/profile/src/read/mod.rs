//! Files of three kinds, read into one model.

mod bytehound;
mod open;

pub use open::{open, read};
