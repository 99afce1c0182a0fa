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

use std::ops::RangeInclusive;

/// The versions of the recorder's format that are read. The first has no packed events, and nothing
/// else is otherwise.
pub const RECORDER_VERSIONS: RangeInclusive<u32> = 1..=2;

/// What a file begins with.
pub(crate) const MAGIC: &[u8] = b"AGPROF\x1a\n";
