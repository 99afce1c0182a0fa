//! Reads the vectors; `tests/rekor/vectors/README.md` says what they are. Changes them, too.

use std::fs;
use std::path::Path;

use serde_json::Value;
use wsc::rekor::{LogEntry, TrustedRoot};
use wsc::{Error, ErrorKind};

/// The entry of a version 1 log that has everything, as Rekor's web pages show it.
pub(crate) const ENTRY: &str = "entry-538771042.json";

/// A bundle with an entry of a version 1 log.
pub(crate) const BUNDLE_V1: &str = "bundles/happy-path-v0.1.json";

/// A bundle with an entry of a version 2 log, whose checkpoint a witness signed too.
pub(crate) const BUNDLE_V2: &str = "bundles/rekor2-checkpoint-cosigned.json";

/// The root for the first two.
pub(crate) const ROOT_V1: &str = "roots/public-good.json";

/// The root for the third.
pub(crate) const ROOT_V2: &str = "roots/root-ed6a9cf4.json";

pub(crate) fn read(relative: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/rekor/vectors")
        .join(relative);
    fs::read(&path).unwrap_or_else(|e| panic!("{relative}: {e}"))
}

pub(crate) fn json(relative: &str) -> Value {
    serde_json::from_slice(&read(relative)).unwrap()
}

pub(crate) fn checks() -> Vec<Value> {
    let Value::Array(checks) = json("manifest.json")["checks"].take() else {
        panic!("the manifest has a list of checks");
    };
    checks
}

pub(crate) fn root(relative: &str) -> TrustedRoot {
    TrustedRoot::parse(&read(relative)).unwrap()
}

/// The one entry of a file, which is a bundle or what Rekor's interface gives.
pub(crate) fn parse(file: &[u8]) -> Result<LogEntry, Error> {
    if !str::from_utf8(file).is_ok_and(|text| text.contains("tlogEntries")) {
        return LogEntry::parse(file);
    }
    let mut entries = LogEntry::parse_bundle(file)?;
    assert_eq!(entries.len(), 1);
    Ok(entries.remove(0))
}

pub(crate) fn entry(relative: &str) -> LogEntry {
    parse(&read(relative)).unwrap()
}

/// The file with the value at this place replaced; `null` takes the member away.
pub(crate) fn with(relative: &str, place: &str, value: impl Into<Value>) -> Vec<u8> {
    let mut json = json(relative);
    let (parent, name) = place.rsplit_once('/').unwrap();
    match json.pointer_mut(parent).unwrap() {
        Value::Array(elements) => elements[name.parse::<usize>().unwrap()] = value.into(),
        parent => parent[name] = value.into(),
    }
    serde_json::to_vec(&json).unwrap()
}

/// Where the log entry stands in a bundle.
pub(crate) fn in_bundle(place: &str) -> String {
    format!("/verificationMaterial/tlogEntries/0/{place}")
}

/// What verifying the one entry of this file comes to.
pub(crate) fn verdict(file: &[u8], root: &TrustedRoot) -> Result<(), ErrorKind> {
    parse(file)
        .and_then(|entry| entry.verify(root).map(|_| ()))
        .map_err(|error| error.kind())
}
