//! What changed between two runs.

mod change;
mod compare;
mod human;
mod json;
mod markdown;
mod revision;
mod sources;

pub(crate) use change::{Change, Kind};
pub(crate) use compare::{Comparison, compare};
pub(crate) use human::{print as print_human, word};
pub(crate) use json::print as print_json;
pub(crate) use markdown::print as print_markdown;
pub(crate) use sources::Sources;
