//! Owns the exit statuses, which are documented and stay.

use std::process::ExitCode;

use alloc_guard_core::report::{Gate, Totals};

/// What a command came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// Every test does what its attribute says.
    AsExpected,
    /// The build or the tool itself failed, or there was nothing to run.
    CouldNotRun,
    /// A test regressed, failed or had no guard.
    Failed,
    /// The command line is wrong.
    WrongUsage,
    /// A test improved, where `--strict` asks for what the attribute says and no less.
    Improved,
}

impl Status {
    /// What tests that came out like this come to.
    pub(crate) fn of(totals: &Totals, gate: Gate) -> Self {
        let failed = totals.regressed + totals.unstable + totals.failed + totals.unguarded;
        if failed > 0 || (gate.ci && totals.new > 0) {
            Self::Failed
        } else if gate.strict && totals.improved > 0 {
            Self::Improved
        } else {
            Self::AsExpected
        }
    }

    fn code(self) -> u8 {
        match self {
            Self::AsExpected => 0,
            Self::CouldNotRun => 1,
            Self::Failed => 2,
            Self::WrongUsage => 3,
            Self::Improved => 4,
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
    fn each_status_has_the_code_that_the_readme_documents() {
        for (status, code) in [
            (Status::AsExpected, 0),
            (Status::CouldNotRun, 1),
            (Status::Failed, 2),
            (Status::WrongUsage, 3),
            (Status::Improved, 4),
        ] {
            assert_eq!(status.code(), code);
            assert!(
                include_str!("../README.md").contains(&format!("| {code} |")),
                "{code} is missing in the README"
            );
        }
    }
}
