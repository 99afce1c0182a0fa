//! Owns the place where a revision is built: beside the checkout, with a target folder of its own.

use std::{
    fs::{self, File},
    path::PathBuf,
};

use anyhow::{Context as _, Result};

use super::revision::Revision;
use crate::{cargo::Workspace, settings::CargoSettings, store};

/// A revision's sources, and where they are built. There is one such place, and it is locked.
#[derive(Debug)]
pub(crate) struct Sources {
    workspace: PathBuf,
    target: PathBuf,
    revision: Revision,
    _lock: File,
}

impl Sources {
    /// Takes a revision out of git.
    ///
    /// # Errors
    /// If git knows no such revision, or its files cannot be written.
    pub(crate) fn of(name: &str, workspace: &Workspace) -> Result<Self> {
        let revision = Revision::find(name, &workspace.root)?;
        let folder = store::folder(&workspace.target).join("revisions");
        fs::create_dir_all(&folder)
            .with_context(|| format!("failed to make the folder {}", folder.display()))?;
        let lock = folder.join("lock");
        let lock =
            File::create(&lock).with_context(|| format!("failed to write {}", lock.display()))?;
        lock.lock().context("failed to wait for another `diff`")?;
        Ok(Self {
            workspace: revision.check_out(&folder.join("source"), &folder.join("index"))?,
            target: folder.join("target"),
            revision,
            _lock: lock,
        })
    }

    /// The commit's hash, as short as it is clear to a reader.
    pub(crate) fn short(&self) -> &str {
        self.revision.short()
    }

    /// How cargo is called for it.
    pub(crate) fn cargo(&self, cargo: &CargoSettings) -> CargoSettings {
        CargoSettings {
            manifest_path: Some(self.workspace.join("Cargo.toml")),
            // Not the user's: to cargo the sources there and here are the same package.
            target_dir: Some(self.target.clone()),
            ..cargo.clone()
        }
    }
}
