//! `export`: writes a profile in a form that another tool reads.

use std::io::Write;

use alloc_guard_profile::export;
use anyhow::{Context as _, Result};

use crate::{
    arguments::{ExportArguments, ExportFormat},
    profiles,
    status::Status,
};

/// Runs the command.
///
/// # Errors
/// If there is no profile, it cannot be read, the form cannot express it, or the file cannot be written.
pub(crate) fn run(arguments: &ExportArguments, out: &mut dyn Write) -> Result<Status> {
    let input = profiles::read(&arguments.files, &arguments.place)?;
    input.warn();
    let profile = &input.profile;
    let metric = arguments.metric.map(Into::into).unwrap_or_default();
    profiles::write(&arguments.output, &input.paths, out, |out| {
        match arguments.format {
            ExportFormat::Json => export::json(profile, out),
            ExportFormat::Folded => export::folded(profile, metric, out),
            ExportFormat::Dhat => export::dhat(profile, out),
            ExportFormat::Speedscope => export::speedscope(profile, out),
            ExportFormat::Heaptrack => export::heaptrack(profile, out),
        }
        .context("failed to export the profile")
    })?;
    Ok(Status::AsExpected)
}
