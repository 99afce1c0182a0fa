//! A profile: what a process was, and what it allocated.

use std::{fmt, time::Duration};

use super::{
    allocations::Allocations,
    stacks::{StackId, Stacks},
    strings::Strings,
    sums::Sums,
};

/// What wrote a profile.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// alloc-guard's own recorder.
    #[default]
    Recorder,
    /// ByteHound.
    Bytehound,
    /// Valgrind's DHAT or the crate dhat.
    Dhat,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Recorder => "alloc-guard",
            Self::Bytehound => "ByteHound",
            Self::Dhat => "DHAT",
        })
    }
}

/// How the profiled program was built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BuildProfile {
    /// With debug assertions.
    Debug,
    /// Without.
    Release,
}

/// A thread.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Thread {
    /// As the file numbers it, or as the system does.
    pub id: u64,
    /// Its name, with the process before it where a profile holds several; may be empty.
    pub name: String,
}

/// A thread of a [`Profile`]: its place in [`Profile::threads`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ThreadId(pub u32);

/// An operation of a [`Profile`]: its place in [`Profile::operations`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OperationId(pub u32);

/// A context of a [`Profile`]: its place in [`Profile::contexts`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContextId(pub u32);

impl ContextId {
    /// Outside of every operation.
    pub const NONE: Self = Self(0);
}

/// A stretch of a trial.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// Outside of any.
    #[default]
    Outside,
    /// Fixtures are built.
    Init,
    /// Allocator calls are counted.
    Locked,
    /// The return value and fixtures are dropped.
    After,
    /// The body runs unlocked, so that what is initialised once is.
    WarmUp,
}

/// What a thread was doing when it allocated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Context {
    /// Which guarded test it ran, if any.
    pub operation: Option<OperationId>,
    /// Which stretch of it.
    pub phase: Phase,
}

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

/// What a file says of a process's allocations.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Data {
    /// Every one of them.
    Allocations(Box<Allocations>),
    /// Sums of each stack, in the order of the stacks, each stack once; neither times nor threads nor temporary ones.
    Sums(Vec<(StackId, Sums)>),
}

impl Default for Data {
    fn default() -> Self {
        Self::Allocations(Box::default())
    }
}

/// What one process allocated, or several of one run.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Profile {
    /// What wrote the file.
    pub origin: Origin,
    /// The executable's path, as the file has it; of several processes all, sorted, with `, ` between.
    pub program: String,
    /// The process's number; 0 if it is not known, or several.
    pub process_id: u64,
    /// Since 1970; `None` if it is not known.
    pub started: Option<Duration>,
    /// From the start to the end, in nanoseconds; 0 if it is not known.
    pub duration_ns: u64,
    /// The target triple or architecture; empty if it is not known.
    pub target: String,
    /// `None` if it is not known.
    pub build_profile: Option<BuildProfile>,
    /// What the numbers do not say of themselves.
    pub warnings: Vec<Warning>,
    /// The names and paths of the frames.
    pub strings: Strings,
    /// Frames and stacks.
    pub stacks: Stacks,
    /// Threads, in the order in which they first appear.
    pub threads: Vec<Thread>,
    /// The names of the operations, as the harness has them: `module::test`.
    pub operations: Vec<String>,
    /// What threads were doing; the first is [`ContextId::NONE`].
    pub contexts: Vec<Context>,
    /// Deallocations of blocks that the file does not know.
    pub unknown_frees: u64,
    /// The allocations, or their sums.
    pub data: Data,
}

impl Default for Profile {
    fn default() -> Self {
        Self {
            origin: Origin::default(),
            program: String::new(),
            process_id: 0,
            started: None,
            duration_ns: 0,
            target: String::new(),
            build_profile: None,
            warnings: Vec::new(),
            strings: Strings::default(),
            stacks: Stacks::default(),
            threads: Vec::new(),
            operations: Vec::new(),
            contexts: vec![Context::default()],
            unknown_frees: 0,
            data: Data::default(),
        }
    }
}

impl Profile {
    /// The allocations, if the file has them one by one.
    #[must_use]
    pub fn allocations(&self) -> Option<&Allocations> {
        match &self.data {
            Data::Allocations(allocations) => Some(allocations),
            Data::Sums(_) => None,
        }
    }
}
