//! Owns the arguments of `check`.

use std::{num::NonZeroUsize, path::PathBuf};

use clap::{Args, ColorChoice};

use super::CargoArguments;
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
    /// Run only tests with one of these texts in their name.
    #[arg(value_name = "FILTER")]
    pub(crate) filters: Vec<String>,
    /// The same as a positional FILTER.
    #[arg(long = "filter", value_name = "FILTER")]
    pub(crate) more_filters: Vec<String>,
    /// Run ignored tests too.
    #[arg(long, conflicts_with = "ignored")]
    pub(crate) include_ignored: bool,
    /// Run ignored tests only.
    #[arg(long)]
    pub(crate) ignored: bool,
    /// How many tests of a binary run at once.
    #[arg(long, value_name = "N")]
    pub(crate) test_threads: Option<NonZeroUsize>,
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
