//! Owns the form of two profiles for programs: one JSON document, described in `docs/profiles.md`.

use std::io::Write;

use alloc_guard_profile::{Amount, Sums, Totals};
use anyhow::Result;
use serde_json::{Value, json};

use super::change::{Change, Comparison};
use crate::diff::word;

/// The version of the document.
const VERSION: u32 = 1;

/// Prints the document.
///
/// # Errors
/// If the output cannot be written.
pub(crate) fn print(comparison: &Comparison, out: &mut dyn Write) -> Result<()> {
    let [before, after] = &comparison.diff.totals;
    let document = json!({
        "version": VERSION,
        "before": totals(before),
        "after": totals(after),
        "unchanged": comparison.unchanged,
        "within_tolerance": comparison.tolerated,
        "changes": comparison.changes.iter().map(change).collect::<Vec<_>>(),
    });
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)?;
    Ok(())
}

fn change(change: &Change) -> Value {
    let [before, after] = &change.function.as_site;
    json!({
        "change": word(change.kind).1,
        "function": change.function.function.name,
        "file": change.function.function.file,
        "before": sums(before),
        "after": sums(after),
    })
}

fn sums(sums: &Sums) -> Value {
    amounts(sums.allocations, sums.leaked)
}

fn amounts(allocations: Amount, leaked: Amount) -> Value {
    json!({
        "allocations": allocations.count,
        "bytes": allocations.bytes,
        "leaked_blocks": leaked.count,
        "leaked_bytes": leaked.bytes,
    })
}

fn totals(totals: &Totals) -> Value {
    let mut value = amounts(totals.allocations, totals.leaked);
    value["peak_blocks"] = totals.peak.count.into();
    value["peak_bytes"] = totals.peak.bytes.into();
    value
}
