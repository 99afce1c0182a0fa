//! Owns the form of two profiles for comments on pull requests.

use std::io::{self, Write};

use super::change::Comparison;
use crate::format::markdown::code;

/// Prints a table.
///
/// # Errors
/// If the output cannot be written.
pub(crate) fn print(comparison: &Comparison, out: &mut dyn Write) -> io::Result<()> {
    let mark = if comparison.is_worse() { "❌" } else { "✅" };
    writeln!(out, "### {mark} {}\n", comparison.summary())?;
    changes(comparison, out)
}

/// Prints the table alone, for those with a heading of their own.
///
/// # Errors
/// If the output cannot be written.
pub(crate) fn changes(comparison: &Comparison, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "Whole process: {}", comparison.totals())?;
    if comparison.changes.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "\n| change | function | file | counts |\n| --- | --- | --- | --- |"
    )?;
    for change in &comparison.changes {
        let (mark, word) = crate::diff::word(change.kind);
        writeln!(
            out,
            "| {mark} {word} | {} | {} | {} |",
            code(change.name()),
            code(&change.function.function.file),
            code(&change.numbers())
        )?;
    }
    Ok(())
}
