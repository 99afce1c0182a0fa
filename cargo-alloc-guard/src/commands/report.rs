//! `report`: shows a run that has been, in the form that is asked for.

use std::{io::Write, path::PathBuf};

use alloc_guard_core::report::{Gate, count};
use anyhow::{Context as _, Result, bail};

use crate::{
    arguments::ReportArguments,
    cargo::Workspace,
    format::{self, Look},
    settings::{CargoSettings, style_of_stdout},
    status::Status,
    store,
};

/// Runs the command.
///
/// # Errors
/// If there is no run, its records cannot be read, or the report cannot be written.
pub(crate) fn run(arguments: ReportArguments, out: &mut dyn Write) -> Result<Status> {
    let cargo = CargoSettings::of_workspace(arguments.manifest_path, arguments.target_dir);
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
    let look = Look {
        root: &root,
        style: style_of_stdout(arguments.color),
        gate: Gate::from_environment(),
    };
    format::print(arguments.format, &run, &look, out).context("failed to write the report")?;
    Ok(Status::AsExpected)
}
