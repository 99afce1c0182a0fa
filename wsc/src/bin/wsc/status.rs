//! Owns the exit statuses, which are documented and stay.

use std::process::ExitCode;

/// What a command came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// Verified, or done.
    Done,
    /// What was read is not what it must be, or doing as told would destroy something.
    Refused,
    /// A file cannot be read or written, or a key file holds no usable key.
    CouldNotRun,
    /// The command line is wrong.
    WrongUsage,
}

impl Status {
    fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Refused => 1,
            Self::CouldNotRun => 2,
            Self::WrongUsage => 3,
        }
    }
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(status.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_status_has_the_code_that_is_documented() {
        for (status, code) in [
            (Status::Done, 0),
            (Status::Refused, 1),
            (Status::CouldNotRun, 2),
            (Status::WrongUsage, 3),
        ] {
            assert_eq!(status.code(), code);
        }
    }
}
