//! Owns the record of one trial: the format that test processes write and the command line reads.

use std::path::Path;

use crate::{
    backtrace::symbolize::Frame,
    baseline::{Counts, Held},
    expect::Promise,
    tally::Tally,
};

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
    /// It asks for less than its baseline, or for nothing where it promised to allocate.
    Improved,
    /// It has no entry in its package's baseline.
    New,
    /// It breaks its promise or a budget, or asks for more than its baseline.
    Regressed,
    /// Its counts differ from run to run of the same binary.
    Unstable,
    /// The body or a fixture panicked.
    Panicked,
    /// The body returned an error, or never ran.
    Failed,
    /// `#[should_panic]`, and it did not.
    DidNotPanic,
    /// The guard is not this binary's allocator.
    NotInstalled,
    /// It was to run, and nothing is known of it.
    Unreported,
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
            Self::New => "new",
            Self::Regressed => "regressed",
            Self::Unstable => "unstable",
            Self::Panicked => "panicked",
            Self::Failed => "failed",
            Self::DidNotPanic => "did_not_panic",
            Self::NotInstalled => "not_installed",
            Self::Unreported => "unreported",
            Self::Ignored => "ignored",
        }
    }

    /// Whether the test fails.
    #[must_use]
    pub const fn is_failure(self, gate: Gate) -> bool {
        match self {
            Self::AsExpected | Self::Ignored => false,
            Self::Improved => gate.strict,
            Self::New => gate.ci,
            Self::Regressed
            | Self::Unstable
            | Self::Panicked
            | Self::Failed
            | Self::DidNotPanic
            | Self::NotInstalled
            | Self::Unreported => true,
        }
    }
}

/// What fails besides what always does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gate {
    /// An improvement fails: `ALLOC_GUARD_STRICT=1`.
    pub strict: bool,
    /// A test without an entry in its package's baseline fails: `CI` is set.
    pub ci: bool,
}

impl Gate {
    /// What this process's environment asks for. A variable that is empty, `0` or `false` is not set.
    #[must_use]
    pub fn from_environment() -> Self {
        let is_set = |variable| {
            std::env::var_os(variable)
                .is_some_and(|value| !value.is_empty() && value != "0" && value != "false")
        };
        Self {
            strict: is_set("ALLOC_GUARD_STRICT"),
            ci: is_set("CI"),
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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "read", derive(serde::Deserialize))]
pub struct Record {
    /// The version of the format.
    pub version: u32,
    /// The test's name as the harness has it: `module::test`.
    pub name: String,
    /// What it is called in reports.
    pub title: String,
    /// Its module's path, with the crate's name: `hot_paths::codec`.
    #[cfg_attr(feature = "read", serde(default))]
    pub module: String,
    /// The cargo package it belongs to.
    pub package: String,
    /// The test binary, without the hash that cargo appends.
    pub binary: String,
    /// Where the test stands.
    pub file: String,
    /// Its line there.
    pub line: u32,
    /// What the attribute promises; `None` where the test left no record of its own.
    pub promise: Option<Promise>,
    /// The attribute leaves open how much, so the test is held to its package's baseline, if it has one.
    #[cfg_attr(feature = "read", serde(default))]
    pub held: bool,
    /// `debug` or `release`.
    pub profile: String,
    /// The target's triple.
    #[cfg_attr(feature = "read", serde(default))]
    pub target: String,
    /// The compiler's version: `1.96.0`.
    #[cfg_attr(feature = "read", serde(default))]
    pub toolchain: String,
    /// The package's features, joined by commas; `None` where nobody knew them.
    #[cfg_attr(feature = "read", serde(default))]
    pub features: Option<String>,
    /// The test binary's path.
    #[cfg_attr(feature = "read", serde(default))]
    pub executable: String,
    /// `thread` or `process`.
    pub scope: String,
    /// How it came out.
    pub outcome: Outcome,
    /// What broke or improved, one line each.
    pub reasons: Vec<String>,
    /// What it was held to, if its package has a baseline with an entry for it.
    #[cfg_attr(feature = "read", serde(default))]
    pub baseline: Option<Held>,
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
    /// When it ended, in milliseconds since 1970.
    #[cfg_attr(feature = "read", serde(default))]
    pub unix_milliseconds: u64,
}

/// The name of a test binary without the hash that cargo appends to it.
#[must_use]
pub fn binary_name(executable: &Path) -> String {
    let stem = executable.file_stem().unwrap_or_default().to_string_lossy();
    match stem.rsplit_once('-') {
        Some((name, hash)) if hash.len() == 16 && hash.bytes().all(|b| b.is_ascii_hexdigit()) => {
            name.to_owned()
        }
        _ => stem.into_owned(),
    }
}

impl Record {
    /// Allocations that count: those of the locked phase without the permitted ones.
    #[must_use]
    pub fn allocations(&self) -> u64 {
        self.counts().allocations
    }

    /// What a baseline holds of it: the locked phase without what is permitted.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let permitted = |of: fn(&PermittedCalls) -> u64| self.permitted.iter().map(of).sum();
        Counts {
            allocations: self
                .locked
                .allocations()
                .saturating_sub(permitted(|calls| calls.allocations)),
            bytes: self
                .locked
                .bytes
                .saturating_sub(permitted(|calls| calls.bytes)),
            peak_bytes: self.locked.peak_bytes,
        }
    }

    /// The compilers of baseline and run, if the test's counts moved and the compiler did, too.
    #[must_use]
    pub fn moved_with_toolchain(&self) -> Option<(&str, &str)> {
        let held = self.baseline.as_ref()?;
        let then = held.circumstances.toolchain.as_str();
        let moved = matches!(self.outcome, Outcome::Regressed | Outcome::Improved)
            && self.counts() != held.counts;
        (moved && !then.is_empty() && then != self.toolchain).then_some((then, &self.toolchain))
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
