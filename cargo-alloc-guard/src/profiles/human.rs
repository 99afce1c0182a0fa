//! Owns what a person reads of a profile on a terminal.

use std::io::{self, Write};

use alloc_guard_core::report::{Style, bytes, count};
use alloc_guard_profile::Totals;

use super::{
    names,
    summary::{List, Measure, Summary},
};
use crate::format::text::one_line;

/// How much of a name is shown.
const LONGEST_NAME: usize = 100;

pub(super) fn print(summary: &Summary<'_>, style: Style, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "{}",
        one_line(&names::heading(summary.profile), LONGEST_NAME)
    )?;
    for warning in &summary.profile.warnings {
        let warning = one_line(&warning.to_string(), usize::MAX);
        writeln!(out, "{} {warning}", style.yellow("warning:"))?;
    }
    for line in totals(&summary.totals) {
        writeln!(out, "{line}")?;
    }
    for list in &summary.lists {
        writeln!(out)?;
        print_list(list, style, out)?;
    }
    Ok(())
}

/// What everything comes to.
pub(super) fn totals(totals: &Totals) -> Vec<String> {
    let mut calls = vec![
        count(totals.allocations.count, "allocation"),
        bytes(totals.allocations.bytes),
    ];
    if let (Some(grows), Some(shrinks)) = (totals.grows, totals.shrinks) {
        calls.push(format!(
            "{} of them",
            count(grows + shrinks, "reallocation")
        ));
    }
    if let Some(deallocations) = totals.deallocations {
        calls.push(count(deallocations, "deallocation"));
    }
    let mut held = vec![format!(
        "peak {} in {}",
        bytes(totals.peak.bytes),
        count(totals.peak.count, "block")
    )];
    held.push(match totals.leaked.count {
        0 => "no leaks".to_owned(),
        blocks => format!(
            "leaked {} in {}",
            bytes(totals.leaked.bytes),
            count(blocks, "block")
        ),
    });
    if let Some(temporary) = totals.temporary {
        held.push(format!("{} temporary", temporary.count));
    }
    vec![calls.join(" · "), held.join(" · ")]
}

fn print_list(list: &List, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let rows: Vec<[String; 2]> = list
        .rows
        .iter()
        .map(|row| amounts(list, row.amount))
        .collect();
    let [first, second] = [0, 1].map(|column| {
        let widths = rows.iter().map(|row| row[column].len());
        widths.max().unwrap_or(0)
    });
    let [total, other] = amounts(list, list.total);
    writeln!(out, "── {}: {total}, {other}", list.title)?;
    for (row, [amount, other]) in list.rows.iter().zip(&rows) {
        let share = list.measure.share(row.amount, list.total);
        let name = one_line(&row.name, LONGEST_NAME);
        let place = match one_line(&row.place, LONGEST_NAME) {
            none if none.is_empty() => none,
            place => format!("  {}", style.dim(&place)),
        };
        writeln!(
            out,
            "{amount:>first$}  {other:>second$}  {share:>3} %  {name}{place}"
        )?;
    }
    if list.more > 0 {
        writeln!(out, "{}", style.dim(&format!("and {} more", list.more)))?;
    }
    Ok(())
}

/// The figure that is ranked, and the other.
pub(super) fn amounts(list: &List, amount: alloc_guard_profile::Amount) -> [String; 2] {
    let size = bytes(amount.bytes);
    match list.measure {
        Measure::Bytes => [size, count(amount.count, "block")],
        Measure::Count => [amount.count.to_string(), size],
    }
}
