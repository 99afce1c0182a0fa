//! Owns what a person reads of a run: a table over all binaries, the text of each failure, a summary.

use std::{io::Write, ops::ControlFlow, path::Path};

use alloc_guard_core::report::{self, Gate, Record, Style};
use anyhow::Result;

use super::{
    moved::{CURE, heading, moved},
    overview::{Overview, Rank},
    words::{Targets, built},
};
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
    let overview = Overview::of(run, look.gate)?;
    rows(run, &overview, look, out)?;
    if overview.failing > 0 {
        failures(run, &overview, look, out)?;
        moved_tests(run, &overview, look, out)?;
    }
    writeln!(out, "{}", report::summary(&overview.totals, look.style))?;
    out.flush()?;
    Ok(())
}

fn rows(
    run: &dyn Records,
    overview: &Overview,
    look: &Look<'_>,
    out: &mut dyn Write,
) -> Result<()> {
    let mut last = None;
    run.for_each(&mut |record| {
        let header = header(record, overview.targets, look.style);
        if last.as_ref() != Some(&header) {
            if last.is_some() {
                writeln!(out)?;
            }
            writeln!(out, "{header}")?;
            last = Some(header);
        }
        writeln!(out, "{}", report::line(record, overview.width, look.style))?;
        Ok(())
    })?;
    writeln!(out)?;
    Ok(())
}

fn failures(
    run: &dyn Records,
    overview: &Overview,
    look: &Look<'_>,
    out: &mut dyn Write,
) -> Result<()> {
    run.for_each(&mut |record| {
        if !record.outcome.is_failure(look.gate) || Rank::of(record) == Some(Rank::Moved) {
            return Ok(());
        }
        let text = report::failure_text(record, look.root, look.style);
        if !text.is_empty() {
            writeln!(
                out,
                "{}\n{}\n",
                title(record, overview.targets, look.style),
                text.trim_end()
            )?;
        }
        Ok(())
    })
}

fn header(record: &Record, targets: Targets, style: Style) -> String {
    let profile = style.dim(&format!("[{}]", built(record, targets)));
    format!("{} · {}  {profile}", record.package, record.binary)
}

/// Where the compiler changed, an excerpt for each test would say the same thing many times.
fn moved_tests(
    run: &dyn Records,
    overview: &Overview,
    look: &Look<'_>,
    out: &mut dyn Write,
) -> Result<()> {
    for ((then, now), tests) in &overview.moved {
        if tests.failing == 0 {
            continue;
        }
        let heading = heading(tests.all, (then, now));
        writeln!(out, "{}", look.style.dim(&format!("── {heading}")))?;
        overview.each_of(Rank::Moved, run, &mut |record| {
            if let Some(moved) = moved(record)
                && (moved.then, moved.now) == (then, now)
            {
                writeln!(
                    out,
                    "  {}  {}",
                    name(record, overview.targets),
                    moved.change
                )?;
            }
            Ok(ControlFlow::Continue(()))
        })?;
        writeln!(
            out,
            "   = {}: if this is meant, `{CURE}` takes it over\n",
            look.style.dim("help")
        )?;
    }
    Ok(())
}

fn title(record: &Record, targets: Targets, style: Style) -> String {
    style.dim(&format!("── {}", name(record, targets)))
}

fn name(record: &Record, targets: Targets) -> String {
    let name = match record.name.as_str() {
        "" => record.heading(),
        name => name,
    };
    format!("{} · {name} ({})", record.package, built(record, targets))
}
