//! Owns the reading of records: damaged and newer ones are errors that name the place.

use std::{fmt, path::Path};

use super::{Record, VERSION};

/// Why a file of records could not be read.
#[derive(Debug)]
pub struct ReadError {
    place: String,
    what: String,
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}

impl std::error::Error for ReadError {}

/// The records in `text`, the content of the file `path`.
///
/// A last line without a line break is left out: its writer was killed half-way.
///
/// # Errors
/// If a line is no record, or one of a newer version, naming the file and the line.
pub fn read_records(path: &Path, text: &str) -> Result<Vec<Record>, ReadError> {
    #[derive(serde::Deserialize)]
    struct Version {
        version: u32,
    }

    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    let mut records = Vec::new();
    for (number, line) in (1..).zip(whole.lines()) {
        let fail = |what: String| ReadError {
            place: format!("{}:{number}", path.display()),
            what,
        };
        let damaged = |error: serde_json::Error| {
            fail(format!(
                "not a record: {error}; delete the file and run again"
            ))
        };
        let Version { version } = serde_json::from_str(line).map_err(damaged)?;
        if version > VERSION {
            return Err(fail(format!(
                "a record of version {version}, and this program reads up to {VERSION}: update cargo-alloc-guard"
            )));
        }
        records.push(serde_json::from_str(line).map_err(damaged)?);
    }
    Ok(records)
}
