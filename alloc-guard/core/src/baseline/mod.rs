//! What each test of a package asked of the allocator when it was last accepted: `alloc-guard.toml`
//! beside the package's manifest. Test processes read it; only the command line writes it.

mod file;
mod lines;
mod model;
mod parse;

pub use model::{
    Baseline, Change, Circumstances, Counts, Entry, Held, Tolerance, compare, key, profile_of,
};
pub use parse::ParseError;

pub(crate) use file::{Known, look_up};

/// The name of the file, beside each package's `Cargo.toml`.
pub const FILE_NAME: &str = "alloc-guard.toml";
