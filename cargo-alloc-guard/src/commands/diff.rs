//! `diff`: says what changed between two runs, or between the runs of two revisions.

use std::{
    io::{self, Write},
    num::NonZeroUsize,
    path::{Path, PathBuf},
};

use alloc_guard_core::report::{Gate, Record};
use alloc_guard_profile::Warning;
use anyhow::{Context as _, Result, bail};

use crate::{
    arguments::{DiffArguments, DiffFormat},
    cargo::{Variables, Workspace},
    diff::{self, Sources},
    profiles::{self, Comparison},
    records::Records,
    run,
    settings::{
        CargoSettings, IgnoredTests, Progress, RunSettings, Runner, Sites, TestSettings,
        style_of_stdout,
    },
    status::Status,
    store,
};

/// Runs the command.
///
/// # Errors
/// If a side is neither records nor a revision, a revision does not build, or the changes cannot be
/// written.
pub(crate) fn run(arguments: DiffArguments, out: &mut dyn Write) -> Result<Status> {
    let before = Path::new(&arguments.before);
    let after = arguments.after.as_deref().map(Path::new);
    let are_profiles = (
        profiles::is_profile(before)?,
        after.map(profiles::is_profile).transpose()?,
    );
    match (are_profiles, after) {
        ((true, Some(true)), Some(after)) => {
            return compare_profiles(before, after, &arguments, out);
        }
        ((true, _), Some(after)) => bail!(no_pair(before, after)),
        ((true, _), None) => bail!(
            "{} is a profile: name another one to compare it with",
            before.display()
        ),
        ((false, Some(true)), Some(after)) => bail!(no_pair(after, before)),
        ((false, _), _) => {}
    }
    let style = style_of_stdout(arguments.color);
    let cargo = CargoSettings::new(arguments.cargo);
    let before = side(&arguments.before, &cargo)?;
    let after = match &arguments.after {
        Some(after) => side(after, &cargo)?,
        None => Box::new(store::last(&Workspace::read(&cargo)?.target)?),
    };
    let comparison = diff::compare(&*before, &*after)?;
    let output = arguments.output.as_deref().unwrap_or(Path::new("-"));
    profiles::write(output, &[], out, |out| {
        match arguments.format {
            DiffFormat::Human => diff::print_human(&comparison, style, out),
            DiffFormat::Markdown => diff::print_markdown(&comparison, out),
            DiffFormat::Json => diff::print_json(&comparison, out),
            DiffFormat::Html => bail!("--format html compares profiles, and these are runs"),
        }
        .context("failed to write the changes")
    })?;
    Ok(status(comparison.is_worse()))
}

fn no_pair(profile: &Path, other: &Path) -> String {
    let is_there = other.exists();
    let (profile, other) = (profile.display(), other.display());
    if is_there {
        format!("{profile} is a profile, and {other} is none: both must be")
    } else {
        format!("{profile} is a profile, and there is no file {other}: both must be profiles")
    }
}

fn status(is_worse: bool) -> Status {
    if is_worse {
        Status::Failed
    } else {
        Status::AsExpected
    }
}

/// Compares two profiles function by function.
fn compare_profiles(
    before: &Path,
    after: &Path,
    arguments: &DiffArguments,
    out: &mut dyn Write,
) -> Result<Status> {
    let profiles = [profiles::open(before)?, profiles::open(after)?];
    let [base, changed] = &profiles;
    for (path, profile) in [(before, base), (after, changed)] {
        let misleading = profile.warnings.iter();
        // No figure depends on the environment.
        for warning in misleading.filter(|warning| **warning != Warning::EnvironmentInFile) {
            let _ = writeln!(io::stderr(), "warning: {}: {warning}", path.display());
        }
    }
    let comparison = Comparison::new(
        alloc_guard_profile::diff(base, changed),
        arguments.tolerance,
    );
    let usual = match arguments.format {
        DiffFormat::Html => {
            let mut page = after.as_os_str().to_owned();
            page.push(".diff.html");
            page.into()
        }
        _ => PathBuf::from("-"),
    };
    let output = arguments.output.clone().unwrap_or(usual);
    let inputs = [before.to_owned(), after.to_owned()];
    let style = style_of_stdout(arguments.color);
    profiles::write(&output, &inputs, out, |out| {
        match arguments.format {
            DiffFormat::Human => Ok(profiles::print_human(&comparison, style, out)?),
            DiffFormat::Markdown => Ok(profiles::print_markdown(&comparison, out)?),
            DiffFormat::Json => profiles::print_json(&comparison, out),
            DiffFormat::Html => {
                let cargo = CargoSettings::new(arguments.cargo.clone());
                let root = Workspace::read(&cargo).ok().map(|found| found.root);
                profiles::write_diff([(before, base), (after, changed)], root.as_deref(), out)
            }
        }
        .context("failed to write the changes")
    })?;
    if arguments.format == DiffFormat::Html && output != Path::new("-") {
        writeln!(out, "wrote {}", output.display()).context("failed to say where the page is")?;
    }
    Ok(status(comparison.is_worse()))
}

/// One of the two runs: read where there are records, run where there is a revision.
fn side(name: &str, cargo: &CargoSettings) -> Result<Box<dyn Records>> {
    let path = PathBuf::from(name);
    if path.exists() {
        let run = store::merge(&[path], None, &mut |_| {})?;
        if run.count() == 0 {
            bail!("no record in {name}: nothing can be compared with it");
        }
        return Ok(Box::new(run));
    }
    let workspace = Workspace::read(cargo)?;
    let sources = Sources::of(name, &workspace)?;
    let records = run_revision(sources.cargo(cargo))
        .with_context(|| format!("failed to run the tests of {name} ({})", sources.short()))?;
    Ok(Box::new(records))
}

fn run_revision(cargo: CargoSettings) -> Result<Vec<Record>> {
    let settings = RunSettings {
        cargo,
        tests: TestSettings {
            filters: Vec::new(),
            ignored: IgnoredTests::LeftOut,
            threads: None,
        },
        gate: Gate::default(),
        runner: Runner::Direct,
        variables: Variables::All,
        repeat: NonZeroUsize::MIN,
        sites: Sites::Always,
        progress: Progress::of_stderr(),
    };
    Ok(run::run(&settings)?.records)
}
