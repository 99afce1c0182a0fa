//! Entries: the forms they come in, what a verified one says, and each kind of error.

use serde_json::{Value, json};
use wsc::ErrorKind::{
    self, BadField, BadInclusionProof, BadSet, CheckpointMismatch, EntryMismatch, NoCheckpoint,
    NoInclusionProof, NoLogEntry, NoSet, UnknownLog, UnsupportedFormat,
};
use wsc::rekor::{LogEntry, LogVersion};

use crate::vectors::{
    BUNDLE_V1, BUNDLE_V2, ENTRY, ROOT_V1, ROOT_V2, entry, in_bundle, json, read, root, verdict,
    with,
};

#[test]
fn a_verified_entry_says_what_was_proven() {
    let (entry, root) = (entry(ENTRY), root(ROOT_V1));
    let verified = entry.verify(&root).unwrap();
    assert_eq!(verified.log().name(), "rekor.sigstore.dev");
    assert_eq!(verified.log().version(), LogVersion::V1);
    assert!(
        verified
            .body()
            .starts_with(b"{\"apiVersion\":\"0.0.1\",\"kind\":\"dsse\"")
    );
    let set = verified.set().unwrap();
    assert_eq!(
        (set.integrated_time(), set.log_index()),
        (1_758_304_718, 538_771_042)
    );
    assert_eq!(set.log().id(), entry.log_id());
    assert_eq!(verified.inclusion().index(), 416_866_780);
    assert_eq!(verified.inclusion().tree(), verified.checkpoint().tree());
    assert_eq!(verified.checkpoint().tree().size, 538_772_043);
    assert_eq!(
        verified.checkpoint().tree_id(),
        Some(1_193_050_959_916_656_506)
    );
}

#[test]
fn a_verified_entry_of_version_2_has_no_time() {
    let (entry, root) = (entry(BUNDLE_V2), root(ROOT_V2));
    let verified = entry.verify(&root).unwrap();
    assert!(verified.set().is_none());
    assert_eq!(verified.log().version(), LogVersion::V2);
    assert_eq!(
        (
            verified.inclusion().index(),
            verified.checkpoint().tree_id()
        ),
        (735, None)
    );
}

/// The entry as Rekor's interface nests it.
fn nested() -> Value {
    let mut alone = json(ENTRY);
    json!({
        "body": alone["body"].take(),
        "integratedTime": alone["integratedTimeUnix"].take(),
        "logID": alone["logID"].take(),
        "logIndex": alone["logIndex"].take(),
        "verification": {
            "inclusionProof": alone["inclusionProof"].take(),
            "signedEntryTimestamp": alone["signedEntryTimestamp"].take(),
        },
    })
}

fn verdict_of(value: &Value) -> Result<(), ErrorKind> {
    verdict(&serde_json::to_vec(value).unwrap(), &root(ROOT_V1))
}

const TREE: &str = "108e9186e8c5677a";
const LEAF: &str = "1b77086cce5d81d1fed81432617971b2c6993681aced1a044c89465e8c60fe20";

#[test]
fn the_forms_of_the_interface_are_read() {
    let entry = nested();
    for uuid in [LEAF.to_owned(), format!("{TREE}{LEAF}")] {
        let named = json!({&*uuid: entry});
        assert_eq!(verdict_of(&named), Ok(()), "{uuid}");
    }
    assert_eq!(verdict_of(&entry), Ok(()));
}

#[test]
fn a_file_with_two_entries_is_refused() {
    let other = format!("{TREE}{}", "0".repeat(64));
    let mut beside = nested();
    beside[LEAF] = nested();
    let mut twice = nested();
    twice["signedEntryTimestamp"] = json!("AAAA");
    let mut uuid = nested();
    uuid["uuid"] = json!(LEAF);
    for file in [
        json!({LEAF: nested(), &*other: nested()}),
        beside,
        twice,
        json!({&*other: uuid}),
    ] {
        assert_eq!(verdict_of(&file), Err(BadField), "{file}");
    }
}

