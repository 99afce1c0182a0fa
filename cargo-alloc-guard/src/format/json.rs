//! Owns the form for programs: one JSON document, described in `docs/report-format.md`.

use std::io::Write;

use alloc_guard_core::report::{self, Totals};
use anyhow::Result;

use crate::records::Records;

/// The version of the document. The records in it carry their own.
const VERSION: u32 = 1;

/// Prints the document.
///
/// # Errors
/// If a record cannot be read, or the output cannot be written.
pub(crate) fn print(run: &dyn Records, out: &mut dyn Write) -> Result<()> {
    let summary = summary(&run.totals()?);
    write!(
        out,
        "{{\"version\":{VERSION},\"summary\":{summary},\"tests\":["
    )?;
    let mut is_first = true;
    run.for_each(&mut |record| {
        // One record a line, so that a document can be searched and compared line by line.
        let comma = if is_first { "" } else { "," };
        is_first = false;
        write!(out, "{comma}\n{}", report::to_json(record))?;
        Ok(())
    })?;
    writeln!(out, "\n]}}")?;
    out.flush()?;
    Ok(())
}

fn summary(totals: &Totals) -> String {
    let numbers: Vec<_> = [
        ("operations", totals.all()),
        ("as_expected", totals.expected),
        ("regressed", totals.regressed),
        ("unstable", totals.unstable),
        ("improved", totals.improved),
        ("new", totals.new),
        ("failed", totals.failed),
        ("without_guard", totals.unguarded),
        ("ignored", totals.ignored),
    ]
    .into_iter()
    .map(|(name, number)| format!("\"{name}\":{number}"))
    .collect();
    format!("{{{}}}", numbers.join(","))
}
