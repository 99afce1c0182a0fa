//! Each command as a user types it: files that hold commands and what they print. `TRYCMD=overwrite`
//! writes what they print now. What a system says of a missing file is Unix's.

#![cfg(unix)]

mod files;
mod help;
mod keygen;
#[path = "../it/manifest.rs"]
mod manifest;
mod vectors;

use std::{fs, path::Path};

const PACKAGE: &str = env!("CARGO_MANIFEST_DIR");
const COMMAND: &str = env!("CARGO_BIN_EXE_wsc");

/// Copies the files of a folder, the ones in folders below it included.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let to = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &to);
        } else {
            fs::copy(&path, &to).unwrap();
        }
    }
}

/// A folder that has the vectors and the commands.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let package = Path::new(PACKAGE);
    for vectors in ["bad", "keys", "modules", "signed"] {
        copy(
            &package.join("tests/vectors").join(vectors),
            &folder.path().join(vectors),
        );
    }
    copy(
        &package.join("tests/rekor/vectors"),
        &folder.path().join("rekor"),
    );
    folder
}

#[test]
fn every_command_prints_what_its_file_says() {
    let cases = Path::new(PACKAGE).join("tests/commands");
    let folder = folder();
    let root = folder.path();
    let commands = |from: &Path, to: &Path| {
        for entry in fs::read_dir(from).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|found| found == "trycmd") {
                fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
            }
        }
    };
    commands(&cases, root);
    // Where commands run. The other tests of this process name their folders.
    std::env::set_current_dir(root).unwrap();
    let tests = trycmd::TestCases::new();
    tests.register_bin("wsc", Path::new(COMMAND));
    tests.case(root.join("*.trycmd"));
    tests.run();
    if std::env::var_os("TRYCMD").is_some_and(|what| what == "overwrite") {
        commands(root, &cases);
    }
}
