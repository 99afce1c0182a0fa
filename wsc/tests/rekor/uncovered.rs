//! What `wsc::rekor` says that it does not check: one test for each line of that list that a file can show.

use p256::ecdsa::Signature;
use serde_json::{Value, json};

use crate::vectors::{
    BUNDLE_V1, BUNDLE_V2, ENTRY, ROOT_V1, ROOT_V2, entry, in_bundle, json, parse, root, verdict,
    with,
};

#[test]
fn other_members_of_the_json_are_not_covered() {
    for place in [
        "/messageSignature".to_owned(),
        "/verificationMaterial/x509CertificateChain".to_owned(),
        in_bundle("kindVersion"),
    ] {
        let changed = with(BUNDLE_V1, &place, json!([{"changed": 1e3}]));
        assert_eq!(verdict(&changed, &root(ROOT_V1)), Ok(()), "{place}");
    }
}

#[test]
fn the_layout_of_the_json_is_not_covered() {
    let pretty = serde_json::to_vec_pretty(&json(BUNDLE_V1)).unwrap();
    assert_eq!(verdict(&pretty, &root(ROOT_V1)), Ok(()));
}

#[test]
fn an_entry_need_not_have_its_uuid() {
    let changed = with(ENTRY, "/uuid", Value::Null);
    assert_eq!(verdict(&changed, &root(ROOT_V1)), Ok(()));
}

#[test]
fn a_time_of_a_version_2_entry_is_not_covered_and_not_given() {
    let file = with(BUNDLE_V2, &in_bundle("integratedTime"), "1700000000");
    let (entry, root) = (parse(&file).unwrap(), root(ROOT_V2));
    assert!(entry.verify(&root).unwrap().set().is_none());
}

#[test]
fn other_signature_lines_of_a_checkpoint_are_not_covered() {
    let place = in_bundle("inclusionProof/checkpoint/envelope");
    let text = json(BUNDLE_V2).pointer(&place).unwrap().clone();
    let text = text.as_str().unwrap();
    let is_log = |line: &&str| line.starts_with("\u{2014} log2025");
    let log_line = text.lines().find(is_log).unwrap();
    let log_line = &log_line[..log_line.len() - 8];
    for changed in [
        text.replace("O8PH5AAAAABo", "O8PH5BBBBBBo"),
        text.replace("witness.example", "somebody.else"),
        // A second line of the log, after the one that counts.
        format!("{text}{log_line}AAAAAAA=\n"),
    ] {
        assert_ne!(changed, text);
        let file = with(BUNDLE_V2, &place, changed);
        assert_eq!(verdict(&file, &root(ROOT_V2)), Ok(()));
    }
}

#[test]
fn which_of_two_forms_an_ecdsa_signature_has_is_not_covered() {
    use base64ct::{Base64, Encoding};
    let place = in_bundle("inclusionPromise/signedEntryTimestamp");
    let text = json(BUNDLE_V1).pointer(&place).unwrap().clone();
    let mut buffer = [0; 72];
    let der = Base64::decode(text.as_str().unwrap(), &mut buffer).unwrap();
    let (r, s) = Signature::from_der(der).unwrap().split_scalars();
    let other = Signature::from_scalars(r, -s).unwrap().to_der();
    assert_ne!(other.as_bytes(), der);
    let mut buffer = [0; 96];
    let other = Base64::encode(other.as_bytes(), &mut buffer).unwrap();
    let file = with(BUNDLE_V1, &place, other);
    assert_eq!(verdict(&file, &root(ROOT_V1)), Ok(()));
}

#[test]
fn a_key_that_ended_is_no_matter_for_a_version_2_log() {
    let ended = with(
        ROOT_V2,
        "/tlogs/1/publicKey/validFor",
        json!({"end": "2025-01-01T00:00:00Z"}),
    );
    let ended = wsc::rekor::TrustedRoot::parse(&ended).unwrap();
    let entry = entry(BUNDLE_V2);
    let verified = entry.verify(&ended).unwrap();
    assert!(!verified.log().validity().contains(1_750_000_000));
}
