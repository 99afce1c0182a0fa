//! Owns the arguments of `report`.

use std::path::PathBuf;

use clap::{Args, ColorChoice, ValueEnum};

use super::PlaceArguments;

pub(super) const EXAMPLES: &str = "\
Examples:
  cargo alloc-guard report                              the last run here, as a table
  cargo alloc-guard report --format markdown            for a comment on a pull request
  cargo alloc-guard report --format junit > guard.xml   for continuous integration
  cargo alloc-guard report --format json shards/        of record files from elsewhere

  cargo alloc-guard report --format html                the latest profile here, as a page
  cargo alloc-guard report --operations                 what each guarded test allocated in it, and where
  cargo alloc-guard report app.dat                      a profile, ByteHound's too: the worst sites
  cargo alloc-guard report app.dat --format html        as a page, app.dat.html, which needs nothing else";

/// What `report` takes.
#[derive(Args, Debug)]
pub(crate) struct ReportArguments {
    /// Record files, folders that hold some, or profiles of one run; without them, the last run here.
    #[arg(value_name = "INPUT")]
    pub(crate) inputs: Vec<PathBuf>,
    /// The form of the report.
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    pub(crate) format: ReportFormat,
    /// Of a profile: what each guarded test allocated in its locked phase, site by site.
    #[arg(long)]
    pub(crate) operations: bool,
    /// Where to write; `-` is standard output, which is usual for all but html.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// When to colour.
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: ColorChoice,
    #[command(flatten)]
    pub(crate) place: PlaceArguments,
}

/// A form in which a run or a profile can be asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    /// A table, and the text of each failure with its source; of a profile, the worst sites
    #[default]
    Human,
    /// The same for job summaries and comments on pull requests
    Markdown,
    /// One document with every record; of a profile, what `export` writes
    Json,
    /// For continuous integration that reads test results
    Junit,
    /// Of a profile: a page with everything in it
    Html,
}
