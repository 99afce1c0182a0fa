//! Owns the settings as they are meant: what the arguments and the environment come to together.

use std::{
    ffi::OsString,
    io::{self, IsTerminal},
    num::NonZeroUsize,
    path::{Path, PathBuf},
};

use alloc_guard_core::report::{Gate, Style};
use clap::{ColorChoice, ValueEnum};

use crate::{
    arguments::{CargoArguments, CheckArguments, TestArguments},
    baselines::Extent,
    cargo::Variables,
    format::Format,
};

/// The variable that makes test processes, and so this command, strict.
pub(crate) const STRICT: &str = "ALLOC_GUARD_STRICT";

/// What `check` is to do.
#[derive(Debug)]
pub(crate) struct CheckSettings {
    pub(crate) run: RunSettings,
    pub(crate) output: Option<PathBuf>,
    pub(crate) format: Format,
    pub(crate) style: Style,
}

/// What is built and run, and how.
#[derive(Debug)]
pub(crate) struct RunSettings {
    pub(crate) cargo: CargoSettings,
    pub(crate) tests: TestSettings,
    pub(crate) gate: Gate,
    pub(crate) runner: Runner,
    /// What test processes see of the environment.
    pub(crate) variables: Variables,
    /// How often each test runs.
    pub(crate) repeat: NonZeroUsize,
    pub(crate) sites: Sites,
    pub(crate) progress: Progress,
}

/// What starts the tests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Runner {
    /// This command: one process for each test binary
    #[default]
    Direct,
    /// cargo-nextest: one process for each test, with its configuration
    Nextest,
}

/// Of which tests the sites are wanted. They cost the reading of debug information.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sites {
    OfRegressions,
    Always,
}

/// How cargo is called.
#[derive(Clone, Debug)]
pub(crate) struct CargoSettings {
    pub(crate) program: OsString,
    pub(crate) rustc: OsString,
    pub(crate) manifest_path: Option<PathBuf>,
    pub(crate) target_dir: Option<PathBuf>,
    /// The profile's name, which nextest asks for in another way.
    pub(crate) profile: Option<String>,
    /// Whether every test target is built.
    pub(crate) extent: Extent,
    /// What `cargo test` is given besides, in this order.
    pub(crate) options: Vec<OsString>,
}

/// Which tests run, and how.
#[derive(Debug)]
pub(crate) struct TestSettings {
    /// A test runs if its name contains one of them, or if there are none.
    pub(crate) filters: Vec<String>,
    pub(crate) ignored: IgnoredTests,
    pub(crate) threads: Option<NonZeroUsize>,
}

/// What becomes of tests with `#[ignore]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IgnoredTests {
    LeftOut,
    Included,
    Only,
}

/// Whether to say what is going on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    Silent,
    OnTerminal,
}

impl CheckSettings {
    /// What these arguments mean in this environment.
    pub(crate) fn new(arguments: CheckArguments) -> Self {
        let mut gate = Gate::from_environment();
        gate.strict |= arguments.strict;
        let run = RunSettings {
            cargo: CargoSettings::new(arguments.cargo),
            tests: TestSettings::new(arguments.tests),
            gate,
            runner: arguments.runner,
            variables: Variables::All,
            repeat: arguments.repeat,
            sites: Sites::OfRegressions,
            progress: Progress::of_stderr(),
        };
        Self {
            run,
            output: arguments.output,
            format: arguments.format,
            style: style_of_stdout(arguments.color),
        }
    }
}

impl Progress {
    /// As standard error is a terminal or not.
    pub(crate) fn of_stderr() -> Self {
        if io::stderr().is_terminal() {
            Self::OnTerminal
        } else {
            Self::Silent
        }
    }
}

impl IgnoredTests {
    /// How a harness is asked for them.
    pub(crate) fn option(self) -> Option<&'static str> {
        match self {
            Self::LeftOut => None,
            Self::Included => Some("--include-ignored"),
            Self::Only => Some("--ignored"),
        }
    }
}