#[test]
fn a_uuid_must_be_that_of_the_entry() {
    let (leaf, tree) = ("0".repeat(64), "0".repeat(16));
    for (uuid, expected) in [
        (leaf.clone(), EntryMismatch),
        (format!("{TREE}{leaf}"), EntryMismatch),
        (format!("{tree}{LEAF}"), EntryMismatch),
        (format!("0{LEAF}"), BadField),
        (LEAF.to_uppercase(), BadField),
        (LEAF[1..].to_owned(), BadField),
    ] {
        assert_eq!(
            verdict(&with(ENTRY, "/uuid", &*uuid), &root(ROOT_V1)),
            Err(expected),
            "{uuid}"
        );
    }
}

#[test]
fn an_entry_is_refused_for_its_fault() {
    #[rustfmt::skip]
    let table: [(&str, Value, ErrorKind); 20] = [
        ("body",                   Value::Null,            BadField),
        ("body",                   json!("a"),             BadField),
        ("body",                   json!("AAAA"),          BadInclusionProof),
        ("logID",                  Value::Null,            BadField),
        ("logID",                  json!("c0d2"),          BadField),
        ("logID",                  json!("0".repeat(64)),  UnknownLog),
        ("logIndex",               Value::Null,            BadField),
        ("logIndex",               json!(-1),              BadField),
        ("logIndex",               json!(1.5),             BadField),
        ("logIndex",               json!([]),              BadField),
        ("logIndex",               json!(538_771_043),     BadSet),
        ("integratedTimeUnix",     json!(1_758_304_719),   BadField),
        ("integratedTime",         json!(u64::MAX),        BadField),
        ("integratedTime",         Value::Null,            BadField),
        ("signedEntryTimestamp",   Value::Null,            NoSet),
        ("signedEntryTimestamp",   json!(""),              BadSet),
        ("inclusionProof",         Value::Null,            NoInclusionProof),
        ("inclusionProof",         json!({}),              BadField),
        ("inclusionProof",         json!([]),              BadField),
        // The path is the same in a tree with one leaf more.
        ("inclusionProof/treeSize", json!(538_772_044),    CheckpointMismatch),
    ];
    for (member, value, kind) in table {
        let file = with(ENTRY, &format!("/{member}"), value.clone());
        assert_eq!(
            verdict(&file, &root(ROOT_V1)),
            Err(kind),
            "{member}: {value}"
        );
    }
}

#[test]
fn an_entry_in_a_bundle_is_refused_for_its_fault() {
    let entries = "/verificationMaterial/tlogEntries";
    let proof = "inclusionProof";
    #[rustfmt::skip]
    let table: [(String, Value, ErrorKind); 19] = [
        ("/mediaType".into(),                     json!("application/json"), UnsupportedFormat),
        ("/mediaType".into(),                     Value::Null,               BadField),
        ("/verificationMaterial".into(),          Value::Null,               BadField),
        (entries.into(),                          Value::Null,               NoLogEntry),
        (entries.into(),                          json!([]),                 NoLogEntry),
        (in_bundle("logId"),                      Value::Null,               BadField),
        (in_bundle("logId/keyId"),                json!("AAAA"),             BadField),
        (in_bundle("canonicalizedBody"),          Value::Null,               BadField),
        (in_bundle("integratedTime"),             Value::Null,               NoSet),
        (in_bundle("integratedTime"),             json!("1e3"),              BadField),
        (in_bundle("integratedTime"),             json!("1689177397"),       BadSet),
        (in_bundle("inclusionPromise"),           Value::Null,               NoSet),
        (in_bundle(&format!("{proof}/treeSize")), json!("23083063"),         BadInclusionProof),
        (in_bundle(&format!("{proof}/treeSize")), json!("023083062"),        BadField),
        (in_bundle(&format!("{proof}/logIndex")), Value::Null,               BadInclusionProof),
        (in_bundle(&format!("{proof}/hashes")),   Value::Null,               BadInclusionProof),
        (in_bundle("logIndex"),                   Value::Null,               BadSet),
        (in_bundle(&format!("{proof}/checkpoint")), Value::Null,             NoCheckpoint),
        (in_bundle(&format!("{proof}/checkpoint")), json!({}),               BadField),
    ];
    for (place, value, kind) in table {
        let file = with(BUNDLE_V1, &place, value.clone());
        let found = LogEntry::parse_bundle(&file)
            .and_then(|entries| entries[0].verify(&root(ROOT_V1)).map(|_| ()))
            .map_err(|error| error.kind());
        assert_eq!(found, Err(kind), "{place}: {value}");
    }
}

