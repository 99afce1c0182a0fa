//! Entries of a log, as its interface and bundles have them, and trusted roots.

use std::fmt::Debug;

use serde_json::Value;
use serde_json::from_slice;
use wsc::rekor::{LogEntry, LogVersion, TrustedRoot};
use wsc::{Error, ErrorKind};

use crate::allocation::{free, within};
use crate::choice::Choice;
use crate::covered::{COVERED, Covered};
use crate::logs::{ENTRIES, ROOTS, TAKEN, proven};

/// A file of JSON.
///
/// # Panics
///
/// If a property does not hold.
pub fn entry(json: &[u8]) {
    let entry = parse(json, LogEntry::parse);
    let bundle = parse(json, LogEntry::parse_bundle);
    let root = parse(json, TrustedRoot::parse);
    // As a member that nobody reads, any JSON will do.
    let _ = parse(&[ROOT_WITH, json, b"}"].concat(), TrustedRoot::parse);
    damage(&mut Choice::of(json));

    for entry in entry.iter().chain(bundle.iter().flatten()) {
        for root in &*ROOTS {
            verify(entry, root);
        }
        if let Ok(root) = &root {
            verify(entry, root);
        }
    }
    if let Ok(root) = &root {
        for entry in &*ENTRIES {
            verify(entry, root);
        }
        for log in root.logs() {
            assert!(root.log(log.id()).is_some());
            assert!(!log.name().is_empty());
        }
    }
}

const ROOT_WITH: &[u8] =
    b"{\"mediaType\":\"application/vnd.dev.sigstore.trustedroot.v0.1+json\",\"other\":";

/// Changes a byte of an entry that holds.
fn damage(choice: &mut Choice) {
    let Covered { json, members } = &COVERED[choice.below(COVERED.len())];
    let member = members[choice.below(members.len())].clone();
    let (damaged, at) = choice.damage(json.as_bytes(), member);
    let entries =
        LogEntry::parse_bundle(&damaged).or_else(|_| Ok(vec![LogEntry::parse(&damaged)?]));
    let entries = entries.unwrap_or_else(|_: Error| Vec::new());
    let holds = |entry: &LogEntry| ROOTS.iter().any(|root| entry.verify(root).is_ok());
    assert!(!entries.iter().any(holds), "byte {at} is not covered");
}

/// Reads it twice, and as any JSON.
fn parse<T: Debug>(json: &[u8], read: impl Fn(&[u8]) -> Result<T, Error>) -> Result<T, Error> {
    // The least entry of a list has 90 characters; in memory it has three times as many, and the list may be half empty.
    let limit = 8 * json.len() + 4096;
    let first = within(limit, || read(json));
    assert_eq!(format!("{first:?}"), format!("{:?}", read(json)));
    match &first {
        // Its reader of values would refuse numbers that are too large for it.
        Ok(_) => drop(from_slice::<Skipped>(json).expect("it is JSON")),
        Err(error) => {
            assert!(error.offset() <= json.len(), "{error}");
            if error.kind() == ErrorKind::BadJson {
                assert!(from_slice::<Value>(json).is_err(), "{error}");
            }
        }
    }
    first
}

type Skipped = serde::de::IgnoredAny;

fn verify(entry: &LogEntry, root: &TrustedRoot) {
    let verdict = free(|| entry.verify(root));
    let set = free(|| entry.verify_set(root));
    let inclusion = free(|| entry.verify_inclusion());
    let checkpoint = free(|| entry.verify_checkpoint(root));
    match verdict {
        Ok(verified) => {
            assert_eq!(verified.log().id(), entry.log_id());
            assert_eq!(inclusion, Ok(verified.inclusion()));
            assert!(checkpoint.is_ok());
            assert_eq!(set.is_ok(), verified.log().version() == LogVersion::V1);
            assert!(TAKEN.contains(&proven(&verified)), "no log took this");
        }
        Err(error) => {
            let is_missing = error.kind() == ErrorKind::EntryMismatch
                || set.is_err()
                || inclusion.is_err()
                || checkpoint.is_err();
            assert!(is_missing, "{error}");
        }
    }
}
