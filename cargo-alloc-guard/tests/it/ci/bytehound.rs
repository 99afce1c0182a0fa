//! What becomes of `ci profile` with a library in ByteHound's place: it attaches, leaves nothing, crashes, or is
//! not the one that was expected.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::job::{Step, line};
use crate::workspace::{Ran, command};

const SOURCE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/fixture/bytehound/library.rs"
);
const PROFILE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/profile/tests/bytehound/decoded-base.dat"
);

/// Builds a library that does so when it is loaded, and says where it is and what its hash is.
pub(super) fn library(does: &str) -> (PathBuf, String) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bytehound");
    fs::create_dir_all(&folder).unwrap();
    // Another test may be building the same.
    let built = tempfile::tempdir_in(&folder).unwrap();
    let library = folder.join(format!("lib{does}.so"));
    let output = Command::new("rustc")
        .args(["--crate-type=cdylib", "--edition=2021", "-Cpanic=abort"])
        .args(["--cfg", does, "-o"])
        .args([&built.path().join("library.so"), Path::new(SOURCE)])
        .env("PROFILE", PROFILE)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    fs::rename(built.path().join("library.so"), &library).unwrap();
    let output = Command::new("sha256sum").arg(&library).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let hash = text.split_whitespace().next().unwrap().to_owned();
    (library, hash)
}

/// Profiles two tests with that library.
fn profile(step: &Step, library: &Path, hash: &str) -> Ran {
    let rest = "doubled sum --profile dev -p ring -- --test expected";
    let mut command = command(line("profile", &step.artifacts(), rest));
    command
        .env("BYTEHOUND_LIBRARY", library)
        .env("BYTEHOUND_SHA256", hash);
    step.run(&mut command)
}

/// That our own profile is there, and nothing of ByteHound's.
#[track_caller]
fn own_stands_in(step: &Step, ran: &Ran, outcome: &str) {
    ran.says(
        0,
        &[
            "alloc-guard's own profile stands in.\n",
            "expected, recorded by alloc-guard\n",
        ],
    );
    let names = step.names("bytehound-profiles");
    assert!(names.iter().any(|name| name == "report.html"), "{names:?}");
    assert!(!names.concat().contains(".dat"), "{names:?}");
    let output = format!("bytehound={outcome}");
    assert_eq!(step.outputs()[2], output);
    let summary = step.summary();
    assert!(summary.contains("own profile stands in."), "{summary}");
}

#[test]
fn where_it_attaches_its_profiles_are_there_and_the_hotspots_are_its_own() {
    let (library, hash) = library("attaches");
    let step = Step::new();
    let ran = profile(&step, &library, &hash);
    ran.says(
        0,
        &[
            "ByteHound: ✅ attached to 1 process\n",
            // Of the profile that the stand-in leaves.
            "toy-base, recorded by ByteHound\n",
        ],
    );
    assert_eq!(step.outputs()[2], "bytehound=attached");
    let names = step.names("bytehound-profiles");
    assert_eq!(names[0], "01-ring-expected.bytehound.dat");
    let dat = step.artifacts().join("bytehound-profiles").join(&names[0]);
    let scrubbed = command(["scrub", "-o", "-"]).arg(&dat).output().unwrap();
    let said = String::from_utf8_lossy(&scrubbed.stderr);
    assert!(said.contains("no environment in it"), "{said}");
    let log = step.text("bytehound-test-logs/01-ring-expected.bytehound.log");
    assert!(log.contains("running 2 tests\n"), "{log}");
    let summary = step.summary();
    assert!(
        summary.contains("| `01-ring-expected.bytehound.dat` | "),
        "{summary}"
    );
}

#[test]
fn where_it_leaves_nothing_the_reason_is_said() {
    let (library, hash) = library("idles");
    let step = Step::new();
    let ran = profile(&step, &library, &hash);
    ran.says(
        0,
        &["ByteHound: ⚠️ no profile: it was preloaded into 1 process, and left none."],
    );
    own_stands_in(&step, &ran, "nothing");
}

#[test]
fn what_is_no_library_is_ignored_by_the_loader_and_its_words_are_given() {
    let step = Step::new();
    let library = step.artifacts().with_extension("so");
    fs::write(&library, "abc").unwrap();
    let hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    let ran = profile(&step, &library, hash);
    ran.says(
        0,
        &["and left none (the loader says: ERROR: ld.so: object "],
    );
    own_stands_in(&step, &ran, "nothing");
}

#[test]
fn where_it_crashes_the_test_process_its_signal_is_named() {
    let (library, hash) = library("crashes");
    let step = Step::new();
    let ran = profile(&step, &library, &hash);
    let why = "ByteHound: ⚠️ crashed: tests/expected.rs of ring ended with signal 6 (SIGABRT) while ByteHound was attached. ";
    ran.says(0, &[why]);
    own_stands_in(&step, &ran, "crashed");
}

#[test]
fn a_library_without_the_expected_hash_is_not_loaded() {
    let (library, hash) = library("crashes");
    let other = hash.chars().rev().collect::<String>();
    for (expected, why) in [
        (
            "",
            "ByteHound: ⚠️ not used: the hash that its library must have is not set: ",
        ),
        (
            &*other,
            "ByteHound: ⚠️ not used: its library has the SHA-256 ",
        ),
    ] {
        let step = Step::new();
        let ran = profile(&step, &library, expected);
        ran.says(0, &[why]);
        own_stands_in(&step, &ran, "not-used");
        assert_eq!(step.names("bytehound-test-logs").len(), 2);
    }
    let missing = profile(&Step::new(), Path::new("/no/such/library.so"), &hash);
    missing.says(0, &["not used: /no/such/library.so cannot be read: "]);
}
