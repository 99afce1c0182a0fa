//! Each form, read back by the tool that it is for: what that tool finds equals what the model says, exactly. A tool that is
//! not there is passed over aloud, and is an error where `ALLOC_GUARD_REQUIRE_…` says that it has to be there.

mod dhat;
mod folded;
mod heaptrack;
mod json;
mod sample;
mod speedscope;
mod tool;
