//! Owns the command line as it is typed. What it means is in `settings`.

use std::{ffi::OsString, num::NonZeroUsize, path::PathBuf};

use clap::{Args, ColorChoice, Parser, Subcommand};

const EXAMPLES: &str = "\
Examples:
  cargo alloc-guard                        run every guarded test of the workspace
  cargo alloc-guard parse                  those with `parse` in their name
  cargo alloc-guard -p codec --release     one package, optimised
  cargo alloc-guard --strict               an improvement is news too: exit status 4
  cargo alloc-guard -- --test hot_paths    what follows `--` goes to `cargo test --no-run`

Exit status:
  0  every test does what its attribute says
  1  could not run: the build or the tool failed, or there is no guarded test
  2  a test regressed, failed or had no guard
  3  wrong usage
  4  a test improved, under --strict";

const CHECK_EXAMPLES: &str = "\
Examples:
  cargo alloc-guard check
  cargo alloc-guard check parse verify --test-threads 1
  cargo alloc-guard check --include-ignored --all-features
  cargo alloc-guard check -- --offline --lib";

/// Runs the guarded tests of a workspace, and says which of them keep their promise about the heap.
#[derive(Debug, Parser)]
#[command(
    name = "cargo-alloc-guard",
    bin_name = "cargo alloc-guard",
    version,
    after_help = EXAMPLES,
    args_conflicts_with_subcommands = true,
    disable_help_subcommand = true
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    check: CheckArguments,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run every guarded test and print one table (the default).
    #[command(after_help = CHECK_EXAMPLES)]
    Check(CheckArguments),
}

/// What `check` takes.
#[derive(Args, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "flags as typed; `settings` gives them meaning"
)]
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
    /// Keep the record files of this run, and say where they are.
    #[arg(long)]
    pub(crate) keep_records: bool,
    /// When to colour.
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: ColorChoice,
    #[command(flatten)]
    pub(crate) cargo: CargoArguments,
}

/// What goes to cargo.
#[derive(Args, Debug)]
#[command(next_help_heading = "Build options")]
pub(crate) struct CargoArguments {
    /// Test this package instead of the whole workspace.
    #[arg(short, long = "package", value_name = "SPEC")]
    pub(crate) packages: Vec<String>,
    /// Build optimised.
    #[arg(short, long, conflicts_with = "profile")]
    pub(crate) release: bool,
    /// Build with this profile.
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// Features to switch on.
    #[arg(short = 'F', long, value_name = "FEATURES")]
    pub(crate) features: Vec<String>,
    /// Switch on all features.
    #[arg(long)]
    pub(crate) all_features: bool,
    /// Leave the default features off.
    #[arg(long)]
    pub(crate) no_default_features: bool,
    /// The workspace's or a package's `Cargo.toml`.
    #[arg(long, value_name = "PATH")]
    pub(crate) manifest_path: Option<PathBuf>,
    /// Where build output goes.
    #[arg(long, value_name = "DIRECTORY")]
    pub(crate) target_dir: Option<PathBuf>,
    /// Passed to `cargo test --no-run` as they are.
    #[arg(last = true, value_name = "CARGO OPTIONS")]
    pub(crate) passed: Vec<OsString>,
}

impl Arguments {
    /// Reads the command line.
    ///
    /// # Errors
    /// With clap's answer: what is wrong, or the text of `--help` or `--version`.
    pub(crate) fn read(arguments: impl IntoIterator<Item = OsString>) -> clap::error::Result<Self> {
        let mut arguments: Vec<_> = arguments.into_iter().collect();
        // Cargo runs `cargo-alloc-guard alloc-guard …`. No test's name has a hyphen, so nobody meant a filter.
        if arguments.get(1).is_some_and(|first| first == "alloc-guard") {
            arguments.remove(1);
        }
        Self::try_parse_from(arguments)
    }

    /// The subcommand that was asked for.
    pub(crate) fn command(self) -> Command {
        self.command.unwrap_or(Command::Check(self.check))
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn check(line: &str) -> CheckArguments {
        let arguments = line.split_whitespace().map(OsString::from);
        let Command::Check(check) = Arguments::read(arguments).unwrap().command();
        check
    }

    #[test]
    fn the_definition_is_sound() {
        <Arguments as CommandFactory>::command().debug_assert();
    }

    #[test]
    fn check_is_the_default_however_the_program_is_started() {
        for line in [
            "cargo-alloc-guard alloc-guard check --strict push pop",
            "cargo-alloc-guard alloc-guard --strict push pop",
            "cargo-alloc-guard check --strict push pop",
            "cargo-alloc-guard --strict push pop",
        ] {
            let check = check(line);
            assert!(check.strict, "{line}");
            assert_eq!(check.filters, ["push", "pop"], "{line}");
        }
    }

    #[test]
    fn what_follows_two_dashes_is_cargo_s() {
        let check = check("cargo-alloc-guard alloc-guard push -- --offline --test hot");
        assert_eq!(check.filters, ["push"]);
        assert_eq!(check.cargo.passed, ["--offline", "--test", "hot"]);
    }

    #[test]
    fn contradictions_are_wrong_usage() {
        for line in [
            "x --ignored --include-ignored",
            "x --release --profile bench",
            "x --test-threads 0",
            "x --color sometimes",
            "x --no-such-option",
        ] {
            let error = Arguments::read(line.split_whitespace().map(OsString::from)).unwrap_err();
            assert!(error.use_stderr(), "{line}");
        }
    }
}
