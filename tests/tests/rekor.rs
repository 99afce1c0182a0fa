//! What the verification of log entries asks of the allocator: on success, and where it refuses.
//!
//! Reading an entry allocates, as it owns what it read. Verifying it then need not.

use std::hint::black_box;

use alloc_guard::{alloc_free, allocates};
use wsc::rekor::{LogEntry, TrustedRoot};
use wsc::{Error, ErrorKind};

alloc_guard::main!();

/// A file of the log entries; `wsc/tests/rekor/vectors/README.md` says where each comes from.
macro_rules! file {
    ($path:literal) => {
        include_bytes!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../wsc/tests/rekor/vectors/",
            $path
        ))
        .as_slice()
    };
}

/// An entry of the public log with 30 hashes in its proof, as Rekor's web pages show it.
const ENTRY: &[u8] = file!("entry-538771042.json");

/// A bundle with an entry of the public log.
const BUNDLE: &[u8] = file!("bundles/happy-path-v0.3.json");

/// A bundle with an entry of a version 2 log.
const BUNDLE_V2: &[u8] = file!("bundles/rekor2-checkpoint-cosigned.json");

/// The root with the public log.
const ROOT: &[u8] = file!("roots/public-good.json");

/// A root with two logs of the staging instance, one of each version.
const ROOT_V2: &[u8] = file!("roots/root-ed6a9cf4.json");

/// Every bundle that must be refused with the first root, and why.
const REFUSED: [(&[u8], ErrorKind); 8] = [
    (
        file!("bundles/bundle-from-wrong-instance_fail.json"),
        ErrorKind::UnknownLog,
    ),
    (
        file!("bundles/checkpoint-bad-keyhint_fail.json"),
        ErrorKind::NoCheckpointSignature,
    ),
    (
        file!("bundles/checkpoint-wrong-roothash_fail.json"),
        ErrorKind::CheckpointMismatch,
    ),
    (
        file!("bundles/inclusion-proof-corrupted-hash_fail.json"),
        ErrorKind::BadInclusionProof,
    ),
    (
        file!("bundles/intoto-missing-inclusion-proof_fail.json"),
        ErrorKind::UnknownLog,
    ),
    (
        file!("bundles/invalid-checkpoint-signature_fail.json"),
        ErrorKind::BadCheckpointSignature,
    ),
    (
        file!("bundles/invalid-inclusion-proof_fail.json"),
        ErrorKind::BadInclusionProof,
    ),
    (
        file!("bundles/set-invalid-signature_fail.json"),
        ErrorKind::BadSet,
    ),
];

/// Every bundle that must be refused with the second root, and why.
const REFUSED_V2: [(&[u8], ErrorKind); 3] = [
    (
        file!("bundles/rekor2-checkpoint-missing-log-signature_fail.json"),
        ErrorKind::NoCheckpointSignature,
    ),
    (
        file!("bundles/rekor2-checkpoint-missing-size_fail.json"),
        ErrorKind::BadCheckpoint,
    ),
    (
        file!("bundles/rekor2-no-inclusion-proof_fail.json"),
        ErrorKind::NoInclusionProof,
    ),
];

fn root(json: &[u8]) -> TrustedRoot {
    TrustedRoot::parse(json).unwrap()
}

fn entry() -> LogEntry {
    LogEntry::parse(ENTRY).unwrap()
}

fn in_bundle(json: &[u8]) -> LogEntry {
    LogEntry::parse_bundle(json).unwrap().remove(0)
}

fn in_bundles(bundles: &[(&[u8], ErrorKind)]) -> Vec<(LogEntry, ErrorKind)> {
    bundles
        .iter()
        .map(|(json, kind)| (in_bundle(json), *kind))
        .collect()
}

/// Asserts that each entry is refused for its reason.
fn refuse(entries: &[(LogEntry, ErrorKind)], root: &TrustedRoot) {
    for (entry, kind) in entries {
        let refused = entry.verify(root).map(|_| ()).map_err(|error| error.kind());
        assert_eq!(refused, Err(*kind));
    }
}

/// Rekor trusted root parsing
#[allocates(no_leaks)]
fn rekor_trusted_root_parsing(#[init(ROOT_V2)] json: &[u8]) -> Result<TrustedRoot, Error> {
    TrustedRoot::parse(json)
}

/// Rekor log entry parsing
#[allocates(no_leaks)]
fn rekor_log_entry_parsing(#[init(ENTRY)] json: &[u8]) -> Result<LogEntry, Error> {
    LogEntry::parse(json)
}

