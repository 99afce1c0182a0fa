//! Damage is found wherever it is, but for what `wsc::rekor` lists as not covered.

use std::ops::Range;

use wsc::rekor::TrustedRoot;

use crate::vectors::{BUNDLE_V2, ENTRY, ROOT_V1, ROOT_V2, read, root, verdict};

/// A bundle with a short entry of a version 1 log.
const SMALL_V1: &str = "bundles/managed-key-happy-path.json";

/// The last member of an entry in both bundles.
const BODY: &str = "\"canonicalizedBody\"";

/// Where the text starts that stands in the file once.
fn find(file: &[u8], text: &str) -> usize {
    let spans: Vec<_> = (0..file.len())
        .filter(|at| file[*at..].starts_with(text.as_bytes()))
        .collect();
    assert_eq!(spans.len(), 1, "{text}");
    spans[0]
}

/// The bytes of the range in which a flipped bit goes unnoticed, among as many bits as are said.
fn unnoticed(file: &[u8], range: Range<usize>, bits: usize, root: &TrustedRoot) -> Vec<usize> {
    assert_eq!(verdict(file, root), Ok(()));
    let mut bad = file.to_vec();
    let mut holds = |at: usize, bit: usize| {
        bad[at] ^= 1 << (bit % 8);
        let verdict = verdict(&bad, root);
        bad[at] = file[at];
        verdict.is_ok()
    };
    range
        .filter(|&at| (at..at + bits).any(|bit| holds(at, bit)))
        .collect()
}

/// Flips bits in a range of a file, and compares where that goes unnoticed with where it may: each of these texts has
/// such a byte in it, and no other text does.
fn check(file: &str, root_file: &str, from: &str, to: &str, bits: usize, may: &[&str]) {
    let (bytes, root) = (read(file), root(root_file));
    let found = unnoticed(&bytes, find(&bytes, from)..find(&bytes, to), bits, &root);
    let may: Vec<_> = may
        .iter()
        .map(|text| (find(&bytes, text), text.len(), text))
        .collect();
    let inside =
        |at: usize, (start, len, _): &(usize, usize, _)| (*start..start + len).contains(&at);
    for at in &found {
        assert!(
            may.iter().any(|span| inside(*at, span)),
            "{file}: byte {at}"
        );
    }
    for span in &may {
        assert!(
            found.iter().any(|at| inside(*at, span)),
            "{file}: {}",
            span.2
        );
    }
}

#[test]
fn a_flipped_bit_anywhere_in_an_entry_is_found() {
    let may = [
        "\"description\": \"Recent Rekor entry fetched on 2025-11-01T16:53:21Z\"",
        "\"rekor_url\": \"https://rekor.sigstore.dev/api/v1/log/entries?logIndex=538771042\"",
        // An entry need not have these two; if it has them, they are compared.
        "\"uuid\"",
        "\"integratedTimeUnix\"",
    ];
    let first = "\"description\"";
    check(ENTRY, ROOT_V1, first, "logIndex=538771042\"", 1, &may);
}

#[test]
fn every_flipped_bit_of_a_version_1_entry_in_a_bundle_is_found() {
    let may = ["\"kindVersion\":{\"kind\":\"hashedrekord\", \"version\":\"0.0.1\"}"];
    check(SMALL_V1, ROOT_V1, "[{\"logIndex\"", BODY, 8, &may);
}

#[test]
fn every_flipped_bit_of_a_version_2_entry_in_a_bundle_is_found() {
    let may = [
        "\"kindVersion\": {\"kind\": \"hashedrekord\", \"version\": \"0.0.2\"}",
        "\\u2014 witness.example O8PH5AAAAABopO8+4O9uzScQrNEnGdKLYXSPoUjH1Se4n92W+wT/j5Kel/4J2XWE4bEe9bpIVUD6EGOeUDFkSWz/rbDhvVcJ/2OrDw==",
    ];
    check(BUNDLE_V2, ROOT_V2, "[{\"logIndex\"", BODY, 8, &may);
}

#[test]
fn a_flipped_bit_of_a_body_in_a_bundle_is_found() {
    for (bundle, root) in [(SMALL_V1, ROOT_V1), (BUNDLE_V2, ROOT_V2)] {
        check(bundle, root, BODY, "\"timestampVerificationData\"", 1, &[]);
    }
}

#[test]
fn every_prefix_of_a_file_is_an_error() {
    for file in [ENTRY, SMALL_V1] {
        let (bytes, root) = (read(file), root(ROOT_V1));
        let end = bytes.trim_ascii_end().len();
        for len in 0..end {
            assert!(verdict(&bytes[..len], &root).is_err(), "{file}: {len}");
        }
    }
}
