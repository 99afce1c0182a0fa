//! The jobs of the workflow Memory Analysis, one file each: what they write, where, and what they come to.

mod artifacts;
mod attach;
mod bytehound;
mod document;
mod library;
mod profile;
mod relevance;
mod result;
mod secrets;
mod summary;
mod verify;

pub(crate) use artifacts::Artifacts;
pub(crate) use attach::attach;
pub(crate) use profile::{ProfileJob, profile};
pub(crate) use relevance::Base;
pub(crate) use summary::{SummaryJob, summary};
pub(crate) use verify::{VerifyJob, verify};
