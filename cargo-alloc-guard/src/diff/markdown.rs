//! Owns the form of a comparison for comments on pull requests.

use std::io::Write;

use anyhow::Result;

use super::{
    Comparison,
    human::{summary, word},
};
use crate::format::markdown::code;

/// Prints a table.
///
/// # Errors
/// If the output cannot be written.
pub(crate) fn print(comparison: &Comparison, out: &mut dyn Write) -> Result<()> {
    let mark = if comparison.is_worse() { "❌" } else { "✅" };
    writeln!(out, "### {mark} {}", summary(comparison))?;
    if comparison.changes.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "\n| change | operation | test | counts |\n| --- | --- | --- | --- |"
    )?;
    for change in &comparison.changes {
        let (mark, word) = word(change.kind);
        let test = format!(
            "{}::{}::{} [{}]",
            change.package, change.binary, change.name, change.profile
        );
        let details: Vec<String> = change
            .numbers()
            .into_iter()
            .chain(change.notes.clone())
            .collect();
        writeln!(
            out,
            "| {mark} {word} | {} | {} | {} |",
            code(&change.heading),
            code(&test),
            code(&details.join("; "))
        )?;
    }
    Ok(())
}
