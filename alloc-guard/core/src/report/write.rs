//! Owns the writing of records: one file per process, one line per trial, appended whole, so that a
//! process that is killed leaves every line before it readable.

use std::{fs::OpenOptions, io::Write, path::PathBuf};

use super::{Record, to_json};

/// The variable that names the folder for records. Without it none are written.
pub(crate) const DIRECTORY: &str = "ALLOC_GUARD_DIR";

/// Appends a record where [`DIRECTORY`] says. A record that cannot be written is said on standard
/// error: it must not change what the test itself says.
pub(crate) fn append(record: &Record) {
    let Some(directory) = std::env::var_os(DIRECTORY).filter(|directory| !directory.is_empty())
    else {
        return;
    };
    let path =
        PathBuf::from(directory).join(format!("{}-{}.jsonl", record.binary, std::process::id()));
    let mut line = to_json(record);
    line.push('\n');
    let written = OpenOptions::new()
        .create(true)
        .append(true)
        .open(&path)
        .and_then(|mut file| file.write_all(line.as_bytes()));
    if let Err(error) = written {
        eprintln!(
            "alloc-guard: failed to write the record of {} to {}: {error}",
            record.name,
            path.display()
        );
    }
}
