//! Owns the choice between the forms in which a run can be asked for.

use std::io::Write;

use anyhow::Result;
use clap::ValueEnum;

use super::{human, human::Look, json, junit, markdown};
use crate::records::Records;

/// A form in which a run can be asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A table, and the text of each failure with its source.
    #[default]
    Human,
    /// The same for job summaries and comments on pull requests.
    Markdown,
    /// One document with every record.
    Json,
    /// For continuous integration that reads test results.
    Junit,
}

/// Prints a run in this form.
///
/// # Errors
/// If a record cannot be read, or the output cannot be written.
pub(crate) fn print(
    format: Format,
    run: &dyn Records,
    look: &Look<'_>,
    out: &mut dyn Write,
) -> Result<()> {
    match format {
        Format::Human => human::print(run, look, out),
        Format::Markdown => markdown::print(run, look, None, out),
        Format::Json => json::print(run, out),
        Format::Junit => junit::print(run, look, out),
    }
}
