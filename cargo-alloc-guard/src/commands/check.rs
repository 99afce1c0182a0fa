//! `check`: builds and runs every guarded test of the workspace, prints one table, and gates.

use std::io::{self, Write};

use anyhow::{Context as _, Result};

use crate::{
    format::{Look, github},
    records::Records as _,
    run::{self, Ran},
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
    warn(&ran, settings);
    Ok(Status::of(&ran.records.totals()?, settings.run.gate))
}

/// Says what is wrong with the baselines and fails no test.
fn warn(ran: &Ran, settings: &CheckSettings) {
    let root = &ran.build.workspace.root;
    let mut warnings = ran.baselines.other_features(&ran.build);
    for stale in ran.baselines.stale(&ran.known, settings.run.cargo.extent) {
        let path = stale.path.strip_prefix(root).unwrap_or(&stale.path);
        warnings.push(format!(
            "{}:{}: there is no test {} in {} any more; `cargo alloc-guard accept` removes its entry",
            path.display(),
            stale.line,
            stale.name,
            stale.binary
        ));
    }
    for warning in warnings {
        // Where nobody reads them, the table and the status are what counts.
        let _ = writeln!(io::stderr(), "warning: {warning}");
    }
}
