//! `check`: builds and runs every guarded test of the workspace, prints one table, and gates.

use std::io::Write;

use anyhow::{Context as _, Result};

use crate::{
    format::human::{self, Look},
    records::Records as _,
    run::{self, Ran},
    settings::CheckSettings,
    status::Status,
};

/// Runs the command.
///
/// # Errors
/// If the build fails, there is no guarded test, a process cannot be started, or the table cannot be
/// written.
pub(crate) fn run(settings: &CheckSettings, out: &mut dyn Write) -> Result<Status> {
    let Ran { build, records } = run::run(&settings.run)?;
    let look = Look {
        root: &build.workspace.root,
        style: settings.style,
        gate: settings.run.gate,
    };
    human::print(&records, &look, out).context("failed to write the table")?;
    Ok(Status::of(&records.totals()?, settings.run.gate))
}
