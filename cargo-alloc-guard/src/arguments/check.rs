//! Owns the arguments of `check`.

use std::{num::NonZeroUsize, path::PathBuf};

use clap::{Args, ColorChoice};

use super::{CargoArguments, TestArguments};
use crate::{format::Format, settings::Runner};

pub(super) const EXAMPLES: &str = "\
Examples:
  cargo alloc-guard check
  cargo alloc-guard check parse verify --test-threads 1
  cargo alloc-guard check --include-ignored --all-features
  cargo alloc-guard check -- --offline --lib";

/// What `check` takes.
#[derive(Args, Debug)]
pub(crate) struct CheckArguments {
    #[command(flatten)]
    pub(crate) tests: TestArguments,
    /// A test that no longer allocates fails until it is promoted (also: `ALLOC_GUARD_STRICT=1`).
    #[arg(long)]
    pub(crate) strict: bool,
    /// What starts the tests.
    #[arg(long, value_name = "RUNNER", value_enum, default_value_t)]
    pub(crate) runner: Runner,
    /// Run each test N times: one whose counts differ from run to run is unstable, and fails.
    #[arg(long, value_name = "N", default_value = "1")]
    pub(crate) repeat: NonZeroUsize,
    /// Write the run to this record file too, for `diff`, `merge` and `report`.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// The form of the table.
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    pub(crate) format: Format,
    /// When to colour.
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: ColorChoice,
    #[command(flatten)]
    pub(crate) cargo: CargoArguments,
}
