//! Owns the finding and reading of profiles, and the question whether a file is one.

use std::{
    ffi::OsStr,
    fs::{self, File},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};

use alloc_guard_profile::{Profile, html::Operation};
use anyhow::{Result, bail};

use super::operations;
use crate::{
    arguments::PlaceArguments,
    cargo::Workspace,
    progress::Progress,
    settings::{self, CargoSettings},
    store,
};

/// What our recorder's files end in.
const EXTENSION: &str = "agprof";

/// How much of a file tells what it is.
const HEAD: u64 = 512;

/// A profile, and the files that it was read from.
#[derive(Debug)]
pub(crate) struct Input {
    pub(crate) profile: Profile,
    /// At least one, files or folders.
    pub(crate) paths: Vec<PathBuf>,
    /// What came of the guarded tests in it, where that is known.
    pub(crate) operations: Vec<Operation>,
}

impl Input {
    /// Says on standard error what the numbers do not say of themselves.
    pub(crate) fn warn(&self) {
        for warning in &self.profile.warnings {
            // Where nobody reads them, what is written counts.
            let _ = writeln!(io::stderr(), "warning: {warning}");
        }
    }
}

/// Reads `files` as the profile of one run, or the latest one where there are none.
///
/// # Errors
/// If there is none, or a file cannot be read or is no profile.
pub(crate) fn read(files: &[PathBuf], place: &PlaceArguments) -> Result<Input> {
    if files.is_empty() {
        return latest(place);
    }
    let mut profiles = Vec::new();
    for path in files {
        profiles.push(open(path)?);
    }
    Ok(Input {
        profile: Profile::merge(profiles)?,
        paths: files.to_vec(),
        operations: Vec::new(),
    })
}

/// Reads one profile, and says so on a terminal: it may take seconds.
///
/// # Errors
/// If the file cannot be read or is no profile.
pub(crate) fn open(path: &Path) -> Result<Profile> {
    let progress = Progress::new(settings::Progress::of_stderr());
    progress.opening(path);
    Ok(alloc_guard_profile::open(path)?)
}

/// What the latest `cargo alloc-guard profile` left: its folder, from which it removes earlier ones, and the records of its tests.
fn latest(place: &PlaceArguments) -> Result<Input> {
    let cargo = CargoSettings::of_workspace(place.manifest_path.clone(), place.target_dir.clone());
    let target = Workspace::read(&cargo)?.target;
    let folder = store::folder(&target).join("profile");
    if !has_profiles(&folder) {
        bail!(
            "no profile in {}: record one with `cargo alloc-guard profile`, or name a file",
            folder.display()
        );
    }
    let profile = open(&folder)?;
    // Tests without a guard leave no record.
    let operations = store::last(&target)
        .and_then(|run| operations::results(&run, &profile))
        .unwrap_or_default();
    Ok(Input {
        profile,
        paths: vec![folder],
        operations,
    })
}

/// Whether a folder holds our recorder's files.
fn has_profiles(folder: &Path) -> bool {
    let is_one = |path: PathBuf| path.extension() == Some(OsStr::new(EXTENSION));
    fs::read_dir(folder)
        .is_ok_and(|mut entries| entries.any(|entry| entry.is_ok_and(|entry| is_one(entry.path()))))
}

/// Whether a file is a profile, or a folder has some, and no records: told by how it begins, or, where that is damaged, by its
/// name.
pub(crate) fn is_profile(path: &Path) -> bool {
    if path.is_dir() {
        return has_profiles(path);
    }
    let mut head = Vec::new();
    let read = File::open(path).and_then(|file| file.take(HEAD).read_to_end(&mut head));
    if read.is_err() {
        return false;
    }
    let is_named = path
        .extension()
        .is_some_and(|extension| extension == EXTENSION || extension == "dat");
    is_named || is_head(&head)
}

fn is_head(head: &[u8]) -> bool {
    let dhat = b"\"dhatFileVersion\"";
    head.starts_with(b"AGPROF")
        || matches!(head, [1 | 2, ..])
        || head.windows(dhat.len()).any(|window| window == dhat)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_told_by_how_it_begins() {
        for (head, expected) in [
            (&b"AGPROF\x1a\n\x01\0\0\0"[..], true),
            (b"\x01\x10\0\0\0", true),
            (b"\x02\x10\0\0\0", true),
            (b"{\"dhatFileVersion\":2,", true),
            (b"{\n  \"dhatFileVersion\": 2,", true),
            (b"{\"version\":1,\"name\":\"a\"}", false),
            (b"", false),
        ] {
            assert_eq!(is_head(head), expected, "{head:?}");
        }
    }

    #[test]
    fn a_damaged_file_goes_by_its_name_and_a_missing_one_is_none() {
        let folder = tempfile::tempdir().unwrap();
        for (name, expected) in [("a.agprof", true), ("a.dat", true), ("a.jsonl", false)] {
            let path = folder.path().join(name);
            assert!(!is_profile(&path));
            assert!(!is_profile(folder.path()));
            fs::write(&path, "").unwrap();
            assert_eq!(is_profile(&path), expected, "{name}");
            // Of a folder, only our own files are taken.
            assert_eq!(is_profile(folder.path()), name == "a.agprof", "{name}");
            fs::remove_file(&path).unwrap();
        }
    }
}
