//! Reads the manifest of the vectors (`tests/vectors/README.md` says what it is), and says what we make of what it
//! leaves open.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Accept,
    Reject,
}

use Verdict::{Accept, Reject};

/// What we say where the written format leaves it open, and why.
pub(crate) const DECISIONS: [(&str, Verdict, &str); 14] = [
    (
        "named-kids",
        Reject,
        "a non-empty key id is looked up, and no key goes by this one",
    ),
    (
        "kid-of-other",
        Reject,
        "a non-empty key id is looked up, and no key goes by this one",
    ),
    (
        "flip-kid",
        Reject,
        "a non-empty key id is looked up, and no key goes by this one",
    ),
    (
        "siglen-63-beside",
        Accept,
        "a record that cannot be valid does not spoil a good one",
    ),
    (
        "header-swapped",
        Accept,
        "the header is not signed; `encoding()` tells which one it is",
    ),
    (
        "hashes-64-unrelated",
        Reject,
        "a whole module has as many hashes as parts",
    ),
    (
        "record-trailing-zero",
        Reject,
        "one encoding for each value: nothing follows a signature",
    ),
    (
        "count-padded",
        Reject,
        "one encoding for each value: integers are in their shortest form",
    ),
    (
        "later-name-not-utf8",
        Reject,
        "malformed by the WebAssembly specification",
    ),
    (
        "garbage-content",
        Reject,
        "malformed by the WebAssembly specification",
    ),
    (
        "split-cut-part",
        Accept,
        "a subset says nothing about what lies behind it; `is_whole()` does",
    ),
    (
        "nosplit-subset",
        Accept,
        "the end of the file is a boundary, and the hash there is signed",
    ),
    (
        "ed-small-order-r",
        Reject,
        "strict: a small-order R is refused",
    ),
    (
        "ed-mixed-order-cofactored",
        Reject,
        "strict: the equation without the cofactor must hold",
    ),
];

pub(crate) fn path(relative: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/vectors")
        .join(relative)
}

pub(crate) fn read(relative: &str) -> Vec<u8> {
    fs::read(path(relative)).unwrap_or_else(|e| panic!("{relative}: {e}"))
}

pub(crate) fn checks() -> Vec<Value> {
    let mut manifest: Value = serde_json::from_slice(&read("manifest.json")).unwrap();
    let Value::Array(checks) = manifest["checks"].take() else {
        panic!("the manifest has a list of checks");
    };
    checks
}

pub(crate) fn text<'a>(check: &'a Value, field: &str) -> &'a str {
    check[field]
        .as_str()
        .unwrap_or_else(|| panic!("{}: {field} is no text", check["id"]))
}

pub(crate) fn has(check: &Value, field: &str) -> bool {
    !check[field].is_null()
}

/// The strict verdict of a check, or ours where the written format leaves it open.
pub(crate) fn expected(check: &Value) -> Verdict {
    match text(check, "strict") {
        "accept" => Accept,
        "reject" => Reject,
        "either" => {
            let id = text(check, "id");
            let decision = DECISIONS.iter().find(|(decided, ..)| *decided == id);
            decision.unwrap_or_else(|| panic!("{id}: no decision")).1
        }
        other => panic!("unknown verdict {other}"),
    }
}
