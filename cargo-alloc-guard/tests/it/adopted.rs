//! `init` in crates that others published, of which the source is at hand because this repository's own
//! dependencies are among them.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use toml_edit::{DocumentMut, Item};

use crate::{
    project::{Project, with_repository},
    workspace::{REPOSITORY, ran},
};

/// The folder that cargo extracted a dependency of this repository to.
fn source_of(name: &str) -> PathBuf {
    let host = Command::new("rustc")
        .args(["--print", "host-tuple"])
        .output()
        .unwrap();
    let host = String::from_utf8(host.stdout).unwrap();
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--format-version=1",
            "--offline",
            "--filter-platform",
        ])
        .arg(host.trim())
        .current_dir(REPOSITORY)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let package = packages.iter().find(|package| package["name"] == name);
    let manifest = package.unwrap()["manifest_path"].as_str().unwrap();
    Path::new(manifest).parent().unwrap().to_owned()
}

/// A manifest without what only its authors need. The dependencies of its own tests, and those that
/// nobody switched on here, were never fetched, and these tests do without a network.
fn stripped(manifest: &str) -> String {
    let mut manifest: DocumentMut = manifest.parse().unwrap();
    for part in [
        "dev-dependencies",
        "bench",
        "test",
        "example",
        "features",
        "target",
        "lints",
    ] {
        manifest.remove(part);
    }
    if let Some(dependencies) = manifest
        .get_mut("dependencies")
        .and_then(Item::as_table_like_mut)
    {
        let optional: Vec<_> = dependencies
            .iter()
            .filter(|(_, one)| one.get("optional").and_then(Item::as_bool) == Some(true))
            .map(|(name, _)| name.to_owned())
            .collect();
        for name in optional {
            dependencies.remove(&name);
        }
    }
    // Its unit tests need those dependencies, too.
    manifest["lib"]["test"] = toml_edit::value(false);
    manifest.to_string()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy(&from, &to);
        } else {
            fs::copy(&from, &to).unwrap();
        }
    }
}

#[track_caller]
fn adopts(name: &str) {
    let source = source_of(name);
    let manifest = fs::read_to_string(source.join("Cargo.toml")).unwrap();
    let project = Project::fresh(
        &format!("adopted-{name}"),
        &[("Cargo.toml", &stripped(&manifest))],
    );
    copy(&source.join("src"), &project.root.join("src"));
    let init = with_repository("init --yes --alloc-guard-path {repository}/alloc-guard");
    ran(&mut project.command(&init)).says(0, &["wrote Cargo.toml, tests/alloc_guard.rs, "]);
    let check = ran(&mut project.command(""));
    check.says(
        0,
        &[&format!("{name} · "), "Sum of a slice  0 allocations\n"],
    );
    assert_eq!(check.summary(), "1 operation: 1 as expected", "{check}");
    let doctor = ran(&mut project.command("doctor"));
    doctor.says(0, &["nothing to complain of: 1 guarded test in 1 binary\n"]);
    ran(&mut project.command(&init)).says(0, &["everything is there: nothing to write\n"]);
}

#[test]
fn itoa_adopts_it() {
    adopts("itoa");
}

#[test]
fn memchr_adopts_it() {
    adopts("memchr");
}

/// A crate of the oldest edition.
#[test]
fn strsim_adopts_it() {
    adopts("strsim");
}
