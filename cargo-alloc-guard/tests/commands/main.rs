//! Each command as a user types it: files that hold commands and what they print. `TRYCMD=overwrite`
//! writes what they print now. What a system says of a missing file or a signal is Unix's.

#![cfg(unix)]

#[path = "../it/workspace.rs"]
#[expect(
    dead_code,
    reason = "the generated workspace is all that is needed of it"
)]
mod workspace;

use std::{fs, path::Path};

/// Two profiles of a known program, in one of which a function allocates more.
const PROFILES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/profile/tests/bytehound");
const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/commands");

/// Copies the files with this extension from one folder to another, where they differ.
fn copy(from: &Path, to: &Path, extension: &str) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|found| found == extension) {
            let to = to.join(path.file_name().unwrap());
            let text = fs::read(&path).unwrap();
            if fs::read(&to).ok().as_deref() != Some(&text) {
                fs::write(to, text).unwrap();
            }
        }
    }
}

#[test]
fn every_command_prints_what_its_file_says() {
    let cases = Path::new(CASES);
    let root = workspace::root();
    // Where commands run. This is the only test of its process.
    std::env::set_current_dir(root).unwrap();
    copy(cases, root, "trycmd");
    copy(&cases.join("records"), &root.join("records"), "jsonl");
    let profiles = root.join("profiles");
    for extension in ["agprof", "dat", "json"] {
        copy(&cases.join("profiles"), &profiles, extension);
    }
    copy(Path::new(PROFILES), &profiles, "dat");
    let tests = trycmd::TestCases::new();
    tests
        .register_bin("cargo", Path::new(workspace::COMMAND))
        .env("CARGO_NET_OFFLINE", "true")
        .env("CARGO_TARGET_DIR", root.join("target").to_str().unwrap())
        .env("CARGO_TERM_COLOR", "never")
        // What cargo says while it builds is another thing each time.
        .env("CARGO_TERM_QUIET", "true");
    for variable in workspace::UNSET {
        // These two mean something even if they are empty.
        let value = match variable {
            "RUST_BACKTRACE" => "0",
            "RUST_TEST_THREADS" => "2",
            _ => "",
        };
        tests.env(variable, value);
    }
    tests.case(root.join("*.trycmd"));
    tests.run();
    if std::env::var_os("TRYCMD").is_some_and(|what| what == "overwrite") {
        copy(root, cases, "trycmd");
    }
}
