//! What changed between two profiles.

mod change;
mod human;
mod json;
mod markdown;

pub(crate) use change::Comparison;
pub(crate) use human::print as print_human;
pub(crate) use json::print as print_json;
pub(crate) use markdown::{changes as print_changes, print as print_markdown};
