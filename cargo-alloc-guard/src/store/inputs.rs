//! Owns the search for record files in what the command line names: files, and folders as continuous
//! integration unpacks them, however deep.

use std::{
    ffi::OsStr,
    fs::{self, DirEntry, ReadDir},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};

/// Hands over each record file of an input. Folders are listed as they are gone through: one process of
/// a test runner leaves one file, and there may be a million.
///
/// # Errors
/// If the input is not there or cannot be listed, or with the first error of `each`.
pub(super) fn for_each_file(input: &Path, each: &mut dyn FnMut(&Path) -> Result<()>) -> Result<()> {
    let metadata =
        fs::metadata(input).with_context(|| format!("failed to read {}", input.display()))?;
    if !metadata.is_dir() {
        return each(input);
    }
    let mut folders = vec![(input.to_owned(), list(input)?)];
    while let Some((folder, entries)) = folders.last_mut() {
        let Some(entry) = entries.next() else {
            folders.pop();
            continue;
        };
        let entry = entry.with_context(|| listing(folder))?;
        // A link to a folder is not followed: it may lead back.
        let is_folder = entry.file_type().is_ok_and(|file_type| file_type.is_dir());
        if is_folder {
            let path = entry.path();
            let entries = list(&path)?;
            folders.push((path, entries));
        } else if let Some(path) = record_file(&entry) {
            each(&path)?;
        }
    }
    Ok(())
}

/// The path of an entry that is a record file. Hidden ones are being written.
pub(super) fn record_file(entry: &DirEntry) -> Option<PathBuf> {
    let path = entry.path();
    let is_hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
    (!is_hidden && path.extension() == Some(OsStr::new("jsonl"))).then_some(path)
}

fn list(folder: &Path) -> Result<ReadDir> {
    fs::read_dir(folder).with_context(|| listing(folder))
}

fn listing(folder: &Path) -> String {
    format!("failed to list the folder {}", folder.display())
}
