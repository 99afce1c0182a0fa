//! Owns the showing of a run where GitHub's runner may be listening.

use std::io::Write;

use anyhow::Result;

use super::{Settings, annotations::annotations, command::without_commands, summary::append};
use crate::{
    format::{Format, Look, markdown, print},
    records::Records,
};

/// Prints a run in this form, and appends the step's summary if one is asked for.
///
/// # Errors
/// If a record cannot be read, or the output or the summary cannot be written.
pub(crate) fn report(
    settings: &Settings,
    format: Format,
    run: &dyn Records,
    look: &Look<'_>,
    out: &mut dyn Write,
) -> Result<()> {
    log(settings, format, run, look, out)?;
    if let Some(path) = &settings.summary {
        append(path, |room, out| {
            markdown::print(run, look, Some(room), out)
        })?;
    }
    Ok(())
}

/// Prints a run in this form.
///
/// The form for people is what stands in a step's log, so on a runner it is printed with commands
/// stopped, and annotations follow it. The other forms are for files, in which a command would be damage.
///
/// # Errors
/// If a record cannot be read, or the output cannot be written.
pub(crate) fn log(
    settings: &Settings,
    format: Format,
    run: &dyn Records,
    look: &Look<'_>,
    out: &mut dyn Write,
) -> Result<()> {
    if settings.is_on && format == Format::Human {
        without_commands(out, |out| print(format, run, look, out))?;
        annotations(run, look, settings, out)
    } else {
        print(format, run, look, out)
    }
}
