//! Why the numbers of a profile may mislead.

use std::fmt;

/// Why the numbers of a profile may mislead. Shown as a banner, so it says what is the matter and what helps.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Warning {
    /// The file ends in the middle: the process did not end well, or the file was not copied whole.
    Truncated {
        /// Where, in bytes from its beginning.
        offset: u64,
    },
    /// Calls that could not be recorded.
    LostCalls(u64),
    /// Calls that were recorded without their stack.
    LostStacks(u64),
    /// Deallocations of blocks that were handed out before the recording began, or lost.
    UnknownFrees(u64),
    /// Blocks that were handed out at an address that was still live, so a deallocation is missing.
    MissedFrees(u64),
    /// Allocations that were taken out of the file (`bytehound strip`), which no sum includes.
    Stripped(u64),
    /// No frame has a name.
    NoSymbols {
        /// What would give names.
        remedy: String,
    },
    /// A module's names are left out.
    ModuleUnknown {
        /// The executable or library.
        module: String,
        /// Why: it is gone, or another build of it is there now.
        reason: String,
    },
    /// Not every call was recorded.
    Sampled {
        /// The mean number of bytes between two recorded calls.
        mean_bytes: u64,
        /// The standard error of the bytes allocated, in thousandths of them.
        error_permille: u64,
    },
    /// The file contains the process's environment, which may hold secrets.
    EnvironmentInFile,
    /// A file of the folder could not be read.
    FileLeftOut {
        /// Which, and why.
        error: String,
    },
    /// The recorder counted other totals than the file holds.
    CountedOtherwise {
        /// The allocations that the process counted.
        counted: u64,
        /// The allocations that are in the file.
        recorded: u64,
    },
}

impl Warning {
    /// Takes in what another process's warning says. Whether it is of the same kind, or the same.
    pub(super) fn absorbs(&mut self, other: &Self) -> bool {
        match (self, other) {
            (Self::LostCalls(sum), Self::LostCalls(more))
            | (Self::LostStacks(sum), Self::LostStacks(more))
            | (Self::UnknownFrees(sum), Self::UnknownFrees(more))
            | (Self::MissedFrees(sum), Self::MissedFrees(more))
            | (Self::Stripped(sum), Self::Stripped(more)) => {
                *sum = sum.saturating_add(*more);
                true
            }
            (known, other) => known == other,
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truncated { offset } => write!(
                f,
                "the file ends in the middle, at byte {offset}: the process was killed or crashed, \
                 and what it did last is missing; blocks live there are shown as leaked"
            ),
            Self::LostCalls(calls) => write!(f, "{} could not be recorded", count(*calls, "call")),
            Self::LostStacks(calls) => {
                write!(f, "{} without a stack", count(*calls, "recorded call"))
            }
            Self::UnknownFrees(calls) => write!(
                f,
                "{} of blocks that were handed out before the recording began",
                count(*calls, "deallocation")
            ),
            Self::MissedFrees(blocks) => write!(
                f,
                "{} at an address that was in use, so a deallocation is missing: taken as freed",
                count(*blocks, "allocation")
            ),
            Self::Stripped(allocations) => write!(
                f,
                "{} taken out of the file by `bytehound strip`, and in no sum",
                count(*allocations, "allocation")
            ),
            Self::NoSymbols { remedy } => write!(f, "no function has a name: {remedy}"),
            Self::ModuleUnknown { module, reason } => {
                write!(f, "no names for the functions of {module}: {reason}")
            }
            Self::Sampled {
                mean_bytes,
                error_permille,
            } => write!(
                f,
                "sampled: on average one call for every {} allocated, so totals are estimates (± {}.{} %)",
                count(*mean_bytes, "byte"),
                error_permille / 10,
                error_permille % 10
            ),
            Self::EnvironmentInFile => f.write_str(
                "the file contains the environment of the process, which may hold secrets: \
                 scrub it before you share it",
            ),
            Self::FileLeftOut { error } => write!(f, "left out: {error}"),
            Self::CountedOtherwise { counted, recorded } => write!(
                f,
                "the process counted {}, and the file has {recorded}",
                count(*counted, "allocation")
            ),
        }
    }
}

fn count(number: u64, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
}
