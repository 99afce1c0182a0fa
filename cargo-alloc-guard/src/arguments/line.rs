//! Owns the command line as a whole: the subcommands, and which is the default.

use std::{ffi::OsString, path::PathBuf};

use clap::{CommandFactory, Parser, Subcommand, error::ErrorKind};
use clap_complete::Shell;

use super::{
    accept::{self, AcceptArguments},
    check::{self, CheckArguments},
    ci::{self, CiArguments},
    diff::{self, DiffArguments},
    doctor::{self, DoctorArguments},
    export::{self, ExportArguments, ExportFormat},
    init::{self, InitArguments},
    merge::{self, MergeArguments},
    profile::{self, ProfileArguments},
    report::{self, ReportArguments},
    scrub::{self, ScrubArguments},
    serve::{self, ServeArguments},
};

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
    #[command(after_help = check::EXAMPLES)]
    Check(CheckArguments),
    /// Say what changed between two runs, two revisions or two profiles.
    #[command(after_help = diff::EXAMPLES)]
    Diff(DiffArguments),
    /// Show the last run here, record files from elsewhere, or a profile.
    #[command(after_help = report::EXAMPLES)]
    Report(ReportArguments),
    /// Show a profile in the browser, at `http://localhost:8080`.
    #[command(after_help = serve::EXAMPLES)]
    Serve(ServeArguments),
    /// Write a profile in a form that another tool reads.
    #[command(after_help = export::EXAMPLES)]
    Export(ExportArguments),
    /// Take the environment out of ByteHound's profiles.
    #[command(after_help = scrub::EXAMPLES)]
    Scrub(ScrubArguments),
    /// Put the shards of a run together.
    #[command(after_help = merge::EXAMPLES)]
    Merge(MergeArguments),
    /// Take what was measured over into the baselines.
    #[command(after_help = accept::EXAMPLES)]
    Accept(AcceptArguments),
    /// Run the tests with every call of the allocator recorded.
    #[command(after_help = profile::EXAMPLES)]
    Profile(ProfileArguments),
    /// Run a job of the workflow Memory Analysis: verify, profile, or both together.
    #[command(after_help = ci::HELP)]
    Ci(CiArguments),
    /// Say what is wrong with guarded tests that no test says itself.
    #[command(after_help = doctor::HELP)]
    Doctor(DoctorArguments),
    /// Add alloc-guard to a project: the dependency, a first test, a workflow.
    #[command(after_help = init::HELP)]
    Init(InitArguments),
    /// Write the completion script of a shell.
    Completions {
        /// The shell.
        shell: Shell,
    },
    /// Write the manual page.
    Man {
        /// Write the pages of all commands into this folder instead.
        #[arg(value_name = "DIRECTORY")]
        folder: Option<PathBuf>,
    },
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
        Self::try_parse_from(arguments)?.checked()
    }

    /// Refuses what is wrong together, and which clap cannot say.
    fn checked(self) -> clap::error::Result<Self> {
        if let Some(Command::Export(export)) = &self.command
            && export.metric.is_some()
            && export.format != ExportFormat::Folded
        {
            return Err(<Self as CommandFactory>::command().error(
                ErrorKind::ArgumentConflict,
                "--metric chooses what folded stacks count: it needs `--format folded`",
            ));
        }
        Ok(self)
    }

    /// The subcommand that was asked for.
    pub(crate) fn command(self) -> Command {
        self.command.unwrap_or(Command::Check(self.check))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str) -> CheckArguments {
        let arguments = line.split_whitespace().map(OsString::from);
        let Command::Check(check) = Arguments::read(arguments).unwrap().command() else {
            panic!("{line}");
        };
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
            assert_eq!(check.tests.filters, ["push", "pop"], "{line}");
        }
    }

    #[test]
    fn what_follows_two_dashes_is_cargo_s() {
        let check = check("cargo-alloc-guard alloc-guard push -- --offline --test hot");
        assert_eq!(check.tests.filters, ["push"]);
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
