//! Owns the reading of a record file, line by line: any size of file, and a bounded size of line.

use std::{
    fs::File,
    io::{BufRead, BufReader, Read as _},
    path::{Path, PathBuf},
};

use alloc_guard_core::report::{Record, read_record};
use anyhow::{Context as _, Result, bail};

/// A longer line is none that a test wrote: a test's stacks come to some hundred kilobytes at most.
const LONGEST_LINE: u64 = 16 << 20;

const REMEDY: &str = "delete the file and run again";

/// The lines of a record file.
#[derive(Debug)]
pub(super) struct RecordLines<R> {
    source: R,
    path: PathBuf,
    number: u64,
    bytes: Vec<u8>,
}

impl RecordLines<BufReader<File>> {
    /// Opens a file.
    ///
    /// # Errors
    /// If it cannot be opened.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let file =
            File::open(path).with_context(|| format!("failed to read {}", path.display()))?;
        Ok(Self::new(BufReader::with_capacity(1 << 16, file), path))
    }
}

impl<R: BufRead> RecordLines<R> {
    pub(super) fn new(source: R, path: &Path) -> Self {
        Self {
            source,
            path: path.to_owned(),
            number: 0,
            bytes: Vec::new(),
        }
    }

    /// The next record, and its line as it stands there; `None` at the end. A last line without a line
    /// break is left out: its writer was killed half-way.
    ///
    /// # Errors
    /// If the file cannot be read, or the line is no record that this program knows, naming both.
    pub(super) fn next(&mut self) -> Result<Option<(&str, Record)>> {
        self.number += 1;
        self.bytes.clear();
        (&mut self.source)
            .take(LONGEST_LINE + 1)
            .read_until(b'\n', &mut self.bytes)
            .with_context(|| format!("failed to read {}", self.path.display()))?;
        let Some(line) = self.bytes.strip_suffix(b"\n") else {
            if self.bytes.len() as u64 > LONGEST_LINE {
                bail!(
                    "{}:{}: not a record: the line is longer than {} MiB; {REMEDY}",
                    self.path.display(),
                    self.number,
                    LONGEST_LINE >> 20
                );
            }
            return Ok(None);
        };
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let Ok(line) = std::str::from_utf8(line) else {
            bail!(
                "{}:{}: not a record: the line is not UTF-8; {REMEDY}",
                self.path.display(),
                self.number
            );
        };
        let record = read_record(&self.path, self.number, line)?;
        Ok(Some((line, record)))
    }
}

#[cfg(test)]
mod tests {
    use alloc_guard_core::report::{VERSION, to_json};

    use super::*;

    fn line(name: &str) -> String {
        to_json(&Record {
            version: VERSION,
            name: name.to_owned(),
            ..Record::default()
        })
    }

    /// The names in a file, or what is wrong with it.
    fn read(bytes: &[u8]) -> Result<Vec<String>, String> {
        let mut lines = RecordLines::new(bytes, Path::new("a/b.jsonl"));
        let mut names = Vec::new();
        loop {
            match lines.next() {
                Ok(Some((_, record))) => names.push(record.name),
                Ok(None) => return Ok(names),
                Err(error) => return Err(format!("{error:#}")),
            }
        }
    }

    #[test]
    fn whole_lines_are_read_and_an_unfinished_last_one_is_left_out() {
        let (a, b) = (line("a"), line("b"));
        for (text, expected) in [
            (String::new(), vec![]),
            (a.clone(), vec![]),
            (format!("{a}\n"), vec!["a"]),
            (format!("{a}\r\n{b}\r\n"), vec!["a", "b"]),
            (format!("{a}\n{b}"), vec!["a"]),
            (format!("{a}\n{}", &b[..20]), vec!["a"]),
        ] {
            assert_eq!(read(text.as_bytes()).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn damage_is_named_with_file_line_and_remedy() {
        let good = line("a");
        let half = &good[..good.len() / 2];
        for (bytes, number, expected) in [
            (b"\n".to_vec(), 1, "not a record: "),
            (format!("{good}\n\n").into_bytes(), 2, "not a record: "),
            (
                format!("{half}\n{good}\n").into_bytes(),
                1,
                "not a record: ",
            ),
            (format!("{half}{good}\n").into_bytes(), 1, "not a record: "),
            (format!("{good}{good}\n").into_bytes(), 1, "not a record: "),
            (b"null\n[]\n".to_vec(), 1, "not a record: "),
            (b"\x1f\x8b\x08\0\n".to_vec(), 1, "not UTF-8"),
            ([good.as_bytes(), b"\n\xff\n"].concat(), 2, "not UTF-8"),
            (
                vec![0; 100].into_iter().chain(*b"\n").collect(),
                1,
                "not a record: ",
            ),
            (
                "[".repeat(100_000)
                    .into_bytes()
                    .into_iter()
                    .chain(*b"\n")
                    .collect(),
                1,
                "not a record: ",
            ),
        ] {
            let error = read(&bytes).unwrap_err();
            assert!(
                error.starts_with(&format!("a/b.jsonl:{number}: ")),
                "{error}"
            );
            assert!(error.contains(expected), "{error}");
            assert!(error.ends_with(REMEDY), "{error}");
        }
        let newer = good.replace("\"version\":1", "\"version\":9");
        let error = read(format!("{newer}\n").as_bytes()).unwrap_err();
        assert!(error.contains("update cargo-alloc-guard"), "{error}");
    }

    #[test]
    fn the_longest_line_is_read_and_a_longer_one_is_an_error_with_or_without_an_end() {
        let good = line("a");
        let filler = usize::try_from(LONGEST_LINE).unwrap() - good.len();
        let longest = format!("{good}{}", " ".repeat(filler));
        // The line break stands beside it.
        assert_eq!(
            read(format!("{}\n", &longest[1..].replacen('"', "{\"", 1)).as_bytes()).unwrap(),
            ["a"]
        );
        for end in ["", "\n"] {
            let error = read(format!("{longest} {end}").as_bytes()).unwrap_err();
            assert!(error.contains("longer than 16 MiB"), "{error}");
        }
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let error = RecordLines::open(Path::new("/no/such/file.jsonl")).unwrap_err();
        assert_eq!(error.to_string(), "failed to read /no/such/file.jsonl");
    }
}
