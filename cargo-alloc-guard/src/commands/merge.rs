//! `merge`: puts the shards of a run together, and comes to what one run of everything would.

use std::{io::Write, path::PathBuf};

use alloc_guard_core::report::{Gate, count};
use anyhow::{Context as _, Result, bail};

use crate::{
    arguments::MergeArguments,
    cargo::Workspace,
    format::{Look, github},
    progress::Progress,
    records::Records as _,
    settings::{self, CargoSettings, style_of_stdout},
    status::Status,
    store,
};

/// Runs the command.
///
/// # Errors
/// If an input is not there or damaged, there is no record, or the run or the report cannot be written.
pub(crate) fn run(arguments: MergeArguments, out: &mut dyn Write) -> Result<Status> {
    let run = {
        let progress = Progress::new(settings::Progress::of_stderr());
        let output = arguments.output.as_deref();
        store::merge(&arguments.inputs, output, &mut |path| {
            progress.reading(path);
        })?
    };
    if run.count() == 0 {
        let inputs = count(arguments.inputs.len() as u64, "input");
        bail!(
            "no record in {inputs}: `*.jsonl` files in `target/alloc-guard` are what a shard has to hand on"
        );
    }
    let cargo = CargoSettings::of_workspace(arguments.manifest_path, None);
    // Records from elsewhere can be shown where there is no workspace, without their sources.
    let root = Workspace::read(&cargo).map_or_else(|_| PathBuf::from("."), |found| found.root);
    let mut gate = Gate::from_environment();
    gate.strict |= arguments.strict;
    let look = Look {
        root: &root,
        style: style_of_stdout(arguments.color),
        gate,
    };
    let github = github::Settings::from_environment();
    github::report(&github, arguments.format, &run, &look, out)
        .context("failed to write the report")?;
    Ok(Status::of(&run.totals()?, gate))
}
