//! Owns a run that was put together from record files: in memory where it is small, else in a file that
//! is read again each time.

use std::{
    borrow::Cow,
    io::{BufWriter, IntoInnerError, Write as _},
    path::{Path, PathBuf},
};

use alloc_guard_core::report::read_record;
use anyhow::{Context as _, Result};
use tempfile::TempPath;

use super::{
    line::Line,
    read::RecordLines,
    replace::{Replacement, temporary},
};
use crate::records::{Iter, Records};

/// A run.
#[derive(Debug)]
pub(crate) struct RunFile {
    lines: Lines,
    count: u64,
}

#[derive(Debug)]
enum Lines {
    Held(Vec<Box<str>>),
    /// Gone with this run, unless it is saved.
    Temporary(TempPath),
    Saved(PathBuf),
}

impl RunFile {
    /// Keeps lines in memory.
    pub(super) fn held(lines: impl Iterator<Item = Result<Line>>) -> Result<Self> {
        let lines: Vec<_> = lines
            .map(|line| line.map(|line| line.text))
            .collect::<Result<_>>()?;
        Ok(Self {
            count: lines.len() as u64,
            lines: Lines::Held(lines),
        })
    }

    /// Keeps lines in a temporary file in this folder.
    pub(super) fn temporary(
        lines: impl Iterator<Item = Result<Line>>,
        folder: &Path,
    ) -> Result<Self> {
        let writing = || format!("failed to write a temporary file in {}", folder.display());
        let mut out = BufWriter::new(temporary(folder, None).with_context(writing)?);
        let mut count = 0;
        for line in lines {
            writeln!(out, "{}", line?.text).with_context(writing)?;
            count += 1;
        }
        let file = out
            .into_inner()
            .map_err(IntoInnerError::into_error)
            .with_context(writing)?;
        Ok(Self {
            lines: Lines::Temporary(file.into_temp_path()),
            count,
        })
    }

    /// How many records it has.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// Writes the run to a file, whole or not at all. A temporary file lies in the folder of
    /// [`folder_for`](super::replace::folder_for) already.
    pub(super) fn save(self, path: &Path) -> Result<Self> {
        let lines = match self.lines {
            Lines::Held(lines) => {
                let replacement = Replacement::write(path, |out| {
                    lines.iter().try_for_each(|line| writeln!(out, "{line}"))?;
                    Ok(())
                })?;
                replacement.commit()?;
                Lines::Held(lines)
            }
            Lines::Temporary(file) => Lines::Saved(Replacement::of(file, path)?.commit()?),
            saved @ Lines::Saved(_) => saved,
        };
        Ok(Self { lines, ..self })
    }
}

impl Records for RunFile {
    fn open(&self) -> Result<Iter<'_>> {
        let path: &Path = match &self.lines {
            Lines::Held(lines) => {
                let records = (1..).zip(lines).map(|(number, line)| {
                    let record = read_record(Path::new("the run"), number, line)?;
                    Ok(Cow::Owned(record))
                });
                return Ok(Box::new(records));
            }
            Lines::Temporary(path) => path,
            Lines::Saved(path) => path,
        };
        let mut lines = Some(RecordLines::open(path)?);
        Ok(Box::new(std::iter::from_fn(move || {
            let next = lines.as_mut()?.next().transpose()?;
            let record = next.map(|(_, record)| Cow::Owned(record));
            if record.is_err() {
                lines = None;
            }
            Some(record)
        })))
    }
}
