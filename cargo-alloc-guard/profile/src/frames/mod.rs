//! Frames: whose they are, and what they are called.

mod class;
mod name;
mod place;

pub(crate) use name::demangle;
pub(crate) use place::{Part, Place, Placed, is_profiler};
