//! Why a profile could not be read.

use std::{
    fmt, io,
    path::{Path, PathBuf},
};

/// Why a profile could not be read: where, what is the matter, and what helps.
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    path: Option<PathBuf>,
    offset: Option<u64>,
    what: String,
}

/// What kind of error it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The system could not read the file.
    Io,
    /// The file is something else than a profile.
    NotAProfile,
    /// The file is a profile of a version that this program does not know.
    Version,
    /// The file contradicts itself.
    Damaged,
    /// The file holds more than this program can.
    TooLarge,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, what: impl Into<String>) -> Self {
        Self {
            kind,
            path: None,
            offset: None,
            what: what.into(),
        }
    }

    pub(crate) fn damaged(offset: u64, what: impl Into<String>) -> Self {
        Self::new(ErrorKind::Damaged, what).at(offset)
    }

    pub(crate) fn io(error: &io::Error) -> Self {
        Self::new(ErrorKind::Io, error.to_string())
    }

    pub(crate) fn too_large() -> Self {
        Self::new(
            ErrorKind::TooLarge,
            "more than 2^30 allocations; record a shorter run, or sample",
        )
    }

    pub(crate) fn at(mut self, offset: u64) -> Self {
        self.offset = Some(offset);
        self
    }

    pub(crate) fn of(mut self, path: &Path) -> Self {
        self.path = Some(path.to_owned());
        self
    }

    pub(crate) fn with_remedy(mut self, remedy: &str) -> Self {
        self.what.push_str("; ");
        self.what.push_str(remedy);
        self
    }

    /// What kind of error it is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Where in the file, in bytes from its beginning, if it is at one place.
    #[must_use]
    pub fn offset(&self) -> Option<u64> {
        self.offset
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(path) = &self.path {
            write!(f, "{}: ", path.display())?;
        }
        if let Some(offset) = self.offset {
            write!(f, "byte {offset}: ")?;
        }
        f.write_str(&self.what)
    }
}

impl std::error::Error for Error {}
