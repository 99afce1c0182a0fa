//! Recording test binaries with our own recorder: running them, and what the files they leave say at once.

mod course;
mod file;
mod folder;

pub(crate) use course::{End, Options, Printed, Recorder, Selected, print_to};
pub(crate) use file::{Recording, Sums};
pub(crate) use folder::{empty, recordings};
