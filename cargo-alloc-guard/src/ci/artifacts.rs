//! Owns the folders that a job's files are uploaded from, and that none of an earlier run is in them.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail};

use super::result::RESULT;
use crate::store::Replacement;

/// What `ci verify` leaves.
pub(super) const LOG: &str = "allocation-guard-log";
/// What `ci profile` leaves of allocations.
pub(super) const PROFILES: &str = "bytehound-profiles";
/// What the tests printed while they were profiled.
pub(super) const TEST_LOGS: &str = "bytehound-test-logs";

/// The folder that holds those of all artifacts.
#[derive(Clone, Debug)]
pub(crate) struct Artifacts(PathBuf);

impl Artifacts {
    /// The folder that is named, else one in the target folder.
    pub(crate) fn new(named: Option<&Path>, target: &Path) -> Self {
        let usual = || crate::store::folder(target).join("ci");
        Self(named.map_or_else(usual, Path::to_owned))
    }

    /// Where the artifact of this name is, or would be.
    pub(super) fn folder(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// The folder of an artifact, with nothing in it.
    ///
    /// # Errors
    /// If it holds what no job of ours left there, or the system does not let it.
    pub(super) fn fresh(&self, name: &str) -> Result<PathBuf> {
        let folder = self.folder(name);
        let making = || format!("failed to make the folder {}", folder.display());
        if folder.exists() {
            let mut entries = fs::read_dir(&folder).with_context(making)?;
            let is_ours = entries.next().is_none() || folder.join(RESULT).is_file();
            if !is_ours {
                bail!(
                    "{} holds files that no job left there, as it has no {RESULT}: choose another --output, or \
                     remove it",
                    folder.display()
                );
            }
            fs::remove_dir_all(&folder).with_context(making)?;
        }
        fs::create_dir_all(&folder).with_context(making)?;
        // Test processes have folders of their own to start in.
        fs::canonicalize(&folder).with_context(making)
    }
}

/// Writes a file, whole or not at all.
///
/// # Errors
/// If it cannot be written, or with the error of `content`.
pub(super) fn write(path: &Path, content: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<()> {
    Replacement::write(path, content)?.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_earlier_job_left_goes_and_what_others_left_stays() {
        let folder = tempfile::tempdir().unwrap();
        let artifacts = Artifacts::new(Some(folder.path()), Path::new("unused"));
        let log = artifacts.fresh(LOG).unwrap();
        assert!(log.is_absolute() && log.ends_with(LOG));
        fs::write(log.join(RESULT), "").unwrap();
        fs::write(log.join("allocation_test.log"), "old").unwrap();
        assert_eq!(artifacts.fresh(LOG).unwrap(), log);
        assert_eq!(fs::read_dir(&log).unwrap().count(), 0);
        fs::write(log.join("thesis.txt"), "").unwrap();
        let error = artifacts.fresh(LOG).unwrap_err().to_string();
        assert!(error.contains("no result.json"), "{error}");
        assert!(log.join("thesis.txt").exists());
    }
}
