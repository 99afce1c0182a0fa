//! Owns what a person reads of a run: a table over all binaries, the text of each failure, a summary.

use std::{io::Write, path::Path};

use alloc_guard_core::report::{self, Gate, Record, Style};
use anyhow::Result;

use crate::records::Records;

/// How a run is shown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look<'a> {
    /// What the paths in records are relative to.
    pub(crate) root: &'a Path,
    pub(crate) style: Style,
    pub(crate) gate: Gate,
}

/// Prints everything.
///
/// # Errors
/// If a record cannot be read, or the output cannot be written.
pub(crate) fn print(run: &dyn Records, look: &Look<'_>, out: &mut dyn Write) -> Result<()> {
    let mut width = 0;
    run.for_each(&mut |record| {
        width = width.max(report::heading_width(std::iter::once(record.heading())));
        Ok(())
    })?;
    rows(run, width, look, out)?;
    failures(run, look, out)?;
    writeln!(out, "{}", report::summary(&run.totals()?, look.style))?;
    out.flush()?;
    Ok(())
}

fn rows(run: &dyn Records, width: usize, look: &Look<'_>, out: &mut dyn Write) -> Result<()> {
    let mut last = None;
    run.for_each(&mut |record| {
        let header = header(record, look.style);
        if last.as_ref() != Some(&header) {
            if last.is_some() {
                writeln!(out)?;
            }
            writeln!(out, "{header}")?;
            last = Some(header);
        }
        writeln!(out, "{}", report::line(record, width, look.style))?;
        Ok(())
    })?;
    writeln!(out)?;
    Ok(())
}

fn failures(run: &dyn Records, look: &Look<'_>, out: &mut dyn Write) -> Result<()> {
    run.for_each(&mut |record| {
        if !record.outcome.is_failure(look.gate) {
            return Ok(());
        }
        let text = report::failure_text(record, look.root, look.style);
        if !text.is_empty() {
            writeln!(out, "{}\n{}\n", title(record, look.style), text.trim_end())?;
        }
        Ok(())
    })
}

fn header(record: &Record, style: Style) -> String {
    let profile = style.dim(&format!("[{}]", record.profile));
    format!("{} · {}  {profile}", record.package, record.binary)
}

fn title(record: &Record, style: Style) -> String {
    let name = match record.name.as_str() {
        "" => record.heading(),
        name => name,
    };
    style.dim(&format!(
        "── {} · {name} ({})",
        record.package, record.profile
    ))
}
