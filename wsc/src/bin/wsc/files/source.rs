//! Owns what is read: files and standard input.

use std::{
    ffi::OsString,
    fmt,
    fs::File,
    io::{self, Read},
    path::PathBuf,
};

use crate::{failure::Failure, progress::Progress, status::Status};

/// Where a command reads from; `-` is standard input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Standard,
    File(PathBuf),
}

/// What is read from, and how long it says it is.
pub(crate) struct Input {
    pub(crate) reader: Box<dyn Read>,
    pub(crate) length: Option<u64>,
}

impl Source {
    /// All there is, of a file that is small.
    pub(crate) fn read(&self) -> Result<Vec<u8>, Failure> {
        let mut bytes = Vec::new();
        let read = self.open()?.reader.read_to_end(&mut bytes);
        read.map_err(|error| Failure::unreadable(self, &error))?;
        Ok(bytes)
    }

    /// All there is, of a file that may be large.
    pub(crate) fn read_with(&self, progress: &Progress) -> Result<Vec<u8>, Failure> {
        let Input { reader, length } = self.open()?;
        progress.begin("Reading", length);
        let mut bytes = Vec::new();
        let all = length.and_then(|length| usize::try_from(length).ok());
        let reserved = bytes.try_reserve_exact(all.unwrap_or_default());
        reserved
            .map_err(|_| io::ErrorKind::OutOfMemory.into())
            .and_then(|()| progress.watch(reader).read_to_end(&mut bytes))
            .map_err(|error| Failure::unreadable(self, &error))?;
        Ok(bytes)
    }

    /// A reader, for what must not be in memory as a whole.
    pub(crate) fn open(&self) -> Result<Input, Failure> {
        let Self::File(path) = self else {
            let reader = Box::new(io::stdin().lock());
            let length = None;
            return Ok(Input { reader, length });
        };
        let file = File::open(path).map_err(|error| Failure::unreadable(self, &error))?;
        let length = file.metadata().ok().map(|metadata| metadata.len());
        let reader = Box::new(file);
        Ok(Input { reader, length })
    }

    /// Standard input can be read once.
    pub(crate) fn check<'a>(sources: impl IntoIterator<Item = &'a Self>) -> Result<(), Failure> {
        let standard = sources
            .into_iter()
            .filter(|source| **source == Self::Standard);
        if standard.count() > 1 {
            return Err(Failure::new(
                Status::WrongUsage,
                "standard input can be read only once: name a file in place of one `-`",
            ));
        }
        Ok(())
    }
}

impl From<OsString> for Source {
    fn from(argument: OsString) -> Self {
        if argument == "-" {
            return Self::Standard;
        }
        Self::File(argument.into())
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Standard => f.write_str("standard input"),
            Self::File(path) => path.display().fmt(f),
        }
    }
}
