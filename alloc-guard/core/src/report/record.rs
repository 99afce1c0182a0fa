//! Owns the record of one trial: the format that test processes write and the command line reads.

use crate::{backtrace::symbolize::Frame, expect::Promise, tally::Tally};

/// The version of the record format that this crate writes.
pub const VERSION: u32 = 1;

/// How a trial came out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "read", derive(serde::Deserialize))]
#[cfg_attr(feature = "read", serde(rename_all = "snake_case"))]
pub enum Outcome {
    /// It does what its attribute says.
    #[default]
    AsExpected,
    /// It promised to allocate and does so no longer.
    Improved,
    /// It breaks its promise or a budget.
    Regressed,
    /// The body or a fixture panicked.
    Panicked,
    /// The body returned an error, or never ran.
    Failed,
    /// `#[should_panic]`, and it did not.
    DidNotPanic,
    /// The guard is not this binary's allocator.
    NotInstalled,
    /// `#[ignore]`.
    Ignored,
}

impl Outcome {
    /// The word for it in record files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AsExpected => "as_expected",
            Self::Improved => "improved",
            Self::Regressed => "regressed",
            Self::Panicked => "panicked",
            Self::Failed => "failed",
            Self::DidNotPanic => "did_not_panic",
            Self::NotInstalled => "not_installed",
            Self::Ignored => "ignored",
        }
    }

    /// Whether the test fails. An improvement does only where `strict` is asked for.
    #[must_use]
    pub const fn is_failure(self, strict: bool) -> bool {
        match self {
            Self::AsExpected | Self::Ignored => false,
            Self::Improved => strict,
            Self::Regressed
            | Self::Panicked
            | Self::Failed
            | Self::DidNotPanic
            | Self::NotInstalled => true,
        }
    }
}

/// A place in the user's code, with all calls that were made from it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "read", derive(serde::Deserialize))]
pub struct Site {
    /// The function, as short as it is clear: `Keyring::ids`.
    pub function: String,
    /// The source file, relative to the workspace; empty if unknown.
    pub file: String,
    /// The line, from 1; 0 if unknown.
    pub line: u32,
    /// The column, from 1; 0 if unknown.
    pub column: u32,
    /// The std function through which the allocator was called; empty if none.
    pub via: String,
    /// The outermost frame of the user's, as `name (file:line)`; empty if it is the site itself.
    pub called_from: String,
    /// No frame of the stack was the user's: this is a dependency's code.
    pub in_dependency: bool,
    /// Allocations made here.
    pub allocations: u64,
    /// Bytes they asked for.
    pub bytes: u64,
    /// Deallocations made here, where they are recorded.
    pub deallocations: u64,
    /// Requests made here that the allocator refused.
    pub failed: u64,
    /// Blocks allocated here that stayed live, where they are tracked.
    pub leaked_blocks: u64,
    /// Their bytes.
    pub leaked_bytes: u64,
    /// One stack that leads here, innermost frame first, without the allocator and the harness.
    pub frames: Vec<Frame>,
}

/// What happened at a site that the test permits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "read", derive(serde::Deserialize))]
pub struct PermittedCalls {
    /// The path that the attribute names.
    pub path: String,
    /// The reason that the attribute gives.
    pub reason: String,
    /// Allocations that were not counted.
    pub allocations: u64,
    /// Bytes they asked for.
    pub bytes: u64,
}

/// What one trial found.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "read", derive(serde::Deserialize))]
pub struct Record {
    /// The version of the format.
    pub version: u32,
    /// The test's name as the harness has it: `module::test`.
    pub name: String,
    /// What it is called in reports.
    pub title: String,
    /// The cargo package it belongs to.
    pub package: String,
    /// The test binary, without the hash that cargo appends.
    pub binary: String,
    /// Where the test stands.
    pub file: String,
    /// Its line there.
    pub line: u32,
    /// What the attribute promises.
    pub promise: Promise,
    /// `debug` or `release`.
    pub profile: String,
    /// `thread` or `process`.
    pub scope: String,
    /// How it came out.
    pub outcome: Outcome,
    /// What broke, one line each.
    pub reasons: Vec<String>,
    /// The text of a panic, an error or an `#[ignore]`.
    pub message: String,
    /// What the init phase asked of the allocator.
    pub init: Tally,
    /// What the locked phase asked of the allocator.
    pub locked: Tally,
    /// Where, worst first.
    pub sites: Vec<Site>,
    /// What was permitted.
    pub permitted: Vec<PermittedCalls>,
    /// Calls whose stack could not be kept.
    pub dropped: u64,
    /// Allocations on other threads meanwhile, which the scope `thread` does not count; 0 also where
    /// nobody can tell them from other tests'.
    #[cfg_attr(feature = "read", serde(default))]
    pub elsewhere: u64,
    /// What a reader should know besides.
    pub notes: Vec<String>,
    /// How long the run took, in nanoseconds.
    pub nanoseconds: u64,
}

impl Record {
    /// Allocations that count: those of the locked phase without the permitted ones.
    #[must_use]
    pub fn allocations(&self) -> u64 {
        let permitted: u64 = self
            .permitted
            .iter()
            .map(|permitted| permitted.allocations)
            .sum();
        self.locked.allocations().saturating_sub(permitted)
    }

    /// What to call the test before a reader: its title, else its name.
    #[must_use]
    pub fn heading(&self) -> &str {
        if self.title.is_empty() {
            &self.name
        } else {
            &self.title
        }
    }
}
