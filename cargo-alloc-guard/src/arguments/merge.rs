//! Owns the arguments of `merge`.

use std::path::PathBuf;

use clap::{Args, ColorChoice};

use crate::format::Format;

pub(super) const EXAMPLES: &str = "\
Examples:
  cargo alloc-guard merge shards/                          what the shards' artifacts were unpacked to
  cargo alloc-guard merge shards/ -o run.jsonl             and write one file, for `accept` and `diff`
  cargo alloc-guard merge linux.jsonl macos.jsonl          record files one by one
  cargo alloc-guard merge shards/ --format markdown        for the summary of a job

Exit status:
  as that of `check`, had one run measured everything";

/// What `merge` takes.
#[derive(Args, Debug)]
pub(crate) struct MergeArguments {
    /// Record files, and folders that hold some, however deep.
    #[arg(value_name = "INPUT", required = true)]
    pub(crate) inputs: Vec<PathBuf>,
    /// Write the whole run to this file.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// The form of the report.
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    pub(crate) format: Format,
    /// A test that no longer allocates fails until it is promoted (also: `ALLOC_GUARD_STRICT=1`).
    #[arg(long)]
    pub(crate) strict: bool,
    /// When to colour.
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: ColorChoice,
    /// The workspace's or a package's `Cargo.toml`, for sources.
    #[arg(long, value_name = "PATH")]
    pub(crate) manifest_path: Option<PathBuf>,
}
