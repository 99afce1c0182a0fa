//! The logs that are trusted, and what they are known to have signed: entries and checkpoints of the vectors.
//!
//! Nothing else can verify, whatever an input is made of; nobody has the keys of these logs.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use wsc::rekor::{Checkpoint, LogEntry, TreeHead, TrustedRoot, VerifiedEntry};

/// One for the public log, and two for logs of version 2.
pub(crate) static ROOTS: LazyLock<Vec<TrustedRoot>> = LazyLock::new(|| {
    let roots: [&[u8]; 3] = [
        include_bytes!("../../../tests/rekor/vectors/roots/public-good.json"),
        include_bytes!("../../../tests/rekor/vectors/roots/root-7d76b75f.json"),
        include_bytes!("../../../tests/rekor/vectors/roots/root-ed6a9cf4.json"),
    ];
    let read = |json| TrustedRoot::parse(json).expect("the vector is a root");
    roots.into_iter().map(read).collect()
});

/// An entry of a log of each version that has all it must have.
pub(crate) static ENTRIES: LazyLock<Vec<LogEntry>> = LazyLock::new(|| {
    let bundles: [&[u8]; 2] = [
        include_bytes!("../../../tests/rekor/vectors/bundles/happy-path-v0.1.json"),
        include_bytes!("../../../tests/rekor/vectors/bundles/rekor2-checkpoint-cosigned.json"),
    ];
    let read = |json| LogEntry::parse_bundle(json).expect("the vector is a bundle");
    bundles.into_iter().flat_map(read).collect()
});

/// A tree: its size and its root.
type Head = (u64, [u8; 32]);

/// What an entry proves: the body, the time and the index of its promise, its place, and the tree.
type Proven = (Vec<u8>, Option<(i64, u64)>, u64, Head);

/// What a checkpoint proves: its origin, and the tree.
type Committed = (String, Head);

pub(crate) fn proven(entry: &VerifiedEntry<'_>) -> Proven {
    let promise = entry.set();
    let promise = promise.map(|set| (set.integrated_time(), set.log_index()));
    let tree = head(entry.checkpoint().tree());
    assert_eq!(tree, head(entry.inclusion().tree()));
    (
        entry.body().to_vec(),
        promise,
        entry.inclusion().index(),
        tree,
    )
}

/// What the logs took, as far as the vectors have it.
pub(crate) static TAKEN: LazyLock<BTreeSet<Proven>> = LazyLock::new(|| {
    let verified = |entry: &LogEntry| {
        let mut verdicts = ROOTS.iter().map(|root| entry.verify(root));
        verdicts.find_map(|verdict| Some(proven(&verdict.ok()?)))
    };
    vectors().iter().filter_map(verified).collect()
});

/// The origins and trees that the logs signed, as far as the vectors have them.
pub(crate) static COMMITTED: LazyLock<BTreeSet<Committed>> = LazyLock::new(|| {
    let entries = vectors();
    let texts = entries.iter().filter_map(LogEntry::checkpoint);
    let checkpoints = texts.filter_map(|text| Checkpoint::parse(text).ok());
    let is_signed = |checkpoint: &Checkpoint<'_>| {
        let mut logs = ROOTS.iter().flat_map(TrustedRoot::logs);
        logs.any(|log| checkpoint.verify(log).is_ok())
    };
    checkpoints
        .filter(is_signed)
        .map(|it| committed(&it))
        .collect()
});

pub(crate) fn committed(checkpoint: &Checkpoint<'_>) -> Committed {
    (checkpoint.origin().to_owned(), head(checkpoint.tree()))
}

const fn head(tree: TreeHead) -> Head {
    (tree.size, tree.root)
}

/// It is refused for its log, which another root has.
const GOOD_ELSEWHERE: &str = "bundle-from-wrong-instance_fail.json";

/// The entries of all vectors but those that must not verify.
fn vectors() -> Vec<LogEntry> {
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/rekor/vectors");
    let mut entries = Vec::new();
    for folder in [&vectors, &vectors.join("bundles")] {
        for file in fs::read_dir(folder).expect("the folder is there") {
            let path = file.expect("its list can be read").path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if name.ends_with("_fail.json") && name != GOOD_ELSEWHERE {
                continue;
            }
            let json = fs::read(&path).unwrap_or_default();
            entries.extend(LogEntry::parse(&json));
            entries.extend(LogEntry::parse_bundle(&json).unwrap_or_default());
        }
    }
    entries
}
