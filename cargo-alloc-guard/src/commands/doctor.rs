//! `doctor`: says what is wrong with the guarded tests of a workspace that no test says itself.

use std::{
    ffi::OsString,
    io::{self, IsTerminal, Write},
};

use alloc_guard_core::report::{Style, count};
use anyhow::{Context as _, Result};

use crate::{
    arguments::{CargoArguments, DoctorArguments},
    baselines::Baselines,
    cargo,
    doctor::{self, Cfg, Graph, Platform, Workspace},
    progress::Progress,
    run::{self, Samples},
    settings::{self, CargoSettings},
    status::Status,
};

/// What `doctor` is to do.
#[derive(Debug)]
pub(crate) struct DoctorSettings {
    cargo: CargoSettings,
    packages: Vec<String>,
    /// What `cargo metadata` is given.
    metadata: Vec<OsString>,
    has_debug_assertions: bool,
    style: Style,
    progress: settings::Progress,
}

impl DoctorSettings {
    /// What these arguments mean in this environment.
    pub(crate) fn new(arguments: DoctorArguments) -> Self {
        Self {
            packages: arguments.cargo.packages.clone(),
            metadata: metadata_options(&arguments.cargo),
            has_debug_assertions: has_debug_assertions(&arguments.cargo),
            cargo: CargoSettings::new(arguments.cargo),
            style: settings::style_of_stdout(arguments.color),
            progress: if io::stderr().is_terminal() {
                settings::Progress::OnTerminal
            } else {
                settings::Progress::Silent
            },
        }
    }
}

impl DoctorSettings {
    /// What is set in this build, of what the compiler sets in one without options.
    fn of_build(&self, cfg: Cfg) -> Cfg {
        if self.has_debug_assertions {
            cfg
        } else {
            cfg.without("debug_assertions")
        }
    }
}

/// The options that say which features are on, and how cargo may find out.
fn metadata_options(arguments: &CargoArguments) -> Vec<OsString> {
    let mut options: Vec<OsString> = Vec::new();
    for (is_given, flag) in [
        (arguments.all_features, "--all-features"),
        (arguments.no_default_features, "--no-default-features"),
    ] {
        if is_given {
            options.push(flag.into());
        }
    }
    for features in &arguments.features {
        options.extend(["--features".into(), features.into()]);
    }
    let passed = arguments.passed.iter();
    options.extend(
        passed
            .filter(|option| {
                ["--offline", "--locked", "--frozen"]
                    .iter()
                    .any(|one| option == one)
            })
            .cloned(),
    );
    options
}

/// Whether the build has them, as far as the profile's name says it.
fn has_debug_assertions(arguments: &CargoArguments) -> bool {
    let profile = arguments.profile.as_deref().unwrap_or("test");
    !arguments.release && !["release", "bench"].contains(&profile)
}

/// Runs the command.
///
/// # Errors
/// If the workspace cannot be read, the build fails and nothing was found that explains it, a process
/// cannot be started, or the findings cannot be written.
pub(crate) fn run(settings: &DoctorSettings, out: &mut dyn Write) -> Result<Status> {
    let workspace = workspace(settings)?;
    let mut findings = workspace.findings(&settings.packages)?;
    let (mut tests, mut binaries) = (0, 0);
    let seen = cargo::build(&settings.cargo).and_then(|build| {
        let progress = Progress::new(settings.progress);
        let Samples { samples, known } = run::sample(&settings.cargo, &build, &progress)?;
        binaries = samples.len();
        tests = known.values().map(Vec::len).sum();
        let root = &build.workspace.root;
        let mut findings = doctor::not_installed(&samples, root);
        // What cannot be read was found before.
        if let Ok(baselines) = Baselines::read(&build.workspace.packages) {
            findings.extend(doctor::stale(
                &baselines,
                &known,
                settings.cargo.extent,
                root,
            ));
        }
        Ok(findings)
    });
    match seen {
        Ok(more) => findings.extend(more),
        Err(error) if findings.is_empty() => return Err(error),
        // The findings are there to explain it, so it is no error of this command.
        Err(error) => {
            let _ = writeln!(
                io::stderr(),
                "{error:#}; what only a run can show was not looked at"
            );
        }
    }
    if findings.is_empty() {
        say_that_all_is_well(tests, binaries, out).context(WRITING)?;
        return Ok(Status::AsExpected);
    }
    doctor::print(&findings, settings.style, out).context(WRITING)?;
    Ok(Status::Failed)
}

const WRITING: &str = "failed to write what was found";

fn workspace(settings: &DoctorSettings) -> Result<Workspace> {
    let Platform { host, cfg } = Platform::of_compiler(&settings.cargo.rustc);
    let graph = Graph::read(&settings.cargo, host.as_deref(), &settings.metadata)?;
    let cfg = settings.of_build(cfg);
    Ok(Workspace { graph, cfg })
}

fn say_that_all_is_well(tests: usize, binaries: usize, out: &mut dyn Write) -> io::Result<()> {
    if tests == 0 {
        writeln!(
            out,
            "nothing to complain of, and no guarded test yet: `cargo alloc-guard init` adds a first one"
        )?;
    } else {
        let tests = count(tests as u64, "guarded test");
        let binaries = match binaries {
            1 => "1 binary".to_owned(),
            binaries => format!("{binaries} binaries"),
        };
        writeln!(out, "nothing to complain of: {tests} in {binaries}")?;
    }
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arguments::{Arguments, Command};

    fn settings(line: &str) -> DoctorSettings {
        let line = ["x", "doctor"].into_iter().chain(line.split_whitespace());
        let arguments = Arguments::read(line.map(OsString::from)).unwrap();
        let Command::Doctor(arguments) = arguments.command() else {
            panic!("another command");
        };
        DoctorSettings::new(arguments)
    }

    #[test]
    fn cargo_is_asked_for_the_same_features_as_are_built() {
        for (line, options) in [
            ("", &[][..]),
            ("--all-features", &["--all-features"]),
            ("--no-default-features", &["--no-default-features"]),
            (
                "-F a,b --features c",
                &["--features", "a,b", "--features", "c"],
            ),
            ("-- --offline --lib --locked", &["--offline", "--locked"]),
            ("-- --frozen", &["--frozen"]),
            ("-p a --release", &[]),
        ] {
            assert_eq!(settings(line).metadata, options, "{line}");
        }
    }

    #[test]
    fn debug_assertions_are_those_of_the_profile() {
        let debug = || Cfg::default().with("debug_assertions");
        for (line, expected) in [
            ("", debug()),
            ("--profile dev", debug()),
            ("--release", Cfg::default()),
            ("--profile release", Cfg::default()),
            ("--profile bench", Cfg::default()),
        ] {
            assert_eq!(settings(line).of_build(debug()), expected, "{line}");
        }
    }
}
