//! The verifying core in a static library without `std` and without an allocator, built, linked and run.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A copy of the package `tests/no_std`, below the target folder, with the repository's lock file.
struct Package {
    folder: PathBuf,
    wsc: PathBuf,
}

impl Package {
    fn copy() -> Self {
        let wsc = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        let source = wsc.join("tests/no_std");
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("no_std");
        fs::create_dir_all(folder.join("src")).unwrap();
        // A literal string, in which a Windows path has no escapes.
        let path = format!("path = '{}'", wsc.display());
        let manifest = fs::read_to_string(source.join("Cargo.toml")).unwrap();
        assert!(manifest.contains("path = \"../..\""));
        let manifest = manifest.replace("path = \"../..\"", &path);
        fs::write(folder.join("Cargo.toml"), manifest).unwrap();
        fs::copy(source.join("src/lib.rs"), folder.join("src/lib.rs")).unwrap();
        fs::copy(wsc.join("../Cargo.lock"), folder.join("Cargo.lock")).unwrap();
        Self { folder, wsc }
    }

    fn build(&self, options: &[&str]) -> Output {
        Command::new(env!("CARGO"))
            .args(["build", "--offline", "--quiet"])
            .args(options)
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", self.folder.join("target"))
            .env("WSC_VECTORS", self.wsc.join("tests/vectors"))
            .output()
            .unwrap()
    }
}

fn run(program: impl AsRef<OsStr>, arguments: &[PathBuf]) -> Output {
    Command::new(program).args(arguments).output().unwrap()
}

fn assert_success(output: &Output) {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}\n{errors}", output.status);
}

#[test]
fn the_core_verifies_without_std_and_without_an_allocator() {
    let package = Package::copy();
    assert_success(&package.build(&[]));

    // With the linker that Rust uses itself there.
    if cfg!(unix) {
        let library = package.folder.join("target/debug/libwsc_no_std.a");
        let program = package.folder.join("target/program");
        let main = package.wsc.join("tests/no_std/main.c");
        assert_success(&run("cc", &[main, library, "-o".into(), program.clone()]));
        assert_success(&run(program, &[]));
    }

    // The compiler notices an allocator that is needed and not there, so above none was.
    let refused = package.build(&["--features", "alloc"]);
    let errors = String::from_utf8_lossy(&refused.stderr);
    assert!(
        errors.contains("no global memory allocator found"),
        "{errors}"
    );
}
