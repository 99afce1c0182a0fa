//! A profile: what a process was, and what it allocated.

use std::{fmt, time::Duration};

use super::{
    allocations::Allocations,
    context::{Context, Thread},
    stacks::{StackId, Stacks},
    strings::Strings,
    sums::Sums,
    warning::Warning,
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
    /// What threads were doing; the first is [`ContextId::NONE`](super::ContextId::NONE).
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
