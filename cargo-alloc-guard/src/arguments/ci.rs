//! Owns the arguments of `ci`: the three jobs of the workflow Memory Analysis.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::{CargoArguments, TestArguments};

pub(super) const HELP: &str = "\
The three together are the workflow Memory Analysis, and each runs anywhere:
  cargo alloc-guard ci verify
  cargo alloc-guard ci profile
  cargo alloc-guard ci summary

Each writes its artifacts below one folder, appends its summary to the file that GITHUB_STEP_SUMMARY names, if
one is named, and its outputs to that of GITHUB_OUTPUT. So that no secret comes into a file that is uploaded, test
processes are given none of the environment but what cargo and every program need and what `--env` names. Values of
variables that are called like secrets, and of those named, are masked all the same.";

const VERIFY: &str = "\
Examples:
  cargo alloc-guard ci verify
  cargo alloc-guard ci verify --base origin/main
  cargo alloc-guard ci verify --env DATABASE_URL -p codec

What it writes, in `allocation-guard-log` below the folder for artifacts:
  allocation_test.log   the table, and each failure with its source
  report.md             the summary
  records.jsonl         the run, for `report`, `merge` and `diff`
  result.json           what `ci summary` reads

Relevant are Rust files, `Cargo.toml`, `Cargo.lock`, `alloc-guard.toml`, the files that choose the compiler and set
cargo up, and the workflow. Where none of them differs from the base, the job passes at once and says so.

Exit status:
  0  as expected, or nothing relevant changed
  1  could not run
  2  a test regressed, failed, had no guard, or is not in its baseline
  3  wrong usage
  4  a test improved, under --strict";

const PROFILE: &str = "\
Examples:
  cargo alloc-guard ci profile
  cargo alloc-guard ci profile rekor                  the guarded tests with `rekor` in their name
  cargo alloc-guard ci profile --base origin/main     and what changed since
  cargo alloc-guard ci profile --bytehound lib/libbytehound.so --bytehound-sha256 5f70bf18a086...

The guarded tests run in release, on one thread. They are recorded by alloc-guard's own recorder, always, and then
by ByteHound, where its library is there and has the expected hash.

What it writes, below the folder for artifacts:
  bytehound-profiles    ByteHound's profiles without the environment, our own, report.html, allocations.json, and
                        diff.html where there is a base
  bytehound-test-logs   what the tests printed

Exit status:
  0  profiled, or nothing relevant changed
  1  could not run
  3  wrong usage";

const SUMMARY: &str = "\
Examples:
  cargo alloc-guard ci summary
  cargo alloc-guard ci summary artifacts --verify success --profile failure

It is the gate: it passes where both jobs ran to their end and no test regressed.

Exit status:
  0  the gate is open
  1  could not run
  2  the gate is closed
  3  wrong usage";

/// What `ci` takes.
#[derive(Args, Debug)]
pub(crate) struct CiArguments {
    #[command(subcommand)]
    pub(crate) job: CiCommand,
}

/// The jobs.
#[derive(Debug, Subcommand)]
pub(crate) enum CiCommand {
    /// Run every guarded test, and gate: 🔒 Allocation-Free Verification.
    #[command(after_help = VERIFY)]
    Verify(CiVerifyArguments),
    /// Profile the guarded tests, with ByteHound too: 📊 ByteHound Memory Profile.
    #[command(after_help = PROFILE)]
    Profile(CiProfileArguments),
    /// Put both together, and say what to do next: 📋 Summary.
    #[command(after_help = SUMMARY)]
    Summary(CiSummaryArguments),
    /// What cargo starts test binaries with while ByteHound profiles them.
    #[command(hide = true)]
    Attach(CiAttachArguments),
}

/// What the first two jobs take.
#[derive(Args, Debug)]
pub(crate) struct CiJobArguments {
    /// The revision to compare with (also: `ALLOC_GUARD_BASE`); without one, everything is relevant.
    #[arg(long, value_name = "REVISION")]
    pub(crate) base: Option<String>,
    /// The folder for artifacts [default: `target/alloc-guard/ci`].
    #[arg(short, long, value_name = "FOLDER")]
    pub(crate) output: Option<PathBuf>,
    /// A variable that tests need: they are given no other of the environment's.
    #[arg(long = "env", value_name = "NAME")]
    pub(crate) variables: Vec<String>,
}

/// What `ci verify` takes.
#[derive(Args, Debug)]
pub(crate) struct CiVerifyArguments {
    #[command(flatten)]
    pub(crate) tests: TestArguments,
    /// A test that no longer allocates fails until it is promoted (also: `ALLOC_GUARD_STRICT=1`).
    #[arg(long)]
    pub(crate) strict: bool,
    #[command(flatten)]
    pub(crate) job: CiJobArguments,
    #[command(flatten)]
    pub(crate) cargo: CargoArguments,
}

/// What `ci profile` takes.
#[derive(Args, Debug)]
pub(crate) struct CiProfileArguments {
    /// Profile only guarded tests with one of these texts in their name.
    #[arg(value_name = "FILTER")]
    pub(crate) filters: Vec<String>,
    /// ByteHound's library, `libbytehound.so` (also: `BYTEHOUND_LIBRARY`).
    #[arg(long, value_name = "FILE")]
    pub(crate) bytehound: Option<PathBuf>,
    /// The SHA-256 that it must have, or it is not used (also: `BYTEHOUND_SHA256`).
    #[arg(long, value_name = "HASH")]
    pub(crate) bytehound_sha256: Option<String>,
    #[command(flatten)]
    pub(crate) job: CiJobArguments,
    #[command(flatten)]
    pub(crate) cargo: CargoArguments,
}

/// What `ci summary` takes.
#[derive(Args, Debug)]
pub(crate) struct CiSummaryArguments {
    /// The folder with both jobs' artifacts [default: `target/alloc-guard/ci`].
    #[arg(value_name = "FOLDER")]
    pub(crate) artifacts: Option<PathBuf>,
    /// How the job that ran `ci verify` ended, as GitHub has it in `needs`.
    #[arg(long, value_name = "RESULT", value_enum)]
    pub(crate) verify: Option<JobEnd>,
    /// How the job that ran `ci profile` ended.
    #[arg(long, value_name = "RESULT", value_enum)]
    pub(crate) profile: Option<JobEnd>,
}

/// How a job ended, in GitHub's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum JobEnd {
    /// Every step passed
    Success,
    /// A step failed
    Failure,
    /// Somebody stopped it, or its time was up
    Cancelled,
    /// It did not run
    Skipped,
}

/// What the runner takes: how to attach, and then the test binary, which cargo adds.
#[derive(Args, Debug)]
pub(crate) struct CiAttachArguments {
    #[arg(value_name = "PLAN")]
    pub(crate) plan: PathBuf,
    #[arg(value_name = "BINARY")]
    pub(crate) binary: PathBuf,
}
