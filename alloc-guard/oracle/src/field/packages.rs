//! Owns which versions of the packages are built, and where their sources are.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, ensure};
use serde::Deserialize;

use crate::operations::ROWS;

/// A package that the operations are made of.
#[derive(Clone, Debug)]
pub struct Package {
    /// As the lock file has it.
    pub version: String,
    /// The folder of its sources.
    pub folder: PathBuf,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Listed>,
    resolve: Resolve,
}

#[derive(Deserialize)]
struct Listed {
    id: String,
    name: String,
    version: String,
    manifest_path: PathBuf,
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    dependencies: Vec<String>,
}

/// The packages of the rows, by name, as this one depends on them.
///
/// # Errors
/// If cargo does not know one of them.
pub fn packages(target: &str) -> anyhow::Result<BTreeMap<String, Package>> {
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["metadata", "--format-version=1", "--locked", "--offline"])
        // Packages of other targets need not have been fetched.
        .args(["--filter-platform", target])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .context("failed to start cargo")?;
    ensure!(
        output.status.success(),
        "cargo metadata failed: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Metadata = serde_json::from_slice(&output.stdout)?;
    let listed = |id: &String| metadata.packages.iter().find(|package| package.id == *id);
    let dependencies: Vec<&Listed> = metadata
        .resolve
        .nodes
        .iter()
        .filter(|node| listed(&node.id).is_some_and(|us| us.name == env!("CARGO_PKG_NAME")))
        .flat_map(|node| node.dependencies.iter().filter_map(listed))
        .collect();
    ROWS.iter()
        .map(|row| {
            let package = dependencies
                .iter()
                .find(|package| package.name == row.package)
                .with_context(|| format!("{} is no dependency", row.package))?;
            let folder = package.manifest_path.parent().unwrap_or(Path::new(""));
            let package = Package {
                version: package.version.clone(),
                folder: folder.to_owned(),
            };
            Ok((row.package.to_owned(), package))
        })
        .collect()
}

/// The compiler's version, and the target that it builds for.
///
/// # Errors
/// If it does not say.
pub fn toolchain_and_target() -> anyhow::Result<(String, String)> {
    let output = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
        .arg("-vV")
        .output()
        .context("failed to start rustc")?;
    let text = String::from_utf8(output.stdout)?;
    let value = |key: &str| {
        text.lines()
            .find_map(|line| line.strip_prefix(key))
            .map(str::to_owned)
            .with_context(|| format!("rustc does not say its {key}"))
    };
    Ok((value("release: ")?, value("host: ")?))
}
