//! Owns the arguments of `init`.

use std::path::PathBuf;

use clap::{Args, ColorChoice};

pub(super) const HELP: &str = "\
It adds what is missing and changes nothing that is there:
  alloc-guard in the package's `[dev-dependencies]`
  tests/alloc_guard.rs, a first guarded test
  .github/workflows/alloc-guard.yml, five lines that call the workflow Memory Analysis

Examples:
  cargo alloc-guard init
  cargo alloc-guard init -p codec --no-workflow
  cargo alloc-guard init --yes --alloc-guard-path ../alloc-guard/alloc-guard

Exit status:
  0  written, nothing left to write, or not written because nobody said yes
  1  could not look or write, or the package has an allocator that a first test would meet
  3  wrong usage";

/// What `init` takes.
#[derive(Args, Debug)]
pub(crate) struct InitArguments {
    /// The package that gets the test, where the workspace has several.
    #[arg(short, long, value_name = "SPEC")]
    pub(crate) package: Option<String>,
    /// The workspace's or a package's `Cargo.toml`.
    #[arg(long, value_name = "PATH")]
    pub(crate) manifest_path: Option<PathBuf>,
    /// Depend on `alloc-guard` in this folder instead of the registry's.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) alloc_guard_path: Option<PathBuf>,
    /// Write without asking.
    #[arg(short, long)]
    pub(crate) yes: bool,
    /// Add no workflow.
    #[arg(long)]
    pub(crate) no_workflow: bool,
    /// When to colour.
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: ColorChoice,
}
