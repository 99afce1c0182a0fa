//! Owns the arguments of `diff`.

use std::path::PathBuf;

use clap::{Args, ColorChoice, ValueEnum};

use super::CargoArguments;

pub(super) const EXAMPLES: &str = "\
Examples:
  cargo alloc-guard diff main.jsonl pr.jsonl    two runs, as `merge --output` writes them
  cargo alloc-guard diff main                   the revision main, and the last run here
  cargo alloc-guard diff v1.0 HEAD -p codec     two revisions, each built beside the checkout
  cargo alloc-guard diff base.dat pr.dat        two profiles, ByteHound's too, function by function
  cargo alloc-guard diff base.agprof pr.agprof --format html

Exit status:
  0  nothing grew
  1  could not run
  2  a test broke, or one of its counts grew; a function allocates or leaks more
  3  wrong usage";

/// What `diff` takes.
#[derive(Args, Debug)]
pub(crate) struct DiffArguments {
    /// A record file, a folder that holds some, a revision that git knows, or a profile.
    #[arg(value_name = "BEFORE")]
    pub(crate) before: String,
    /// The same; without it, the last run here.
    #[arg(value_name = "AFTER")]
    pub(crate) after: Option<String>,
    /// The form of the changes.
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    pub(crate) format: DiffFormat,
    /// Where to write; `-` is standard output, which is usual for all but html.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Of profiles: growth of a function by up to so many per cent is none.
    #[arg(long, value_name = "PERCENT", default_value_t = 0)]
    pub(crate) tolerance: u64,
    /// When to colour.
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: ColorChoice,
    #[command(flatten)]
    pub(crate) cargo: CargoArguments,
}

/// A form in which changes can be asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum DiffFormat {
    /// A line for each test that changed
    #[default]
    Human,
    /// A table for comments on pull requests
    Markdown,
    /// One document
    Json,
    /// Of profiles: a page with both, and a flame graph of what changed
    Html,
}
