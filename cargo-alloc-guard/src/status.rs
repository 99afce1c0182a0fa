//! Owns the exit statuses, which are documented and stay.

use std::process::ExitCode;

use alloc_guard_core::report::{Gate, Totals};

/// What a command came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Status {
    /// Every test does what its attribute says.
    AsExpected = 0,
    /// The build or the tool itself failed, or there was nothing to run.
    CouldNotRun = 1,
    /// A test regressed, failed or had no guard.
    Failed = 2,
    /// The command line is wrong.
    WrongUsage = 3,
    /// A test improved, where `--strict` asks for what the attribute says and no less.
    Improved = 4,
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
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(status as u8)
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
            assert_eq!(status as u8, code);
            assert!(
                include_str!("../README.md").contains(&format!("| {code} |")),
                "{code} is missing in the README"
            );
        }
    }
}
