//! Every file of the vectors, with the verdict of the manifest: for the whole, for each part, and of which kind.

use std::collections::BTreeSet;

use ErrorKind::{
    BadCheckpoint, BadCheckpointSignature, BadInclusionProof, BadSet, CheckpointMismatch,
    NoCheckpointSignature, NoInclusionProof, UnknownLog,
};
use serde_json::{Value, json};
use wsc::ErrorKind;
use wsc::rekor::{Checkpoint, InclusionProof, LogEntry, TreeHead, TrustedRoot};

use crate::vectors::{checks, entry, root};

fn text<'a>(check: &'a Value, field: &str) -> &'a str {
    check[field].as_str().unwrap()
}

fn verify(check: &Value) -> Result<(), ErrorKind> {
    let root = root(text(check, "trusted_root"));
    entry(text(check, "file"))
        .verify(&root)
        .map(|_| ())
        .map_err(|error| error.kind())
}

#[test]
fn every_entry_has_its_verdict() {
    let checks = checks();
    assert_eq!(checks.len(), 19);
    let wrong: Vec<_> = checks
        .iter()
        .filter(|check| verify(check).is_ok() != (text(check, "log_verdict") == "accept"))
        .map(|check| text(check, "id"))
        .collect();
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn every_entry_is_refused_for_its_fault() {
    #[rustfmt::skip]
    let table = [
        ("bundle-from-wrong-instance_fail",              UnknownLog),
        ("checkpoint-bad-keyhint_fail",                  NoCheckpointSignature),
        ("checkpoint-wrong-roothash_fail",               CheckpointMismatch),
        ("inclusion-proof-corrupted-hash_fail",          BadInclusionProof),
        ("intoto-missing-inclusion-proof_fail",          NoInclusionProof),
        ("invalid-checkpoint-signature_fail",            BadCheckpointSignature),
        ("invalid-inclusion-proof_fail",                 BadInclusionProof),
        ("rekor2-checkpoint-missing-log-signature_fail", NoCheckpointSignature),
        ("rekor2-checkpoint-missing-size_fail",          BadCheckpoint),
        ("rekor2-no-inclusion-proof_fail",               NoInclusionProof),
        ("set-invalid-signature_fail",                   BadSet),
    ];
    let found: BTreeSet<_> = checks()
        .iter()
        .filter_map(|check| Some((text(check, "id").to_owned(), verify(check).err()?)))
        .map(|(id, kind)| (id, kind.to_string()))
        .collect();
    let expected = table.map(|(id, kind)| (id.to_owned(), kind.to_string()));
    assert_eq!(found, expected.into());
}

/// What the manifest calls `expect`, as this library sees it.
fn parts(entry: &LogEntry, root: &TrustedRoot) -> Value {
    let Some(log) = root.log(entry.log_id()) else {
        return json!({"log_key": "unknown"});
    };
    let mut parts = json!({"log_key": "known"});
    parts["set"] = match entry.verify_set(root).map_err(|error| error.kind()) {
        Ok(_) => "valid",
        Err(ErrorKind::NoSet) => "absent",
        Err(_) => "invalid",
    }
    .into();
    parts["inclusion"] = match entry.verify_inclusion().map_err(|error| error.kind()) {
        Ok(_) => "valid",
        Err(NoInclusionProof) => "absent",
        Err(_) => "invalid",
    }
    .into();
    let checkpoint = match entry.checkpoint().map(Checkpoint::parse) {
        None => "absent",
        Some(Err(_)) => "malformed",
        Some(Ok(checkpoint)) => {
            let tree = entry.inclusion_proof().unwrap().tree();
            let signed = checkpoint.verify(log).is_ok();
            parts["checkpoint_signature"] = if signed { "valid" } else { "invalid" }.into();
            parts["checkpoint_matches_proof"] = (checkpoint.tree() == tree).into();
            match entry.verify_checkpoint(root) {
                Ok(_) => "valid",
                Err(_) => "invalid",
            }
        }
    };
    parts["checkpoint"] = checkpoint.into();
    parts
}

#[test]
fn every_part_has_its_verdict() {
    for check in checks() {
        let entry = entry(text(&check, "file"));
        let root = root(text(&check, "trusted_root"));
        assert_eq!(parts(&entry, &root), check["expect"], "{}", check["id"]);
    }
}

#[test]
fn every_small_proof_has_its_verdict() {
    let Value::Array(cases) = crate::vectors::json("merkle.json") else {
        panic!("a list of cases");
    };
    assert_eq!(cases.len(), 357);
    for case in cases {
        let hash = |value: &Value| <[u8; 32]>::try_from(unhex(value.as_str().unwrap())).unwrap();
        let hashes = case["proof"].as_array().unwrap().iter().map(hash).collect();
        let tree = TreeHead {
            size: case["size"].as_u64().unwrap(),
            root: hash(&case["root"]),
        };
        let proof = InclusionProof::new(case["index"].as_u64().unwrap(), tree, hashes);
        let verdict = proof.verify(&unhex(text(&case, "leaf"))).is_ok();
        assert_eq!(verdict, case["valid"], "{case}");
    }
}

fn unhex(hex: &str) -> Vec<u8> {
    let (digits, rest) = hex.as_bytes().as_chunks::<2>();
    assert!(rest.is_empty(), "{hex}");
    digits
        .iter()
        .map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}
