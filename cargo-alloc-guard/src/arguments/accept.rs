//! Owns the arguments of `accept`.

use std::path::PathBuf;

use clap::{Args, ColorChoice};

pub(super) const EXAMPLES: &str = "\
Examples:
  cargo alloc-guard && cargo alloc-guard accept      what was just measured
  cargo alloc-guard accept --dry-run                 only say what would change
  cargo alloc-guard accept --only codec::parse       one test, and leave the others
  cargo alloc-guard accept -p codec                  one package
  cargo alloc-guard merge shards/ -o run.jsonl && cargo alloc-guard accept run.jsonl
                                                     what every system of a CI matrix measured

Exit status:
  0  the baselines hold what was measured; tests that could not be taken over are named
  1  nothing was changed: a file cannot be read or written, there is no run, or `CI` is set
  3  wrong usage";

/// What `accept` takes.
#[derive(Args, Debug)]
pub(crate) struct AcceptArguments {
    /// Record files, or folders that hold some; without them, the last run here.
    #[arg(value_name = "INPUT")]
    pub(crate) inputs: Vec<PathBuf>,
    /// Only tests with this text in their name; may be given more than once.
    #[arg(long, value_name = "FILTER")]
    pub(crate) only: Vec<String>,
    /// Only this package; may be given more than once.
    #[arg(short, long = "package", value_name = "NAME")]
    pub(crate) packages: Vec<String>,
    /// Say what would change, and change nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
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
