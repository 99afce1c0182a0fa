//! Files of three kinds, read into one model.

mod bytehound;
mod open;
mod recorder;

pub use open::{open, read};
