//! Owns the form of a comparison for programs: one JSON document, described in
//! `docs/report-format.md`.

use std::io::Write;

use alloc_guard_core::baseline::Counts;
use anyhow::Result;
use serde_json::{Value, json};

use super::{Change, Comparison, human::word};

/// The version of the document.
const VERSION: u32 = 1;

/// Prints the document.
///
/// # Errors
/// If the output cannot be written.
pub(crate) fn print(comparison: &Comparison, out: &mut dyn Write) -> Result<()> {
    let document = json!({
        "version": VERSION,
        "unchanged": comparison.unchanged,
        "changes": comparison.changes.iter().map(change).collect::<Vec<_>>(),
    });
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)?;
    Ok(())
}

fn change(change: &Change) -> Value {
    json!({
        "change": word(change.kind).1,
        "package": change.package,
        "binary": change.binary,
        "profile": change.profile,
        "name": change.name,
        "before": change.before.map(counts),
        "after": change.after.map(counts),
        "notes": change.notes,
    })
}

fn counts(counts: Counts) -> Value {
    json!({
        "allocations": counts.allocations,
        "bytes": counts.bytes,
        "peak_bytes": counts.peak_bytes,
    })
}
