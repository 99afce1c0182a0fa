//! `check`: builds and runs every guarded test of the workspace, prints one table, and gates.

use std::io::Write;

use anyhow::{Context as _, Result};

use crate::{
    format::{Look, github},
    records::Records as _,
    run,
    settings::CheckSettings,
    status::Status,
    store,
};

/// Runs the command.
///
/// # Errors
/// If the build fails, a baseline cannot be read, there is no guarded test, a process cannot be started,
/// or the table cannot be written.
pub(crate) fn run(settings: &CheckSettings, out: &mut dyn Write) -> Result<Status> {
    let ran = run::run(&settings.run)?;
    let look = Look {
        root: &ran.build.workspace.root,
        style: settings.style,
        gate: settings.run.gate,
    };
    store::keep(&ran.records, &ran.build.workspace.target)?;
    if let Some(path) = &settings.output {
        store::write(&ran.records, path)?;
    }
    let github = github::Settings::from_environment();
    github::report(&github, settings.format, &ran.records, &look, out)
        .context("failed to write the table")?;
    ran.warn(settings.run.cargo.extent);
    Ok(Status::of(&ran.records.totals()?, settings.run.gate))
}
