//! Which kind of profile a file is, told by what is in it.

use std::{
    fs::File,
    io::{BufReader, Read},
    path::Path,
};

use super::{bytehound, recorder};
use crate::{
    error::{Error, ErrorKind},
    model::Profile,
    symbols::Symbols,
};

/// Reads the profile in the file `path`, whichever kind it is.
///
/// # Errors
/// If the file cannot be read, is no profile, is damaged, or is of a version that is not known.
pub fn open(path: &Path) -> Result<Profile, Error> {
    let file = File::open(path).map_err(|error| Error::io(&error).of(path))?;
    read(BufReader::new(file)).map_err(|error| error.of(path))
}

/// Reads the profile in `file`, whichever kind it is.
///
/// # Errors
/// If `file` cannot be read, is no profile, is damaged, or is of a version that is not known.
pub fn read(mut file: impl Read) -> Result<Profile, Error> {
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
            recorder::read(&whole, Symbols::default())
        }
        [1 | 2, ..] => bytehound::read(head.chain(file)),
        _ => Err(not_a_profile("not a profile")),
    }
}

fn not_a_profile(what: &str) -> Error {
    Error::new(ErrorKind::NotAProfile, what)
}
