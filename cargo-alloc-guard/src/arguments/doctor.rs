//! Owns the arguments of `doctor`.

use clap::{Args, ColorChoice};

use super::CargoArguments;

pub(super) const HELP: &str = "\
What it finds:
  a test binary with guarded tests in which no guard is installed
  a test that never runs: a plain one where `harness = false` and `alloc_guard::main!()`, a guarded one
  inside a block, below another's `#[test]` or `#[test_case]`, or without a runner
  a test that runs twice, or that is charged for what another's test macro sets up
  two allocators that meet in one test binary
  a baseline with entries of tests that are gone, or with debug builds only where continuous
  integration checks a release build
  a source file or a baseline that cannot be read

Examples:
  cargo alloc-guard doctor
  cargo alloc-guard doctor -p codec --all-features
  cargo alloc-guard doctor -- --offline

Exit status:
  0  nothing to complain of
  1  could not look, or the tests do not build and nothing was found that explains it
  2  there are findings, whether the tests build or not
  3  wrong usage";

/// What `doctor` takes.
#[derive(Args, Debug)]
pub(crate) struct DoctorArguments {
    /// When to colour.
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: ColorChoice,
    #[command(flatten)]
    pub(crate) cargo: CargoArguments,
}
