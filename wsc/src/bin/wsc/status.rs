//! Owns the exit statuses, which are documented and stay.

use std::process::ExitCode;

/// What a command came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Status {
    /// Verified, or done.
    Done = 0,
    /// What was read is not what it must be, or doing as told would destroy something.
    Refused = 1,
    /// A file cannot be read or written, or a key file holds no usable key.
    CouldNotRun = 2,
    /// The command line is wrong.
    WrongUsage = 3,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(status as u8)
    }
}
