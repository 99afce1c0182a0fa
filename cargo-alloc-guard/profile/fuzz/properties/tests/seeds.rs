//! The properties, tried on each seed of the fuzz targets, and on the seed with a little damage.

use std::{fs, path::Path};

fn try_all(folder: &str, property: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../seeds")
        .join(folder);
    let mut tried = 0;
    for entry in fs::read_dir(&folder).unwrap().map(Result::unwrap) {
        // A failed test shows what was printed last.
        println!("{}", entry.path().display());
        let bytes = fs::read(entry.path()).unwrap();
        property(&bytes);
        property(&bytes[..bytes.len() / 2]);
        for at in (0..bytes.len()).step_by(bytes.len() / 40 + 1) {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1 << (at % 8);
            property(&damaged);
        }
        tried += 1;
    }
    assert!(tried > 0, "the seeds have moved");
}

#[test]
fn what_holds_of_the_recorders_files_holds_of_the_seeds() {
    try_all("recorder", alloc_guard_profile_properties::recorder);
}

#[test]
fn what_holds_of_bytehounds_files_holds_of_the_seeds() {
    try_all("bytehound", alloc_guard_profile_properties::bytehound);
}

#[test]
fn what_holds_of_dhats_files_holds_of_the_seeds() {
    try_all("dhat", alloc_guard_profile_properties::dhat);
}
