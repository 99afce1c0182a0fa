//! Entries of the transparency log Rekor, verified without a network.
//!
//! A signer can put a signature into a public log, which nobody can change without being seen. What the log hands out
//! for an entry proves that, offline, to anyone who has the key of the log. This module reads such entries, as Rekor's
//! interface and Sigstore bundles have them, and verifies them with the logs of a `trusted_root.json`:
//!
//! ```
//! use wsc::rekor::{LogEntry, TrustedRoot};
//!
//! # macro_rules! file {
//! #     ($name:literal) => { &include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/rekor/vectors/", $name))[..] };
//! # }
//! # let trusted_root_json = file!("roots/public-good.json");
//! # let bundle_json = file!("bundles/happy-path-v0.3.json");
//! let root = TrustedRoot::parse(trusted_root_json)?;
//! for entry in LogEntry::parse_bundle(bundle_json)? {
//!     let verified = entry.verify(&root)?;
//!     assert_eq!(verified.log().name(), "rekor.sigstore.dev");
//!     assert_eq!(verified.checkpoint().tree().size, 75_408_393);
//!     assert_eq!(verified.set().map(|set| set.integrated_time()), Some(1_710_869_186));
//! }
//! # Ok::<(), wsc::Error>(())
//! ```
//!
//! Parsing allocates, in proportion to what is there. Verifying does not, whether it succeeds or fails.
//!
//! # What is verified
//!
//! [`LogEntry::verify`] asks for all of it, and the [`VerifiedEntry`] has what each part proved. The parts can be had
//! alone, where an older bundle lacks one: [`verify_set`](LogEntry::verify_set),
//! [`verify_inclusion`](LogEntry::verify_inclusion), [`verify_checkpoint`](LogEntry::verify_checkpoint).
//!
//! - **The log** is one that the root has, by its id, and the id is that of its key: SHA-256 of the key in DER for
//!   version 1 (RFC 6962, section 3.2), of name and key as in signed notes for version 2.
//! - **The inclusion proof** leads from the entry to the root hash (RFC 9162, section 2.1.3.2), with as many hashes as
//!   the tree asks for. It counts in one tree of the log; the index of the entry may count over several.
//! - **The checkpoint** (C2SP, signed-note and tlog-checkpoint) is about that very tree, names the log as its origin,
//!   and is signed by it: ECDSA with P-256 for version 1, Ed25519 for version 2. The line that counts is the first one
//!   with the log's name and key hint.
//! - **The signed entry timestamp** (SET), for version 1: ECDSA over the canonical JSON (RFC 8785) of body, time, log id
//!   and index, at a time at which the root says that the key was valid.
//! - **The uuid**, if the entry came with one, is that of the body and of the checkpoint's tree. For version 2, the
//!   index of the entry is that of the proof.
//!
//! # What is not
//!
//! That an entry is in the log does not make what it says true. Not looked at are:
//!
//! - **What the body says**: the signature in it, the certificate or key, and whether it is about the artifact at hand.
//!   Compare [`VerifiedEntry::body`] with them.
//! - **Everything else in a bundle**: certificates, the envelope or message signature, RFC 3161 time stamps, and of the
//!   entry its kind and version (`kindVersion`), which the body repeats.
//! - **The time of a version 2 entry.** Such logs sign none, so what the JSON says is not given out, and the validity
//!   of the key is not applied: compare [`Log::validity`] with a time that something else vouches for.
//! - **Other signature lines** of a checkpoint, as those of witnesses. They need only be of the form.
//! - **Whether the log is honest or up to date.** Two checkpoints are not compared with each other, and a log that
//!   shows each client another tree is not found out by one of them.
//! - **The writing of the JSON**: space, escapes, order, and members not named here. But a member that is read may come
//!   only once, and its value has one encoding.
//! - **Which of its two forms an ECDSA signature has.** Anyone can turn (r, s) into (r, -s), and both hold; so do not
//!   take the bytes of one for the name of an entry.
//!
//! # Limits
//!
//! JSON may be nested [`MAX_JSON_DEPTH`] deep. Logs with other keys than P-256 (its point not compressed) and Ed25519,
//! and hashes other than SHA-256, are unknown ones. An Ed25519 log is one of version 2. The name of a log is the host in
//! its URL.

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