impl CargoSettings {
    /// For commands that build nothing, and want to know where the workspace is.
    pub(crate) fn of_workspace(
        manifest_path: Option<PathBuf>,
        target_dir: Option<PathBuf>,
    ) -> Self {
        Self::new(CargoArguments {
            manifest_path,
            target_dir,
            ..CargoArguments::default()
        })
    }

    /// What these arguments mean in this environment.
    pub(crate) fn new(arguments: CargoArguments) -> Self {
        let mut options: Vec<OsString> = Vec::new();
        if arguments.packages.is_empty() {
            options.push("--workspace".into());
        }
        for package in arguments.packages {
            options.extend(["--package".into(), package.into()]);
        }
        for (is_given, flag) in [
            (arguments.release, "--release"),
            (arguments.all_features, "--all-features"),
            (arguments.no_default_features, "--no-default-features"),
        ] {
            if is_given {
                options.push(flag.into());
            }
        }
        for features in arguments.features {
            options.extend(["--features".into(), features.into()]);
        }
        let extent = if arguments.passed.is_empty() {
            Extent::Whole
        } else {
            Extent::Part
        };
        options.extend(arguments.passed);
        let program = |variable, usual: &str| {
            std::env::var_os(variable)
                .filter(|program| !program.is_empty())
                .unwrap_or_else(|| usual.into())
        };
        Self {
            program: program("CARGO", "cargo"),
            rustc: program("RUSTC", "rustc"),
            manifest_path: arguments.manifest_path,
            target_dir: arguments.target_dir,
            profile: arguments.profile,
            extent,
            options,
        }
    }
}

impl CargoSettings {
    /// Has the guard optimised where the tests are not: each call that is recorded passes through it,
    /// and takes five times as long otherwise. What the tests allocate stays what it is, as their own
    /// code is built as before. A profile that the user named is built as it says.
    pub(crate) fn with_optimised_guard(mut self) -> Self {
        if matches!(self.profile.as_deref(), None | Some("dev" | "test")) {
            let options = ["alloc-guard", "alloc-guard-core"].map(|package| {
                let setting = format!("profile.dev.package.{package}.opt-level=3");
                ["--config".into(), setting.into()]
            });
            // Before what the user passes on, which may end in arguments of another kind.
            self.options.splice(0..0, options.into_iter().flatten());
        }
        self
    }

    /// What `cargo test` is given.
    pub(crate) fn for_test(&self) -> Vec<OsString> {
        self.options_with_profile("--profile")
    }

    /// What `cargo nextest run` is given: its `--profile` is one of its own.
    pub(crate) fn for_nextest(&self) -> Vec<OsString> {
        self.options_with_profile("--cargo-profile")
    }

    fn options_with_profile(&self, flag: &str) -> Vec<OsString> {
        let mut options = Vec::new();
        for (flag, value) in [
            ("--manifest-path", self.manifest_path.as_deref()),
            ("--target-dir", self.target_dir.as_deref()),
            (flag, self.profile.as_deref().map(Path::new)),
        ] {
            if let Some(value) = value {
                options.extend([flag.into(), value.into()]);
            }
        }
        options.extend_from_slice(&self.options);
        options
    }
}

impl TestSettings {
    pub(crate) fn new(arguments: TestArguments) -> Self {
        let mut filters = arguments.filters;
        filters.extend(arguments.more_filters);
        Self {
            filters,
            ignored: match (arguments.ignored, arguments.include_ignored) {
                (true, _) => IgnoredTests::Only,
                (_, true) => IgnoredTests::Included,
                _ => IgnoredTests::LeftOut,
            },
            threads: arguments.test_threads,
        }
    }

    /// Whether the filters let a test through.
    pub(crate) fn wants(&self, name: &str) -> bool {
        self.filters.is_empty()
            || self
                .filters
                .iter()
                .any(|filter| name.contains(filter.as_str()))
    }
}

