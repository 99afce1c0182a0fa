//! Owns the arguments of `report`.

use std::path::PathBuf;

use clap::{Args, ColorChoice};

use crate::format::Format;

pub(super) const EXAMPLES: &str = "\
Examples:
  cargo alloc-guard report                              the last run here, as a table
  cargo alloc-guard report --format markdown            for a comment on a pull request
  cargo alloc-guard report --format junit > guard.xml   for continuous integration
  cargo alloc-guard report --format json shards/        of record files from elsewhere";

/// What `report` takes.
#[derive(Args, Debug)]
pub(crate) struct ReportArguments {
    /// Record files, or folders that hold some; without them, the last run here.
    #[arg(value_name = "INPUT")]
    pub(crate) inputs: Vec<PathBuf>,
    /// The form of the report.
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    pub(crate) format: Format,
    /// When to colour.
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: ColorChoice,
    /// The workspace's or a package's `Cargo.toml`.
    #[arg(long, value_name = "PATH")]
    pub(crate) manifest_path: Option<PathBuf>,
    /// Where build output goes.
    #[arg(long, value_name = "DIRECTORY")]
    pub(crate) target_dir: Option<PathBuf>,
}
