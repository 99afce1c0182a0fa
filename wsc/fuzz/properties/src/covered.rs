//! Entries of the vectors, brought down to what their logs vouch for: no byte of them may be changed.

use std::ops::Range;
use std::sync::LazyLock;

use serde_json::{Value, json};
use wsc::rekor::LogEntry;

use crate::logs::ROOTS;

/// A file with an entry, and where in it the members of the entry stand: a short one is as good a choice as a long one.
pub(crate) struct Covered {
    pub(crate) json: String,
    pub(crate) members: Vec<Range<usize>>,
}

/// Members that are not verified, or need not be there.
const NOT_COVERED: [&str; 5] = [
    "kindVersion",
    "description",
    "rekor_url",
    "uuid",
    "integratedTimeUnix",
];

pub(crate) static COVERED: LazyLock<[Covered; 3]> = LazyLock::new(|| {
    let [v1, v2, api]: [&[u8]; 3] = [
        include_bytes!("../../../tests/rekor/vectors/bundles/happy-path-v0.3.json"),
        include_bytes!("../../../tests/rekor/vectors/bundles/rekor2-happy-path.json"),
        include_bytes!("../../../tests/rekor/vectors/entry-538771042.json"),
    ];
    [bundle(v1, &[]), bundle(v2, &["integratedTime"]), alone(api)]
});

/// The one entry of a bundle, in a bundle of its own.
fn bundle(file: &[u8], not_covered: &[&str]) -> Covered {
    let mut file: Value = serde_json::from_slice(file).expect("the vector is JSON");
    let mut entry = file["verificationMaterial"]["tlogEntries"][0].take();
    strip(&mut entry, not_covered);
    let json = json!({
        "mediaType": file["mediaType"],
        "verificationMaterial": {"tlogEntries": [entry]},
    });
    let json = json.to_string();
    let entries = LogEntry::parse_bundle(json.as_bytes()).expect("it has an entry");
    assert!(holds(&entries[0]));
    let members = members(&entry, &json);
    Covered { json, members }
}

fn alone(file: &[u8]) -> Covered {
    let mut entry: Value = serde_json::from_slice(file).expect("the vector is JSON");
    strip(&mut entry, &[]);
    let json = entry.to_string();
    assert!(holds(
        &LogEntry::parse(json.as_bytes()).expect("it is an entry")
    ));
    let members = members(&entry, &json);
    Covered { json, members }
}

fn members(entry: &Value, json: &str) -> Vec<Range<usize>> {
    let members = entry.as_object().expect("an entry is an object");
    let place = |(name, value): (&String, &Value)| {
        let text = format!("\"{name}\":{value}");
        let start = json.find(&text).expect("it was written so");
        start..start + text.len()
    };
    members.iter().map(place).collect()
}

fn strip(entry: &mut Value, not_covered: &[&str]) {
    let members = entry.as_object_mut().expect("an entry is an object");
    for name in NOT_COVERED.iter().chain(not_covered) {
        members.remove(*name);
    }
}

fn holds(entry: &LogEntry) -> bool {
    ROOTS.iter().any(|root| entry.verify(root).is_ok())
}
