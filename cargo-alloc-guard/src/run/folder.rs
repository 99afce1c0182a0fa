//! Owns the folder of one run: records and output of each test process lie below it, and it goes when
//! the run ends.

use std::{
    cell::Cell,
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    time::{Duration, UNIX_EPOCH},
};

use alloc_guard_core::report::{Record, read_records};
use anyhow::{Context as _, Result};

/// What is left of runs that were killed goes after a week.
const KEPT_FOR: Duration = Duration::from_hours(7 * 24);

/// The folder of a run.
#[derive(Debug)]
pub(crate) struct RunFolder {
    path: PathBuf,
    folders: Cell<usize>,
}

impl RunFolder {
    /// Makes a fresh one in the target folder.
    ///
    /// # Errors
    /// If it cannot be made.
    pub(crate) fn create(target: &Path) -> Result<Self> {
        let runs = target.join("alloc-guard");
        remove_old(&runs);
        let since = UNIX_EPOCH.elapsed().unwrap_or_default();
        let path = runs.join(format!("run-{}-{}", std::process::id(), since.as_millis()));
        fs::create_dir_all(&path)
            .with_context(|| format!("failed to make the folder {}", path.display()))?;
        Ok(Self {
            path,
            folders: Cell::new(0),
        })
    }

    /// A folder for the next processes: records carry the binary's name, and two targets of a package
    /// may share one.
    pub(super) fn next(&self) -> Result<PathBuf> {
        let number = self.folders.get() + 1;
        self.folders.set(number);
        let path = self.path.join(number.to_string());
        fs::create_dir(&path)
            .with_context(|| format!("failed to make the folder {}", path.display()))?;
        Ok(path)
    }
}

impl Drop for RunFolder {
    fn drop(&mut self) {
        // A later run removes what could not be removed now.
        let _ = fs::remove_dir_all(&self.path);
    }
}

fn remove_old(runs: &Path) {
    let Ok(entries) = fs::read_dir(runs) else {
        return;
    };
    for entry in entries.flatten() {
        let is_run = entry.file_name().as_encoded_bytes().starts_with(b"run-");
        let is_old = entry
            .metadata()
            .and_then(|metadata| metadata.modified())
            .is_ok_and(|modified| modified.elapsed().is_ok_and(|age| age > KEPT_FOR));
        if is_run && is_old {
            // Another run may be removing it, too.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// The records in a folder, older ones first.
///
/// # Errors
/// If a file cannot be read or holds something else.
pub(super) fn records(folder: &Path) -> Result<Vec<Record>> {
    let reading = || format!("failed to read the records in {}", folder.display());
    let mut records = Vec::new();
    for entry in fs::read_dir(folder).with_context(reading)? {
        let entry = entry.with_context(reading)?;
        let path = entry.path();
        let is_hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        if !is_hidden && path.extension() == Some(OsStr::new("jsonl")) {
            let bytes =
                fs::read(&path).with_context(|| format!("failed to read {}", path.display()))?;
            records.extend(read_records(&path, &String::from_utf8_lossy(&bytes))?);
        }
    }
    // A test that is tried again has several, and the last one is the one that counts.
    records.sort_by_key(|record| record.unix_milliseconds);
    Ok(records)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_leaves_nothing_behind() {
        let target = tempfile::tempdir().unwrap();
        let run = RunFolder::create(target.path()).unwrap();
        let path = run.path.clone();
        let (first, second) = (run.next().unwrap(), run.next().unwrap());
        assert!(first.is_dir() && second.is_dir() && first != second);
        drop(run);
        assert!(!path.exists());
    }

    #[test]
    fn only_record_files_are_read_and_a_damaged_one_is_named() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("stdout-1"), "not a record\n").unwrap();
        fs::write(folder.path().join(".hidden.jsonl"), "not a record\n").unwrap();
        assert_eq!(records(folder.path()).unwrap(), []);
        fs::write(folder.path().join("x-1.jsonl"), "not a record\n").unwrap();
        let error = records(folder.path()).unwrap_err().to_string();
        assert!(error.contains("x-1.jsonl:1"), "{error}");
    }
}
