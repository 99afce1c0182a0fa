//! Owns the one line that says why a command did not do what it was asked for.

use std::{fmt, io};

use wsc::{Error, ErrorKind};

use crate::status::Status;

/// Why a command ended early.
#[derive(Debug)]
pub(crate) struct Failure {
    status: Status,
    message: String,
}

impl Failure {
    /// What was read at `place` is not what it must be.
    pub(crate) fn refused(place: impl fmt::Display, error: Error) -> Self {
        let remedy = remedy(error.kind());
        Self::new(Status::Refused, format!("{place}: {error}{remedy}"))
    }

    /// `place` holds no key, or none that can be used.
    pub(crate) fn unusable(place: impl fmt::Display, error: Error) -> Self {
        let remedy = remedy(error.kind());
        Self::new(
            Status::CouldNotRun,
            format!("failed to read {place}: {error}{remedy}"),
        )
    }

    /// `place` cannot be read.
    pub(crate) fn unreadable(place: impl fmt::Display, error: &io::Error) -> Self {
        Self::new(
            Status::CouldNotRun,
            format!("failed to read {place}: {error}"),
        )
    }

    /// `place` cannot be written.
    pub(crate) fn unwritable(place: impl fmt::Display, error: &io::Error) -> Self {
        Self::new(
            Status::CouldNotRun,
            format!("failed to write {place}: {error}"),
        )
    }

    /// Anything else.
    pub(crate) fn new(status: Status, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { status, message }
    }

    pub(crate) const fn status(&self) -> Status {
        self.status
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// What helps, where something does.
fn remedy(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::UnknownKey => "; `wsc show` lists the ids of the keys that signed",
        ErrorKind::EncryptedKey => "; decrypt it first, an OpenSSH key with `ssh-keygen -p`",
        ErrorKind::PartCountMismatch => "; `wsc show` lists the parts and what is signed",
        ErrorKind::AlreadySigned => "; `wsc detach` takes it out",
        ErrorKind::BufferTooSmall => "; this command has room for 4 MiB",
        ErrorKind::NoDelimiter => "; `wsc split` puts one there, before the module is signed",
        _ => "",
    }
}