#[test]
fn a_version_2_entry_has_one_index_and_no_set() {
    let (index, promise) = (in_bundle("logIndex"), in_bundle("inclusionPromise"));
    for (place, value, kind) in [
        (index, json!("734"), EntryMismatch),
        (promise, json!({"signedEntryTimestamp": "AAAA"}), BadSet),
    ] {
        assert_eq!(
            verdict(&with(BUNDLE_V2, &place, value), &root(ROOT_V2)),
            Err(kind)
        );
    }
    let (entry, root) = (entry(BUNDLE_V2), root(ROOT_V2));
    assert_eq!(entry.verify_set(&root).unwrap_err().kind(), NoSet);
}

#[test]
fn no_signed_entry_timestamp_holds_for_a_version_2_log() {
    let mut bundle = json(BUNDLE_V2);
    let entry = &mut bundle["verificationMaterial"]["tlogEntries"][0];
    entry["inclusionPromise"] = json!({"signedEntryTimestamp": "AAAA"});
    entry["integratedTime"] = json!("1758304718");
    let entries = LogEntry::parse_bundle(&serde_json::to_vec(&bundle).unwrap()).unwrap();
    let error = entries[0].verify_set(&root(ROOT_V2)).unwrap_err();
    assert_eq!(error.kind(), BadSet);
}

#[test]
fn another_media_type_is_named_by_its_byte() {
    let file = String::from_utf8(with(BUNDLE_V1, "/mediaType", "text/plain")).unwrap();
    let error = LogEntry::parse_bundle(file.as_bytes()).unwrap_err();
    let offset = file.find("\"text/plain").unwrap();
    assert_eq!((error.kind(), error.offset()), (UnsupportedFormat, offset));
}

#[test]
fn a_bundle_may_have_several_entries() {
    let mut bundle = json(BUNDLE_V1);
    let entries = bundle["verificationMaterial"]["tlogEntries"]
        .as_array_mut()
        .unwrap();
    entries.push(entries[0].clone());
    entries[1]["logIndex"] = json!("7");
    let entries = LogEntry::parse_bundle(&serde_json::to_vec(&bundle).unwrap()).unwrap();
    let root = root(ROOT_V1);
    let holds: Vec<_> = entries
        .iter()
        .map(|entry| entry.verify(&root).is_ok())
        .collect();
    assert_eq!(holds, [true, false]);
}

#[test]
fn every_name_of_a_bundle_version_is_known() {
    for version in ["0.1", "0.2", "0.3"] {
        for name in [
            format!("application/vnd.dev.sigstore.bundle+json;version={version}"),
            format!("application/vnd.dev.sigstore.bundle.v{version}+json"),
        ] {
            assert_eq!(
                verdict(&with(BUNDLE_V1, "/mediaType", name), &root(ROOT_V1)),
                Ok(())
            );
        }
    }
}

#[test]
fn a_fault_has_the_byte_of_the_value_that_has_it() {
    let file = String::from_utf8(read(ENTRY)).unwrap();
    for (good, bad) in [
        ("\"c0d23d6a", "\"C0d23d6a"),
        ("538771042,", "538771042.0,"),
        ("\"MEUCIGA8", "\"*EUCIGA8"),
        ("\"ccf97aaf", "\"cf97aaf"),
        ("\"eyJhcGlW", "\"eyJhcGl"),
        ("\"2025-09-19T", "\"2025-09-31T"),
    ] {
        let offset = file.find(good).unwrap();
        let error = LogEntry::parse(file.replacen(good, bad, 1).as_bytes()).unwrap_err();
        assert_eq!((error.kind(), error.offset()), (BadField, offset), "{bad}");
    }
}

#[test]
fn messages_name_a_byte_only_where_one_is_wrong() {
    let error = LogEntry::parse(b"[]").unwrap_err();
    assert_eq!(
        error.to_string(),
        "field missing, doubled or not of its form at byte 0"
    );
    let error = entry("bundles/set-invalid-signature_fail.json")
        .verify(&root(ROOT_V1))
        .unwrap_err();
    assert_eq!(error.to_string(), "signed entry timestamp does not verify");
    assert_eq!(error.offset(), 0);
}
