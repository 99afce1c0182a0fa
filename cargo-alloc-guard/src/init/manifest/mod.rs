//! A package's manifest: what it has of ours, and what is added.

mod add;
mod read;

pub(super) use add::Dependency;
pub(super) use read::{FirstTest, Manifest, Present, TEST};
