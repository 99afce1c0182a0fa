//! Record files: read line by line, put together to one run of any size, and written whole or not at
//! all.

mod gather;
mod inputs;
mod keep;
mod last;
mod line;
mod merge;
mod read;
mod replace;
mod run_file;
mod sort;

pub(crate) use keep::keep;
pub(crate) use last::{folder, last};
pub(crate) use merge::{merge, write};
pub(crate) use replace::Replacement;
