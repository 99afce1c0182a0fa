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
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    (1..)
        .zip(whole.lines())
        .map(|(number, line)| read_record(path, number, line))
        .collect()
}

/// The record in `line`, which is the line `number` of the file `path`, counted from 1.
///
/// # Errors
/// If it is no record, or one of a newer version, naming the file and the line.
pub fn read_record(path: &Path, number: u64, line: &str) -> Result<Record, ReadError> {
    let what = match serde_json::from_str::<Record>(line) {
        Ok(record) if record.version <= VERSION => return Ok(record),
        Ok(record) => newer(record.version),
        // A newer version may well be what cannot be read.
        Err(error) => match serde_json::from_str::<Version>(line) {
            Ok(Version { version }) if version > VERSION => newer(version),
            _ => format!("not a record: {error}; delete the file and run again"),
        },
    };
    Err(ReadError {
        place: format!("{}:{number}", path.display()),
        what,
    })
}

#[derive(serde::Deserialize)]
struct Version {
    version: u32,
}

fn newer(version: u32) -> String {
    format!(
        "a record of version {version}, and this program reads up to {VERSION}: update cargo-alloc-guard"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::to_json;

    fn line() -> String {
        to_json(&Record {
            version: VERSION,
            name: "m::größe".to_owned(),
            held: true,
            ..Record::default()
        })
    }

    #[test]
    fn what_is_written_is_read_and_an_unfinished_last_line_left_out() {
        let line = line();
        let text = format!("{line}\n{line}\r\n{}", &line[..40]);
        let records = read_records(Path::new("x"), &text).unwrap();
        assert_eq!(records.len(), 2);
        for record in records {
            assert_eq!(to_json(&record), line);
        }
    }

    #[test]
    fn a_line_cut_anywhere_is_damaged_and_named() {
        let line = line();
        for end in (0..line.len()).filter(|end| line.is_char_boundary(*end)) {
            let error = read_record(Path::new("a/b.jsonl"), 7, &line[..end]).unwrap_err();
            let text = error.to_string();
            assert!(text.starts_with("a/b.jsonl:7: not a record: "), "{text}");
            assert!(text.ends_with("; delete the file and run again"), "{text}");
        }
    }

    #[test]
    fn fields_of_later_days_are_passed_over_and_missing_ones_are_not() {
        let read = |text: &str| read_record(Path::new("x"), 1, text);
        let line = line();
        assert!(read(&line.replace("{\"version\"", "{\"later\":[{}],\"version\"")).is_ok());
        assert!(read(&line.replace("\"held\":true,", "")).is_ok_and(|record| !record.held));
        assert!(read(&line.replace("\"outcome\":\"as_expected\",", "")).is_err());
        assert!(read(&line.replace("as_expected", "as_it_pleases")).is_err());
    }

    #[test]
    fn a_newer_version_asks_for_an_update_whether_or_not_it_can_be_read() {
        for text in [
            line().replace("\"version\":1", "\"version\":2"),
            "{\"version\":2}".to_owned(),
        ] {
            let error = read_record(Path::new("x"), 1, &text).unwrap_err();
            assert!(
                error.to_string().contains("update cargo-alloc-guard"),
                "{error}"
            );
        }
    }
}
