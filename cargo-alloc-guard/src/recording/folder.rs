//! Owns the folder of a recording: emptied before it, and read after it.

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};

use super::file::{EXTENSION, Recording};
use crate::profiles::RECORDS_FOLDER;

/// Makes the folder and one for records in it, and takes earlier profiles and records out of them, and nothing else.
///
/// # Errors
/// If the system does not let it.
pub(crate) fn empty(folder: &Path) -> Result<()> {
    let records = folder.join(RECORDS_FOLDER);
    fs::create_dir_all(&records)
        .with_context(|| format!("failed to make the folder {}", records.display()))?;
    let earlier = [files(folder, EXTENSION)?, files(&records, "jsonl")?];
    for path in earlier.into_iter().flatten() {
        fs::remove_file(&path).with_context(|| format!("failed to remove {}", path.display()))?;
    }
    Ok(())
}

/// What was recorded into a folder, by the names of the files.
///
/// # Errors
/// If a file cannot be read or is no profile.
pub(crate) fn recordings(folder: &Path) -> Result<BTreeMap<String, Recording>> {
    let mut recordings = BTreeMap::new();
    for path in files(folder, EXTENSION)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        recordings.insert(name.into_owned(), Recording::read(&path)?);
    }
    Ok(recordings)
}

fn files(folder: &Path, extension: &str) -> Result<Vec<PathBuf>> {
    let reading = || format!("failed to read the folder {}", folder.display());
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(reading)? {
        let path = entry.with_context(reading)?.path();
        if path.extension() == Some(OsStr::new(extension)) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
