//! Owns the arguments of `export`.

use std::path::PathBuf;

use alloc_guard_profile::export::Metric;
use clap::{Args, ValueEnum};

use super::PlaceArguments;

pub(super) const EXAMPLES: &str = "\
Examples:
  cargo alloc-guard export > allocations.json                        the latest profile here, for jq and scripts
  cargo alloc-guard export app.dat --format json -o app.json         one of ByteHound's
  cargo alloc-guard export --format folded --metric leaked | inferno-flamegraph > leaked.svg
  cargo alloc-guard export --format speedscope -o app.speedscope.json
  cargo alloc-guard export --format heaptrack -o app.heaptrack && heaptrack_gui app.heaptrack
  cargo alloc-guard export --format dhat -o dhat.out.app             for valgrind's dh_view.html";

/// What `export` takes.
#[derive(Args, Debug)]
pub(crate) struct ExportArguments {
    /// Profiles of one run: `.agprof`, ByteHound's `.dat` or DHAT's JSON; without any, the latest one here.
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// The form to write.
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    pub(crate) format: ExportFormat,
    /// What folded stacks count.
    #[arg(long, value_name = "METRIC", value_enum)]
    pub(crate) metric: Option<MetricName>,
    /// Where to write; `-` is standard output.
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    pub(crate) output: PathBuf,
    #[command(flatten)]
    pub(crate) place: PlaceArguments,
}

/// A form that another tool reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportFormat {
    /// Everything that is known, for jq and scripts: docs/profiles.md describes it
    #[default]
    Json,
    /// A line for each stack, for flame graphs: inferno, flamegraph.pl, speedscope
    Folded,
    /// For valgrind's `dh_view.html` and the Firefox Profiler
    Dhat,
    /// For speedscope: bytes, allocations, peak, leaked, temporary
    Speedscope,
    /// For `heaptrack_gui` and `heaptrack_print`
    Heaptrack,
}

/// What a form with one number for each stack shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum MetricName {
    /// The number of allocations (the default)
    Allocations,
    /// The bytes that they asked for
    Bytes,
    /// The bytes live when the most were
    Peak,
    /// The bytes live at the end
    Leaked,
    /// The number of allocations freed before their thread's next one
    Temporary,
}

impl From<MetricName> for Metric {
    fn from(name: MetricName) -> Self {
        match name {
            MetricName::Allocations => Self::Allocations,
            MetricName::Bytes => Self::Bytes,
            MetricName::Peak => Self::Peak,
            MetricName::Leaked => Self::Leaked,
            MetricName::Temporary => Self::Temporary,
        }
    }
}