/// Rekor log entry parsing, out of a bundle
#[allocates(no_leaks)]
fn rekor_bundle_parsing(#[init(BUNDLE)] json: &[u8]) -> Result<Vec<LogEntry>, Error> {
    LogEntry::parse_bundle(json)
}

/// Rekor log entry parsing, refused: a million brackets
#[alloc_free]
fn rekor_log_entry_parsing_refuses_deep_nesting(#[init("[".repeat(1_000_000))] json: &str) {
    assert!(LogEntry::parse(json.as_bytes()).is_err());
}

/// Rekor SET verification
#[alloc_free]
fn rekor_set_verification(
    #[init(entry())] entry: &LogEntry,
    #[init(root(ROOT))] root: &TrustedRoot,
) -> Result<(), Error> {
    black_box(entry.verify_set(root)?);
    Ok(())
}

/// Rekor SET verification, refused: another signature
#[alloc_free]
fn rekor_set_verification_refuses_another_signature(
    #[init(in_bundle(file!("bundles/set-invalid-signature_fail.json")))] entry: &LogEntry,
    #[init(root(ROOT))] root: &TrustedRoot,
) {
    assert!(entry.verify_set(root).is_err());
}

/// Rekor inclusion proof verification
#[alloc_free]
fn rekor_inclusion_verification(#[init(entry())] entry: &LogEntry) -> Result<(), Error> {
    black_box(entry.verify_inclusion()?);
    Ok(())
}

/// Rekor inclusion proof, refused: a hash changed
#[alloc_free]
fn rekor_inclusion_verification_refuses_a_changed_hash(
    #[init(in_bundle(file!("bundles/inclusion-proof-corrupted-hash_fail.json")))] entry: &LogEntry,
) {
    assert!(entry.verify_inclusion().is_err());
}

/// Rekor checkpoint verification (version 1)
#[alloc_free]
fn rekor_checkpoint_verification(
    #[init(entry())] entry: &LogEntry,
    #[init(root(ROOT))] root: &TrustedRoot,
) -> Result<(), Error> {
    black_box(entry.verify_checkpoint(root)?);
    Ok(())
}

/// Rekor checkpoint verification (version 2)
#[alloc_free]
fn rekor_checkpoint_verification_v2(
    #[init(in_bundle(BUNDLE_V2))] entry: &LogEntry,
    #[init(root(ROOT_V2))] root: &TrustedRoot,
) -> Result<(), Error> {
    black_box(entry.verify_checkpoint(root)?);
    Ok(())
}

/// Rekor checkpoint, refused: signature changed
#[alloc_free]
fn rekor_checkpoint_verification_refuses_a_changed_signature(
    #[init(in_bundle(file!("bundles/invalid-checkpoint-signature_fail.json")))] entry: &LogEntry,
    #[init(root(ROOT))] root: &TrustedRoot,
) {
    assert!(entry.verify_checkpoint(root).is_err());
}

/// Rekor checkpoint, refused: another tree
#[alloc_free]
fn rekor_checkpoint_verification_refuses_another_tree(
    #[init(in_bundle(file!("bundles/checkpoint-wrong-roothash_fail.json")))] entry: &LogEntry,
    #[init(root(ROOT))] root: &TrustedRoot,
) {
    assert!(entry.verify_checkpoint(root).is_err());
}

/// Rekor log entry verification, all parts (version 1)
#[alloc_free]
fn rekor_log_entry_verification(
    #[init(entry())] entry: &LogEntry,
    #[init(root(ROOT))] root: &TrustedRoot,
) -> Result<(), Error> {
    black_box(entry.verify(root)?);
    Ok(())
}

/// Rekor log entry verification, all parts (version 2)
#[alloc_free]
fn rekor_log_entry_verification_v2(
    #[init(in_bundle(BUNDLE_V2))] entry: &LogEntry,
    #[init(root(ROOT_V2))] root: &TrustedRoot,
) -> Result<(), Error> {
    black_box(entry.verify(root)?);
    Ok(())
}

/// Rekor log entry verification, every refused bundle (version 1)
#[alloc_free]
fn rekor_log_entry_verification_refuses(
    #[init(in_bundles(&REFUSED))] entries: &[(LogEntry, ErrorKind)],
    #[init(root(ROOT))] root: &TrustedRoot,
) {
    refuse(entries, root);
}

/// Rekor log entry verification, every refused bundle (version 2)
#[alloc_free]
fn rekor_log_entry_verification_v2_refuses(
    #[init(in_bundles(&REFUSED_V2))] entries: &[(LogEntry, ErrorKind)],
    #[init(root(ROOT_V2))] root: &TrustedRoot,
) {
    refuse(entries, root);
}