/// The look of what goes to standard output.
pub(crate) fn style_of_stdout(color: ColorChoice) -> Style {
    style(
        color,
        io::stdout().is_terminal(),
        std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()),
    )
}

fn style(color: ColorChoice, is_terminal: bool, no_color: bool) -> Style {
    match color {
        ColorChoice::Always => Style::Coloured,
        ColorChoice::Auto if is_terminal && !no_color => Style::Coloured,
        ColorChoice::Auto | ColorChoice::Never => Style::Plain,
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use super::*;
    use crate::arguments::{Arguments, Command};

    fn settings(line: &str) -> CheckSettings {
        let arguments = std::iter::once("x")
            .chain(line.split_whitespace())
            .map(OsString::from);
        let Command::Check(check) = Arguments::read(arguments).unwrap().command() else {
            panic!("{line}");
        };
        CheckSettings::new(check)
    }

    #[test]
    fn the_whole_workspace_is_built_unless_packages_are_named() {
        assert_eq!(settings("").run.cargo.for_test(), ["--workspace"]);
        assert_eq!(
            settings("-p a --package b").run.cargo.for_test(),
            ["--package", "a", "--package", "b"]
        );
    }

    #[test]
    fn build_options_reach_cargo_and_passed_ones_come_last() {
        assert_eq!(
            settings("--release -F a,b --features c --all-features --no-default-features -- --lib")
                .run
                .cargo
                .for_test(),
            [
                "--workspace",
                "--release",
                "--all-features",
                "--no-default-features",
                "--features",
                "a,b",
                "--features",
                "c",
                "--lib"
            ]
        );
        assert_eq!(
            settings("--profile bench").run.cargo.for_test(),
            ["--profile", "bench", "--workspace"]
        );
        assert_eq!(
            settings("--profile bench").run.cargo.for_nextest(),
            ["--cargo-profile", "bench", "--workspace"]
        );
    }

    #[test]
    fn the_guard_is_optimised_in_builds_that_are_not_and_in_those_alone() {
        let options = |line| {
            let settings = settings(line).run.cargo.with_optimised_guard();
            settings.for_test().join(OsStr::new(" "))
        };
        let optimised = "--config profile.dev.package.alloc-guard.opt-level=3 \
            --config profile.dev.package.alloc-guard-core.opt-level=3";
        for (line, expected) in [
            ("-- --lib x", format!("{optimised} --workspace --lib x")),
            (
                "--profile dev",
                format!("--profile dev {optimised} --workspace"),
            ),
            ("--profile bench", "--profile bench --workspace".to_owned()),
        ] {
            assert_eq!(options(line), *expected, "{line}");
        }
    }

    #[test]
    fn a_test_is_wanted_if_any_filter_is_part_of_its_name() {
        let tests = settings("push --filter pop").run.tests;
        assert!(tests.wants("ring::push_is_free") && tests.wants("pop"));
        assert!(!tests.wants("ring::clear"));
        assert!(settings("").run.tests.wants("anything"));
    }

    #[test]
    fn ignored_tests_are_left_out_unless_asked_for() {
        for (line, ignored) in [
            ("", IgnoredTests::LeftOut),
            ("--include-ignored", IgnoredTests::Included),
            ("--ignored", IgnoredTests::Only),
        ] {
            assert_eq!(settings(line).run.tests.ignored, ignored);
        }
    }

    #[test]
    fn colour_follows_the_terminal_unless_told() {
        for (color, is_terminal, no_color, expected) in [
            (ColorChoice::Auto, true, false, Style::Coloured),
            (ColorChoice::Auto, true, true, Style::Plain),
            (ColorChoice::Auto, false, false, Style::Plain),
            (ColorChoice::Always, false, true, Style::Coloured),
            (ColorChoice::Never, true, false, Style::Plain),
        ] {
            assert_eq!(style(color, is_terminal, no_color), expected);
        }
    }
}
