//! Owns where things go: which package of a workspace is meant, and the folder of its repository.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, bail};

use crate::{
    doctor::{Graph, Package, repository},
    settings::CargoSettings,
};

/// Where a project is.
#[derive(Debug)]
pub(crate) struct Place<'a> {
    pub(super) package: &'a Package,
    /// The workspace's manifest.
    pub(super) workspace: PathBuf,
    /// Where `.github` belongs.
    pub(super) repository: PathBuf,
}

impl<'a> Place<'a> {
    /// Chooses the package: the one that is named, else the nearest, else the only one.
    ///
    /// # Errors
    /// If none of that says which.
    pub(crate) fn choose(
        graph: &'a Graph,
        cargo: &CargoSettings,
        named: Option<&str>,
    ) -> Result<Self> {
        let members = graph.members();
        let package = if let Some(spec) = named {
            let meant = members.iter().find(|package| package.is_meant_by(spec));
            meant.with_context(|| {
                format!(
                    "the workspace has no package `{spec}`, but {}",
                    list(&members)
                )
            })?
        } else {
            let nearest = nearest(cargo)?;
            let is_nearest = |package: &&&Package| nearest.as_ref() == Some(&package.manifest_path);
            match (members.iter().find(is_nearest), &members[..]) {
                (Some(package), _) | (None, [package]) => package,
                (None, []) => bail!("the workspace has no package yet"),
                (None, _) => bail!(
                    "which package? name one with `-p`: the workspace has {}",
                    list(&members)
                ),
            }
        };
        Ok(Self {
            package,
            workspace: graph.root.join("Cargo.toml"),
            repository: repository(&graph.root),
        })
    }

    /// The folder that paths are shown from.
    pub(super) fn root(&self) -> &Path {
        &self.repository
    }

    /// The workspace's folder below the repository's, with `/` between its parts; empty if they are one.
    pub(super) fn below_repository(&self) -> String {
        let folder = self.workspace.parent().unwrap_or(Path::new(""));
        let below = folder
            .strip_prefix(&self.repository)
            .unwrap_or(Path::new(""));
        below.to_string_lossy().replace('\\', "/")
    }
}

fn list(members: &[&Package]) -> String {
    let names: Vec<_> = members
        .iter()
        .map(|package| format!("`{}`", package.name))
        .collect();
    names.join(", ")
}

/// The manifest that cargo takes for the folder this runs in, or that it was told to take.
fn nearest(cargo: &CargoSettings) -> Result<Option<PathBuf>> {
    let mut command = Command::new(&cargo.program);
    command.args(["locate-project", "--message-format", "plain"]);
    if let Some(path) = &cargo.manifest_path {
        command.arg("--manifest-path").arg(path);
    }
    let output = command
        .output()
        .with_context(|| format!("failed to start {}", cargo.program.display()))?;
    let path = String::from_utf8_lossy(&output.stdout);
    let path = path.trim_end_matches(['\r', '\n']);
    Ok((!path.is_empty()).then(|| PathBuf::from(path)))
}
