//! Owns the document: the verdict first, then what is not as expected, worst first, then every test.

use std::io::Write;

use alloc_guard_core::report::{self, Gate, Style, count};
use anyhow::Result;

use super::{
    findings, lines,
    page::{Page, Room, Shown},
    table,
};
use crate::{
    format::{
        Look,
        overview::{Overview, Rank},
    },
    records::Records,
};

/// What is kept free for the last line, which says what is missing.
const CLOSING: usize = 256;

/// Prints the document, at most `limit` bytes of it: what does not fit is left out, the best first,
/// and the last line says how much that is.
///
/// # Errors
/// If a record cannot be read, or the output cannot be written.
pub(crate) fn print(
    run: &dyn Records,
    look: &Look<'_>,
    limit: Option<usize>,
    out: &mut dyn Write,
) -> Result<()> {
    put(run, look, Lines::LeftOut, &mut Page::new(limit, out))
}

/// The same below a heading, with a line for each test as a terminal has it.
///
/// # Errors
/// If a record cannot be read, or the output cannot be written.
pub(crate) fn verification(
    heading: &str,
    run: &dyn Records,
    look: &Look<'_>,
    limit: Option<usize>,
    out: &mut dyn Write,
) -> Result<()> {
    let mut page = Page::new(limit, out);
    page.put(&format!("## {heading}\n\n"))?;
    put(run, look, Lines::Shown, &mut page)
}

/// Whether the tests are shown as a terminal has them, besides the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lines {
    Shown,
    LeftOut,
}

fn put(run: &dyn Records, look: &Look<'_>, shown: Lines, page: &mut Page<'_>) -> Result<()> {
    let overview = Overview::of(run, look.gate)?;
    if page.put(&headline(&overview, look.gate))? == Room::None {
        return Ok(());
    }
    page.reserve(CLOSING);
    if shown == Lines::Shown {
        let half = page.room() / 2;
        page.reserve(half);
        lines::put(page, run, &overview)?;
        page.release(half);
    }
    // However much there is to say of failures, each test's numbers are worth some of the room.
    let share = page.room() / 4;
    page.reserve(share);
    let findings = findings::put(page, run, &overview, look)?;
    page.release(share);
    let rows = table::put(page, run, &overview)?;
    page.release(CLOSING);
    page.put(&closing(findings, rows))?;
    page.flush()
}

fn headline(overview: &Overview, gate: Gate) -> String {
    let totals = &overview.totals;
    if totals.all() == 0 {
        return "### ⚠️ No operation was run\n".to_owned();
    }
    if overview.failing == 0 {
        return format!("### ✅ {}\n", report::summary(totals, Style::Plain));
    }
    let parts: Vec<_> = [
        (totals.regressed, "regressed"),
        (totals.unstable, "unstable"),
        (totals.failed, "failed"),
        (totals.unguarded, "without a guard"),
        (if gate.ci { totals.new } else { 0 }, "new"),
        (if gate.strict { totals.improved } else { 0 }, "improved"),
    ]
    .into_iter()
    .filter(|(number, _)| *number > 0)
    .collect();
    let mut text = String::from("### ❌ ");
    for (at, (number, word)) in parts.into_iter().enumerate() {
        if at == 0 {
            let all = count(totals.all(), "operation");
            text.push_str(&format!("{number} of {all} {word}"));
        } else {
            text.push_str(&format!(", {number} {word}"));
        }
    }
    let moved = overview.count(Rank::Moved);
    if moved > 0 {
        text.push_str(&format!(" ({moved} moved with the toolchain)"));
    }
    text.push('\n');
    text
}

fn closing(findings: Shown, rows: Shown) -> String {
    let parts: Vec<_> = [(findings, "finding"), (rows, "row")]
        .into_iter()
        .filter(|(shown, _)| shown.shown < shown.all)
        .map(|(shown, thing)| format!("{} of {}", shown.all - shown.shown, count(shown.all, thing)))
        .collect();
    if parts.is_empty() {
        return String::new();
    }
    format!(
        "\n**Not shown here for want of room: {}. The log of this step has them all.**\n",
        parts.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_closing_has_its_room() {
        let most = Shown {
            all: u64::MAX,
            shown: 0,
        };
        assert!(closing(most, most).len() <= CLOSING);
    }

    #[test]
    fn nothing_is_said_to_be_missing_where_nothing_is() {
        let one = Shown { all: 1, shown: 1 };
        assert_eq!(closing(one, Shown::default()), "");
        assert_eq!(
            closing(one, Shown { all: 3, shown: 1 }),
            "\n**Not shown here for want of room: 2 of 3 rows. The log of this step has them all.**\n"
        );
    }
}
