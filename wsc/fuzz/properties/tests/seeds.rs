//! The properties, tried on each seed of the fuzz targets, and on the seed with a little damage.

use std::fs;
use std::path::Path;

/// The seeds that are larger would take most of the time, and show nothing more.
const MAX_BYTES: usize = 16_384;

fn try_all(folders: &[&str], property: fn(&[u8])) {
    let mut tried = 0;
    for folder in folders {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../..")
            .join(folder);
        let list = fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
        for entry in list.map(Result::unwrap) {
            let path = entry.path();
            if !path.is_file() {
                continue;
            }
            let bytes = fs::read(&path).unwrap();
            if bytes.len() <= MAX_BYTES {
                // A failed test shows what was printed last.
                println!("{}", path.display());
                property(&bytes);
                property(&bytes[..bytes.len() / 2]);
                damaged(&bytes).for_each(|bytes| property(&bytes));
                tried += 1;
            }
        }
    }
    assert!(tried > 2, "the seeds have moved");
}

/// The bytes with one of them changed, at places that their hash says.
fn damaged(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let hash = wsc::sha256(bytes);
    (0..4).filter_map(move |index| {
        let [low, high, mask, ..] = hash[3 * index..] else {
            return None;
        };
        let at = usize::from(u16::from_le_bytes([low, high])).checked_rem(bytes.len())?;
        let mut damaged = bytes.to_vec();
        damaged[at] ^= mask.max(1);
        Some(damaged)
    })
}

#[test]
fn what_holds_of_modules_holds_of_the_seeds() {
    let folders = [
        "tests/vectors/modules",
        "tests/vectors/signed",
        "tests/vectors/bad",
    ];
    try_all(&folders, wsc_properties::module);
}

#[test]
fn what_holds_of_payloads_holds_of_the_seeds() {
    try_all(
        &["tests/vectors/signed", "tests/vectors/bad"],
        wsc_properties::payload,
    );
}

#[test]
fn what_holds_of_keys_holds_of_the_seeds() {
    try_all(&["tests/vectors/keys", "tests/keys"], wsc_properties::keys);
}

#[test]
fn what_holds_of_checkpoints_holds_of_the_seeds() {
    try_all(&["fuzz/seeds/checkpoint"], wsc_properties::checkpoint);
}

#[test]
fn what_holds_of_entries_holds_of_the_seeds() {
    let vectors = "tests/rekor/vectors";
    let folders = [
        "fuzz/seeds/entry",
        vectors,
        &format!("{vectors}/bundles"),
        &format!("{vectors}/roots"),
    ];
    try_all(&folders, wsc_properties::entry);
}
