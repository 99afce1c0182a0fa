//! Owns what a person reads of two profiles.

use std::io::{self, Write};

use alloc_guard_core::report::Style;

use super::change::{Change, Comparison};
use crate::{diff::Kind, format::text::one_line};

/// How much of a name is shown.
const LONGEST_NAME: usize = 100;

/// Prints a line for each function that changed, the totals and a summary.
///
/// # Errors
/// If the output cannot be written.
pub(crate) fn print(comparison: &Comparison, style: Style, out: &mut dyn Write) -> io::Result<()> {
    for change in &comparison.changes {
        writeln!(out, "{}", line(change, style))?;
    }
    if !comparison.changes.is_empty() {
        writeln!(out)?;
    }
    writeln!(out, "whole process: {}", comparison.totals())?;
    writeln!(out, "{}", comparison.summary())
}

fn line(change: &Change, style: Style) -> String {
    let (mark, word) = crate::diff::word(change.kind);
    let word = match change.kind {
        Kind::Broken | Kind::Risen | Kind::New => style.red(word),
        Kind::Mended | Kind::Fallen | Kind::Gone => style.green(word),
    };
    let name = one_line(change.name(), LONGEST_NAME);
    let place = one_line(&change.function.function.file, LONGEST_NAME);
    format!(
        "{mark} {word}  {name}  {}  {}",
        style.dim(&place),
        change.numbers()
    )
}
