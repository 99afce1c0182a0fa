//! Owns what a person reads of two runs.

use std::io::Write;

use alloc_guard_core::report::{Style, count};
use anyhow::Result;

use super::{Change, Comparison, Kind};

/// Prints the changes and a summary.
///
/// # Errors
/// If the output cannot be written.
pub(crate) fn print(comparison: &Comparison, style: Style, out: &mut dyn Write) -> Result<()> {
    for change in &comparison.changes {
        writeln!(out, "{}", line(change, style))?;
        for note in &change.notes {
            writeln!(out, "     {} {note}", style.dim("="))?;
        }
    }
    if !comparison.changes.is_empty() {
        writeln!(out)?;
    }
    writeln!(out, "{}", summary(comparison))?;
    Ok(())
}

fn line(change: &Change, style: Style) -> String {
    let (mark, word) = word(change.kind);
    let word = match change.kind {
        Kind::Broken | Kind::Risen => style.red(word),
        Kind::Mended | Kind::Fallen => style.green(word),
        Kind::New | Kind::Gone => style.yellow(word),
    };
    let place = format!(
        "{} · {} [{}]",
        change.package, change.binary, change.profile
    );
    let numbers = match change.numbers().join("; ") {
        none if none.is_empty() => "the same counts".to_owned(),
        numbers => numbers,
    };
    format!(
        "{mark} {word}  {}  {}  {numbers}",
        change.heading,
        style.dim(&place)
    )
}

/// The mark and the word for a kind of change.
pub(crate) fn word(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Broken => ("❌", "broken"),
        Kind::Risen => ("📈", "risen"),
        Kind::New => ("🆕", "new"),
        Kind::Gone => ("👋", "gone"),
        Kind::Mended => ("✅", "mended"),
        Kind::Fallen => ("📉", "fallen"),
    }
}

/// `86 operations: 1 risen, 85 unchanged`
pub(super) fn summary(comparison: &Comparison) -> String {
    let all = comparison.unchanged + comparison.changes.len() as u64;
    let mut parts: Vec<String> = [
        Kind::Broken,
        Kind::Risen,
        Kind::New,
        Kind::Gone,
        Kind::Mended,
        Kind::Fallen,
    ]
    .into_iter()
    .map(|kind| (comparison.number_of(kind), word(kind).1))
    .filter(|(number, _)| *number > 0)
    .map(|(number, word)| format!("{number} {word}"))
    .collect();
    parts.push(format!("{} unchanged", comparison.unchanged));
    format!("{}: {}", count(all, "operation"), parts.join(", "))
}

#[cfg(test)]
mod tests {
    use alloc_guard_core::{
        Tally,
        report::{Outcome, Record},
    };

    use super::*;

    #[test]
    fn a_change_has_its_numbers_and_below_it_what_else_is_different() {
        let record = |outcome, allocs| Record {
            name: "t".to_owned(),
            package: "p".to_owned(),
            binary: "b".to_owned(),
            profile: "debug".to_owned(),
            outcome,
            locked: Tally {
                allocs,
                ..Tally::default()
            },
            ..Record::default()
        };
        let two = record(Outcome::AsExpected, 2);
        let broken = Change::between(&two, &record(Outcome::Regressed, 2)).unwrap();
        let fallen = Change::between(&two, &record(Outcome::AsExpected, 1)).unwrap();
        let comparison = Comparison {
            changes: vec![broken, fallen],
            unchanged: 3,
        };
        let mut printed = Vec::new();
        print(&comparison, Style::Plain, &mut printed).unwrap();
        assert_eq!(
            String::from_utf8(printed).unwrap(),
            "❌ broken  t  p · b [debug]  the same counts\n     \
             = as expected, then regressed\n\
             📉 fallen  t  p · b [debug]  allocations 2 → 1 (-1)\n\n\
             5 operations: 1 broken, 1 fallen, 3 unchanged\n"
        );
    }
}
