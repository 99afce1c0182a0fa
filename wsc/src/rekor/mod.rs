//! Entries of the transparency log Rekor, verified without a network.

mod api;
mod bundle;
mod checkpoint;
mod entry;
mod fields;
mod inclusion;
mod json;
mod log;
mod proof_form;
mod set;
mod time;
mod trusted_root;
mod verified;

pub use checkpoint::{Checkpoint, VerifiedCheckpoint};
pub use entry::LogEntry;
pub use inclusion::{InclusionProof, TreeHead, VerifiedInclusion};
pub use json::MAX_JSON_DEPTH;
pub use log::{Log, LogId, LogVersion, Validity};
pub use set::VerifiedSet;
pub use trusted_root::TrustedRoot;
pub use verified::VerifiedEntry;
