//! Owns the arguments of `scrub`.

use std::path::PathBuf;

use clap::Args;

pub(super) const EXAMPLES: &str = "\
Examples:
  cargo alloc-guard scrub app.dat -o app-scrubbed.dat    a copy without the environment
  cargo alloc-guard scrub --in-place *.dat               before files are uploaded

ByteHound copies every environment variable of the process into its file, tokens and passwords
included. Nothing else is changed. The command line stays: it is in ByteHound's and in DHAT's files.";

/// What `scrub` takes.
#[derive(Args, Debug)]
pub(crate) struct ScrubArguments {
    /// Profiles.
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// Where to write the copy of one FILE; `-` is standard output.
    #[arg(
        short,
        long,
        value_name = "FILE",
        conflicts_with = "in_place",
        required_unless_present = "in_place"
    )]
    pub(crate) output: Option<PathBuf>,
    /// Replace each FILE by its copy.
    #[arg(long)]
    pub(crate) in_place: bool,
}
