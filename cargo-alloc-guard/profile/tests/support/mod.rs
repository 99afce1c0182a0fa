//! A writer of the recorder's format, and a program of made-up threads whose sums are known.

pub(crate) mod agprof;
pub(crate) mod program;
