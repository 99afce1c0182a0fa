//! Owns the environment of a test process: what `cargo test` sets, so that tests cannot tell the two
//! apart.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result};

use super::{Build, TestBinary, Variables, metadata::Package};
use crate::settings::CargoSettings;

/// Where the loader looks for shared libraries.
const LIBRARY_PATH: &str = if cfg!(windows) {
    "PATH"
} else if cfg!(target_vendor = "apple") {
    "DYLD_FALLBACK_LIBRARY_PATH"
} else {
    "LD_LIBRARY_PATH"
};

/// Said by a harness to its own children. A test process that we start is nobody's child.
const REMOVED: [&str; 3] = ["ALLOC_GUARD_ALONE", "NEXTEST", "NEXTEST_EXECUTION_MODE"];

/// What is the same for every test process of a run.
#[derive(Debug)]
pub(crate) struct Environment<'a> {
    cargo: &'a CargoSettings,
    build: &'a Build,
    variables: &'a Variables,
    /// The folders of std's own shared libraries.
    toolchain: Vec<PathBuf>,
}

impl<'a> Environment<'a> {
    pub(crate) fn new(
        cargo: &'a CargoSettings,
        build: &'a Build,
        variables: &'a Variables,
    ) -> Self {
        Self {
            cargo,
            build,
            variables,
            toolchain: toolchain_libraries(&cargo.rustc, &build.workspace.root),
        }
    }

    /// Sets the folder and the environment of a command that starts a test binary.
    ///
    /// # Errors
    /// If a folder's name cannot stand in the loader's search path.
    pub(crate) fn apply(&self, command: &mut Command, binary: &TestBinary) -> Result<()> {
        let package = &binary.package;
        self.variables.apply(command);
        command.current_dir(package.folder());
        for variable in REMOVED {
            command.env_remove(variable);
        }
        command.env("CARGO", &self.cargo.program);
        command.env("CARGO_MANIFEST_DIR", package.folder());
        command.env("CARGO_MANIFEST_PATH", &package.manifest_path);
        command.envs(described(package));
        if let Some(script) = self.build.scripts.get(&package.id) {
            command.env("OUT_DIR", &script.out_dir);
            command.envs(script.env.iter().map(|(key, value)| (key, value)));
        }
        for (name, path) in self.build.programs.get(&package.id).into_iter().flatten() {
            command.env(format!("CARGO_BIN_EXE_{name}"), path);
        }
        command.env(LIBRARY_PATH, self.library_path(binary)?);
        Ok(())
    }

    fn library_path(&self, binary: &TestBinary) -> Result<OsString> {
        let mut folders = Vec::new();
        for script in self.build.scripts.values() {
            folders.extend(native_folders(
                &script.linked_paths,
                &self.build.workspace.target,
            ));
        }
        // The scripts are in no order of their own.
        folders.sort();
        let deps = binary.executable.parent();
        folders.extend(deps.map(Path::to_owned));
        folders.extend(deps.and_then(Path::parent).map(Path::to_owned));
        folders.extend(self.toolchain.iter().cloned());
        match env::var_os(LIBRARY_PATH) {
            Some(usual) => folders.extend(env::split_paths(&usual)),
            // Where dyld looks when the variable is not set (dyld(1)).
            None if cfg!(target_vendor = "apple") => {
                folders.extend(["/usr/local/lib".into(), "/usr/lib".into()]);
            }
            None => {}
        }
        env::join_paths(&folders).context("failed to make the search path for shared libraries")
    }
}

/// The folders that a build script names and that lie in the target folder, as cargo takes them.
fn native_folders(linked_paths: &[String], target: &Path) -> Vec<PathBuf> {
    linked_paths
        .iter()
        .map(|path| {
            path.split_once('=')
                .map_or(path.as_str(), |(_kind, path)| path)
        })
        .map(PathBuf::from)
        .filter(|path| path.starts_with(target))
        .collect()
}

/// Only tests that link std dynamically need them, so a compiler that does not answer is no error.
fn toolchain_libraries(rustc: &OsString, folder: &Path) -> Vec<PathBuf> {
    let output = Command::new(rustc)
        .args(["--print", "sysroot", "--print", "target-libdir"])
        .current_dir(folder)
        .output();
    let Ok(output) = output else {
        return Vec::new();
    };
    let text = String::from_utf8_lossy(&output.stdout);
    let mut lines = text.lines().map(PathBuf::from);
    let sysroot = lines.next().map(|sysroot| sysroot.join("lib"));
    sysroot.into_iter().chain(lines.next()).collect()
}

/// `CARGO_PKG_…`, which cargo sets even where the package says nothing.
fn described(package: &Package) -> Vec<(&'static str, String)> {
    let optional = |value: &Option<String>| value.clone().unwrap_or_default();
    let without_build = package.version.split('+').next().unwrap_or_default();
    let (release, pre) = without_build.split_once('-').unwrap_or((without_build, ""));
    let mut numbers = release.split('.').map(str::to_owned);
    let mut number = || numbers.next().unwrap_or_default();
    vec![
        ("CARGO_PKG_NAME", package.name.clone()),
        ("CARGO_PKG_VERSION", package.version.clone()),
        ("CARGO_PKG_VERSION_MAJOR", number()),
        ("CARGO_PKG_VERSION_MINOR", number()),
        ("CARGO_PKG_VERSION_PATCH", number()),
        ("CARGO_PKG_VERSION_PRE", pre.to_owned()),
        ("CARGO_PKG_AUTHORS", package.authors.join(":")),
        ("CARGO_PKG_DESCRIPTION", optional(&package.description)),
        ("CARGO_PKG_HOMEPAGE", optional(&package.homepage)),
        ("CARGO_PKG_REPOSITORY", optional(&package.repository)),
        ("CARGO_PKG_LICENSE", optional(&package.license)),
        ("CARGO_PKG_LICENSE_FILE", optional(&package.license_file)),
        ("CARGO_PKG_RUST_VERSION", optional(&package.rust_version)),
        ("CARGO_PKG_README", optional(&package.readme)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_given_whole_and_in_parts() {
        for (version, parts) in [
            ("1.2.3", ["1", "2", "3", ""]),
            ("0.10.0-beta.1+build-7", ["0", "10", "0", "beta.1"]),
            ("1.0.0+build-7", ["1", "0", "0", ""]),
            ("", ["", "", "", ""]),
        ] {
            let package = Package {
                version: version.to_owned(),
                ..Package::default()
            };
            let variables = described(&package);
            assert_eq!(variables[1].1, version);
            let found: Vec<_> = variables[2..6]
                .iter()
                .map(|(_, value)| value.as_str())
                .collect();
            assert_eq!(found, parts, "{version}");
        }
    }

    #[test]
    fn only_native_folders_of_the_build_are_searched() {
        let paths = ["native=/w/target/out", "/w/target/plain", "native=/usr/lib"];
        assert_eq!(
            native_folders(&paths.map(str::to_owned), Path::new("/w/target")),
            [Path::new("/w/target/out"), Path::new("/w/target/plain")]
        );
    }
}
