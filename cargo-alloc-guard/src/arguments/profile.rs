//! Owns the arguments of `profile`.

use std::{num::NonZeroU64, path::PathBuf};

use clap::Args;

use super::{CargoArguments, TestArguments};

pub(super) const EXAMPLES: &str = "\
Examples:
  cargo alloc-guard profile
  cargo alloc-guard profile parse --release
  cargo alloc-guard profile -p codec --test-threads 1
  cargo alloc-guard profile --sample 524288 -- --test server

Every test binary that links the guard is recorded, with or without guarded tests: all calls of the
allocator, with their stacks and times, in one file for each process.";

/// What `profile` takes.
#[derive(Args, Debug)]
pub(crate) struct ProfileArguments {
    #[command(flatten)]
    pub(crate) tests: TestArguments,
    /// Record one byte of so many, on average, instead of every call: for what runs for hours.
    #[arg(long, value_name = "BYTES")]
    pub(crate) sample: Option<NonZeroU64>,
    /// Record the stacks of deallocations too.
    #[arg(long)]
    pub(crate) deallocations: bool,
    /// Write into this folder instead of `target/alloc-guard/profile`. Earlier profiles in it are removed.
    #[arg(short, long, value_name = "FOLDER")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) cargo: CargoArguments,
}
