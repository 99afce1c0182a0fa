//! `report`: shows a run that has been, or a profile, in the form that is asked for.

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use alloc_guard_core::report::{Gate, Style, count};
use anyhow::{Context as _, Result, bail};
use clap::ColorChoice;

use crate::{
    arguments::{ReportArguments, ReportFormat},
    cargo::Workspace,
    format::{self, Format, Look},
    profiles::{self, Form},
    settings::{CargoSettings, style_of_stdout},
    status::Status,
    store,
};

/// Runs the command.
///
/// # Errors
/// If there is no run or profile, it cannot be read, or the report cannot be written.
pub(crate) fn run(arguments: &ReportArguments, out: &mut dyn Write) -> Result<Status> {
    let inputs = &arguments.inputs;
    let mut profiles = Vec::new();
    for path in inputs {
        if profiles::is_profile(path)? {
            profiles.push(path);
        }
    }
    match profiles.first() {
        None if inputs.is_empty() && is_of_profiles(arguments) => profile(arguments, out),
        None => records(arguments, out),
        Some(_) if profiles.len() == inputs.len() => profile(arguments, out),
        Some(profile) => bail!(
            "{} is a profile, and not every input is: show one kind at a time",
            profile.display()
        ),
    }
}

/// Whether it is asked for what only profiles have.
fn is_of_profiles(arguments: &ReportArguments) -> bool {
    arguments.operations || arguments.format == ReportFormat::Html
}

fn records(arguments: &ReportArguments, out: &mut dyn Write) -> Result<Status> {
    let format = match arguments.format {
        ReportFormat::Human => Format::Human,
        ReportFormat::Markdown => Format::Markdown,
        ReportFormat::Json => Format::Json,
        ReportFormat::Junit => Format::Junit,
        ReportFormat::Html => bail!("--format html shows profiles, and these are records of tests"),
    };
    if arguments.operations {
        bail!("--operations is of profiles, and these are records of tests");
    }
    let cargo = cargo(arguments);
    let (run, root) = if arguments.inputs.is_empty() {
        let workspace = Workspace::read(&cargo)?;
        (store::last(&workspace.target)?, workspace.root)
    } else {
        let run = store::merge(&arguments.inputs, None, &mut |_| {})?;
        if run.count() == 0 {
            let inputs = count(arguments.inputs.len() as u64, "input");
            bail!("no record in {inputs}: test processes leave them in `target/alloc-guard`");
        }
        // Records from elsewhere can be shown where there is no workspace, without their sources.
        let root = Workspace::read(&cargo).map_or_else(|_| PathBuf::from("."), |found| found.root);
        (run, root)
    };
    let output = arguments.output.as_deref().unwrap_or(Path::new("-"));
    let look = Look {
        root: &root,
        style: style(arguments, output),
        gate: Gate::from_environment(),
    };
    profiles::write(output, &arguments.inputs, out, |out| {
        format::print(format, &run, &look, out).context("failed to write the report")
    })?;
    Ok(Status::AsExpected)
}

fn profile(arguments: &ReportArguments, out: &mut dyn Write) -> Result<Status> {
    let form = match arguments.format {
        ReportFormat::Human => Some(Form::Human),
        ReportFormat::Markdown => Some(Form::Markdown),
        ReportFormat::Json => Some(Form::Json),
        ReportFormat::Junit => bail!("--format junit shows tests, and this is a profile"),
        ReportFormat::Html if arguments.operations => {
            bail!(
                "--operations is for --format human and markdown: the page has phases and operations of its own"
            )
        }
        ReportFormat::Html => None,
    };
    let input = profiles::read(&arguments.inputs, &arguments.place)?;
    // A profile from elsewhere can be shown where there is no workspace.
    let root = Workspace::read(&cargo(arguments))
        .ok()
        .map(|found| found.root);
    let Some(form) = form else {
        let beside = || profiles::beside(&input);
        let output = arguments.output.clone().unwrap_or_else(beside);
        profiles::write(&output, &input.paths, out, |out| {
            profiles::write_page(&input, root.as_deref(), out)
        })?;
        writeln!(out, "wrote {}", output.display()).context("failed to say where the page is")?;
        return Ok(Status::AsExpected);
    };
    let output = arguments.output.as_deref().unwrap_or(Path::new("-"));
    let root = root.unwrap_or_else(|| PathBuf::from("."));
    profiles::write(output, &input.paths, out, |out| {
        let style = style(arguments, output);
        if arguments.operations {
            profiles::print_locked(&input, form, &root, style, out)
        } else {
            profiles::print(&input.profile, form, &root, style, out)
        }
    })?;
    Ok(Status::AsExpected)
}

/// A file is nobody's terminal.
fn style(arguments: &ReportArguments, output: &Path) -> Style {
    match arguments.color {
        ColorChoice::Auto if output != Path::new("-") => Style::Plain,
        color => style_of_stdout(color),
    }
}

fn cargo(arguments: &ReportArguments) -> CargoSettings {
    let place = arguments.place.clone();
    CargoSettings::of_workspace(place.manifest_path, place.target_dir)
}
