//! Reads the vectors; `tests/rekor/vectors/README.md` says what they are.

use std::fs;
use std::path::Path;

use serde_json::Value;
use wsc::Error;
use wsc::rekor::{LogEntry, TrustedRoot};

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
    if file.windows(11).any(|key| key == b"\"mediaType\"") {
        let mut entries = LogEntry::parse_bundle(file)?;
        assert_eq!(entries.len(), 1);
        Ok(entries.remove(0))
    } else {
        LogEntry::parse(file)
    }
}

pub(crate) fn entry(relative: &str) -> LogEntry {
    parse(&read(relative)).unwrap()
}
