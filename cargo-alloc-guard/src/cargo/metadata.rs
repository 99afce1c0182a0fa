//! Owns what `cargo metadata` says of the workspace and its packages.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, bail};
use serde::{Deserialize, de::DeserializeOwned};

use super::messages::Target;
use crate::settings::CargoSettings;

/// The workspace.
#[derive(Debug, Deserialize)]
pub(crate) struct Workspace {
    pub(crate) packages: Vec<Package>,
    #[serde(rename = "workspace_root")]
    pub(crate) root: PathBuf,
    #[serde(rename = "target_directory")]
    pub(crate) target: PathBuf,
}

/// A package of the workspace.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Package {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) authors: Vec<String>,
    pub(crate) description: Option<String>,
    pub(crate) homepage: Option<String>,
    pub(crate) repository: Option<String>,
    pub(crate) license: Option<String>,
    pub(crate) license_file: Option<String>,
    pub(crate) rust_version: Option<String>,
    pub(crate) readme: Option<String>,
    pub(crate) manifest_path: PathBuf,
    pub(crate) targets: Vec<Target>,
}

/// Asks `cargo metadata`.
///
/// # Errors
/// If cargo cannot be started, finds no workspace, or answers something else.
pub(crate) fn metadata<T: DeserializeOwned>(
    settings: &CargoSettings,
    options: impl IntoIterator<Item = impl AsRef<OsStr>>,
) -> Result<T> {
    let mut command = Command::new(&settings.program);
    command
        .args(["metadata", "--format-version=1"])
        .args(options);
    if let Some(path) = &settings.manifest_path {
        command.arg("--manifest-path").arg(path);
    }
    let output = command
        .output()
        .with_context(|| format!("failed to start {}", settings.program.display()))?;
    if !output.status.success() {
        // Cargo's own words begin with `error: `, and so do ours.
        let said = String::from_utf8_lossy(&output.stderr);
        let said = said.trim();
        bail!(
            "cargo cannot read the workspace: {}",
            said.strip_prefix("error: ").unwrap_or(said)
        );
    }
    serde_json::from_slice(&output.stdout)
        .context("failed to understand what `cargo metadata` says")
}

impl Workspace {
    /// Asks cargo.
    ///
    /// # Errors
    /// If cargo cannot be started, finds no workspace, or answers something else.
    pub(crate) fn read(settings: &CargoSettings) -> Result<Self> {
        let mut workspace: Self = metadata(settings, ["--no-deps"])?;
        if let Some(target) = &settings.target_dir {
            workspace.target = std::path::absolute(target).with_context(|| {
                format!("failed to find the target folder {}", target.display())
            })?;
        }
        Ok(workspace)
    }

    /// The member of this name.
    pub(crate) fn member(&self, name: &str) -> Option<&Package> {
        self.packages.iter().find(|package| package.name == name)
    }

    /// The package with this id. One that is no member of the workspace is known by its folder only.
    pub(crate) fn package(&self, id: &str, manifest_path: &Path) -> Package {
        let known = self.packages.iter().find(|package| package.id == id);
        known.cloned().unwrap_or_else(|| Package {
            id: id.to_owned(),
            name: manifest_path
                .parent()
                .and_then(Path::file_name)
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned(),
            manifest_path: manifest_path.to_owned(),
            ..Package::default()
        })
    }
}

impl Package {
    /// The package's folder.
    pub(crate) fn folder(&self) -> &Path {
        self.manifest_path.parent().unwrap_or(Path::new("."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &str = r#"{
        "packages": [{"id": "path+file:///w/a#0.1.2", "name": "a", "version": "0.1.2", "authors": ["x"],
            "description": null, "manifest_path": "/w/a/Cargo.toml", "targets": []}],
        "workspace_root": "/w", "target_directory": "/w/target", "version": 1, "metadata": null
    }"#;

    #[test]
    fn a_member_is_found_by_its_id() {
        let workspace: Workspace = serde_json::from_str(ANSWER).unwrap();
        let package = workspace.package("path+file:///w/a#0.1.2", Path::new("/w/a/Cargo.toml"));
        assert_eq!(
            (package.name.as_str(), package.version.as_str()),
            ("a", "0.1.2")
        );
        assert_eq!(package.folder(), Path::new("/w/a"));
    }

    #[test]
    fn a_stranger_is_called_by_its_folder() {
        let workspace: Workspace = serde_json::from_str(ANSWER).unwrap();
        let package = workspace.package("path+file:///x/b#1.0.0", Path::new("/x/b/Cargo.toml"));
        assert_eq!(package.name, "b");
        assert_eq!(package.folder(), Path::new("/x/b"));
    }
}
