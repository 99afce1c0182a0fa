//! Owns the form of a profile for job summaries and comments on pull requests.

use std::io::{self, Write};

use super::{
    human::{amounts, totals},
    names,
    summary::{List, Measure, Summary},
};
use crate::format::markdown::code;

pub(super) fn print(summary: &Summary<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "### 📊 Allocation profile: {}",
        code(&names::heading(summary.profile))
    )?;
    for warning in &summary.profile.warnings {
        writeln!(out, "\n> ⚠️ {}", code(&warning.to_string()))?;
    }
    for line in totals(&summary.totals) {
        writeln!(out, "\n{line}")?;
    }
    for list in &summary.lists {
        print_list(list, out)?;
    }
    Ok(())
}

fn print_list(list: &List, out: &mut dyn Write) -> io::Result<()> {
    let [total, other] = amounts(list, list.total);
    writeln!(out, "\n**{}: {total}, {other}**\n", list.title)?;
    let columns = match list.measure {
        Measure::Bytes => "Size | Blocks",
        Measure::Count => "Allocations | Size",
    };
    writeln!(
        out,
        "| {columns} | Share | Where |\n| ---: | ---: | ---: | --- |"
    )?;
    for row in &list.rows {
        let [amount, other] = amounts(list, row.amount);
        let share = list.measure.share(row.amount, list.total);
        let place = match row.place.as_str() {
            "" => String::new(),
            place => format!(" {}", code(place)),
        };
        writeln!(
            out,
            "| {amount} | {other} | {share} % | {}{place} |",
            code(&row.name)
        )?;
    }
    if list.more > 0 {
        writeln!(out, "\nand {} more", list.more)?;
    }
    Ok(())
}
