//! alloc-guard's own recorder's `.agprof`: blocks, which each thread fills by itself, put into the order of time.
//! `docs/profile-format.md` is the format.

mod blocks;
mod bytes;
mod clock;
mod events;
mod load;
mod merge;
mod paths;
mod weight;

pub(crate) use load::read;

/// What a file begins with.
pub(crate) const MAGIC: &[u8] = b"AGPROF\x1a\n";
