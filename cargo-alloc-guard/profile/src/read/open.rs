//! Which kind of profile a file is, told by what is in it.

use std::{
    fs::{self, File},
    io::{BufReader, Read},
    path::Path,
};

use super::{bytehound, dhat, recorder};
use crate::{
    error::{Error, ErrorKind},
    model::{Profile, Warning},
    symbols::{Lookup, Symbols},
};

/// Reads the profile in the file `path`, whichever kind it is, and the symbols of the executables and libraries that it names,
/// where they still are what they were. Of a folder, reads all of the recorder's files in it and merges them.
///
/// # Errors
/// If the file cannot be read, is no profile, is damaged, or is of a version that is not known; if a folder has no profile that
/// can be read.
pub fn open(path: &Path) -> Result<Profile, Error> {
    if path.is_dir() {
        return open_folder(path).map_err(|error| error.of(path));
    }
    let file = File::open(path).map_err(|error| Error::io(&error).of(path))?;
    read_with(BufReader::new(file), Lookup::Files).map_err(|error| error.of(path))
}

/// Reads every profile of a run. A process that ended as it began leaves a file that says nothing; the others still do.
fn open_folder(folder: &Path) -> Result<Profile, Error> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| Error::io(&error))? {
        let path = entry.map_err(|error| Error::io(&error))?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "agprof")
        {
            paths.push(path);
        }
    }
    paths.sort();
    let mut profiles = Vec::new();
    let mut failures = Vec::new();
    for path in paths {
        match open(&path) {
            Ok(profile) => profiles.push(profile),
            Err(error) => failures.push(error),
        }
    }
    if profiles.is_empty() {
        return Err(failures.into_iter().next().unwrap_or_else(|| {
            Error::new(
                ErrorKind::NotAProfile,
                "there is no .agprof file in this folder; record with `cargo alloc-guard profile`",
            )
        }));
    }
    let mut merged = Profile::merge(profiles)?;
    merged
        .warnings
        .extend(failures.into_iter().map(|error| Warning::FileLeftOut {
            error: error.to_string(),
        }));
    Ok(merged)
}

/// Reads the profile in `file`, whichever kind it is, and no other file: a function has a name only if `file` has it.
///
/// # Errors
/// If `file` cannot be read, is no profile, is damaged, or is of a version that is not known.
pub fn read(file: impl Read) -> Result<Profile, Error> {
    read_with(file, Lookup::Never)
}

fn read_with(mut file: impl Read, lookup: Lookup) -> Result<Profile, Error> {
    let symbols = Symbols::new(lookup);
    let mut head = Vec::new();
    file.by_ref()
        .take(64)
        .read_to_end(&mut head)
        .map_err(|error| Error::io(&error))?;
    match head.as_slice() {
        [] => Err(not_a_profile("the file is empty; record again")),
        head if head.starts_with(recorder::MAGIC) || recorder::MAGIC.starts_with(head) => {
            let mut whole = head.to_vec();
            file.read_to_end(&mut whole)
                .map_err(|error| Error::io(&error))?;
            recorder::read(&whole, symbols)
        }
        [0x1f, 0x8b, ..] => Err(not_a_profile(
            "compressed with gzip (a heaptrack file of version 1.3 or before?); unpack it if it holds a profile",
        )),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Err(not_a_profile(
            "compressed with zstd (a heaptrack file?); unpack it if it holds a profile",
        )),
        [0x7f, b'E', b'L', b'F', ..] => Err(not_a_profile(
            "an executable; run it with `cargo alloc-guard profile` and give what that writes",
        )),
        [1 | 2, ..] => bytehound::read(head.chain(file), symbols),
        text => {
            let start = text.trim_ascii_start();
            if start.starts_with(b"{\"version\"") {
                Err(not_a_profile(
                    "records of tests, which `cargo alloc-guard report` and `diff` read",
                ))
            } else if start.starts_with(b"{") {
                dhat::read(text.chain(file))
            } else if start.starts_with(b"<") {
                Err(not_a_profile("a page; give the profile that it was made from"))
            } else {
                Err(not_a_profile("not a profile"))
            }
        }
    }
    .map_err(|error| match error.kind() {
        ErrorKind::NotAProfile => error.with_remedy(KINDS),
        _ => error,
    })
}

/// What can be read.
pub(super) const KINDS: &str =
    "profiles are alloc-guard's .agprof, ByteHound's .dat and DHAT's JSON";

fn not_a_profile(what: &str) -> Error {
    Error::new(ErrorKind::NotAProfile, what)
}
