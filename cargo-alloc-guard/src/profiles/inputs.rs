//! Owns the finding and reading of profiles, and the question whether a file is one.

use std::{
    collections::BTreeSet,
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
    records::Records,
    settings::{self, CargoSettings},
    store,
};

/// What our recorder's files end in.
const EXTENSION: &str = "agprof";

/// The folder in that of a recording, for the records of its tests.
pub(crate) const RECORDS_FOLDER: &str = "records";

/// How much of a file tells what it is.
const HEAD: u64 = 512;

/// A profile, and the files that it was read from.
#[derive(Debug)]
pub(crate) struct Input {
    pub(crate) profile: Profile,
    /// At least one, files or folders.
    pub(crate) paths: Vec<PathBuf>,
    /// What came of the guarded tests that ran, where that is known.
    pub(crate) tests: Vec<Operation>,
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
    let paths = if files.is_empty() {
        vec![latest(place)?]
    } else {
        files.to_vec()
    };
    let mut profiles = Vec::new();
    for path in &paths {
        profiles.push(open(path)?);
    }
    let profile = Profile::merge(profiles)?;
    let tests = operations::results(&records(&paths)?)?;
    Ok(Input {
        profile,
        paths,
        tests,
    })
}

/// The records that the recorded tests left beside our recorder's profiles.
fn records(profiles: &[PathBuf]) -> Result<impl Records> {
    let folders: BTreeSet<PathBuf> = profiles
        .iter()
        .filter_map(|profile| {
            let is_recording = profile.extension() == Some(OsStr::new(EXTENSION));
            let folder = if profile.is_dir() {
                Some(profile.as_path())
            } else {
                profile.parent().filter(|_| is_recording)
            };
            folder.map(|folder| folder.join(RECORDS_FOLDER))
        })
        .filter(|folder| folder.is_dir())
        .collect();
    store::merge(&Vec::from_iter(folders), None, &mut |_| {})
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

/// The folder of the latest `cargo alloc-guard profile`, which removes earlier ones.
fn latest(place: &PlaceArguments) -> Result<PathBuf> {
    let cargo = CargoSettings::of_workspace(place.manifest_path.clone(), place.target_dir.clone());
    let folder = store::folder(&Workspace::read(&cargo)?.target).join("profile");
    if !has_profiles(&folder) {
        bail!(
            "no profile in {}: record one with `cargo alloc-guard profile`, or name a file",
            folder.display()
        );
    }
    Ok(folder)
}

/// Whether a folder holds our recorder's files.
fn has_profiles(folder: &Path) -> bool {
    let is_one = |path: PathBuf| path.extension() == Some(OsStr::new(EXTENSION));
    fs::read_dir(folder)
        .is_ok_and(|mut entries| entries.any(|entry| entry.is_ok_and(|entry| is_one(entry.path()))))
}

/// Whether a file is a profile, or a folder has some, and no records: told by how it begins, or, where that is damaged, by its
/// name. What is not there is none.
///
/// # Errors
/// If it is a pipe or a device: what was read to tell would be gone.
pub(crate) fn is_profile(path: &Path) -> Result<bool> {
    let Ok(metadata) = fs::metadata(path) else {
        return Ok(false);
    };
    if metadata.is_dir() {
        return Ok(has_profiles(path));
    }
    if !metadata.is_file() {
        bail!(
            "{}: a pipe or a device, which can be read only once: write it to a file first",
            path.display()
        );
    }
    let mut head = Vec::new();
    let read = File::open(path).and_then(|file| file.take(HEAD).read_to_end(&mut head));
    if read.is_err() {
        return Ok(false);
    }
    let is_named = path
        .extension()
        .is_some_and(|extension| extension == EXTENSION || extension == "dat");
    Ok(is_named || is_head(&head))
}

fn is_head(head: &[u8]) -> bool {
    let dhat = b"\"dhatFileVersion\"";
    head.starts_with(b"AGPROF")
        || matches!(head, [1 | 2, ..])
        || head.windows(dhat.len()).any(|window| window == dhat)
        || is_binary(head)
}

/// Whether it is nothing that JSON may hold. As a profile it is told what it is; as records it would be a line cut off.
fn is_binary(head: &[u8]) -> bool {
    let is_text = |byte: &u8| *byte >= b' ' || byte.is_ascii_whitespace();
    !head.iter().all(is_text)
}

#[cfg(test)]
mod tests {
    use alloc_guard_core::report::{Record, to_json};

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
            (b"\x89PNG\r\n\x1a\n", true),
            (b"{\"name\":\"\xc3\xa9\"}\r\n", false),
        ] {
            assert_eq!(is_head(head), expected, "{head:?}");
        }
    }

    #[test]
    fn a_damaged_file_goes_by_its_name_and_a_missing_one_is_none() {
        let folder = tempfile::tempdir().unwrap();
        for (name, expected) in [("a.agprof", true), ("a.dat", true), ("a.jsonl", false)] {
            let path = folder.path().join(name);
            assert!(!is_profile(&path).unwrap());
            assert!(!is_profile(folder.path()).unwrap());
            fs::write(&path, "").unwrap();
            assert_eq!(is_profile(&path).unwrap(), expected, "{name}");
            // Of a folder, only our own files are taken.
            let is_ours = is_profile(folder.path()).unwrap();
            assert_eq!(is_ours, name == "a.agprof", "{name}");
            fs::remove_file(&path).unwrap();
        }
    }

    #[test]
    fn the_records_beside_profiles_are_read_once() {
        let folder = tempfile::tempdir().unwrap();
        let profile = folder.path().join("a.agprof");
        let paths = [profile.clone(), folder.path().to_owned()];
        fs::write(&profile, "").unwrap();
        assert_eq!(records(&paths).unwrap().totals().unwrap().expected, 0);
        let record = Record {
            version: 1,
            name: "kept".to_owned(),
            ..Record::default()
        };
        let records_folder = folder.path().join(RECORDS_FOLDER);
        fs::create_dir(&records_folder).unwrap();
        fs::write(records_folder.join("a-1.jsonl"), to_json(&record) + "\n").unwrap();
        for paths in [&paths[..1], &paths[1..], &paths[..]] {
            assert_eq!(records(paths).unwrap().totals().unwrap().expected, 1);
        }
        let other = [folder.path().join("a.dat")];
        assert_eq!(records(&other).unwrap().totals().unwrap().expected, 0);
    }
}
