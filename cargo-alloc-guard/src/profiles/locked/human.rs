//! Owns what a person reads of locked phases on a terminal.

use std::io::{self, Write};

use alloc_guard_core::report::{Style, bytes};

use super::operations::{Locked, NONE, Operation};
use crate::{format::text::one_line, profiles::names};

/// How much of a name is shown.
const LONGEST_NAME: usize = 100;

pub(in crate::profiles) fn print(
    locked: &Locked<'_>,
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(
        out,
        "{}",
        one_line(&names::heading(locked.profile), LONGEST_NAME)
    )?;
    for warning in &locked.profile.warnings {
        let warning = one_line(&warning.to_string(), usize::MAX);
        writeln!(out, "{} {warning}", style.yellow("warning:"))?;
    }
    if locked.is_empty() {
        writeln!(out, "{NONE}")?;
    }
    for operation in &locked.operations {
        writeln!(out)?;
        print_operation(operation, style, out)?;
    }
    if !locked.free.is_empty() {
        writeln!(out, "\n── Allocation-free: {}", locked.free.len())?;
    }
    for title in &locked.free {
        writeln!(out, "{}", one_line(title, LONGEST_NAME))?;
    }
    Ok(())
}

fn print_operation(operation: &Operation, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let title = one_line(&operation.title, LONGEST_NAME);
    writeln!(out, "── {}{title}: {}", operation.mark, operation.measured)?;
    let rows: Vec<[String; 3]> = operation
        .sites
        .iter()
        .map(|site| {
            let reallocations = match site.reallocations {
                0 => String::new(),
                number => format!("{number} reallocated"),
            };
            [
                site.amount.count.to_string(),
                bytes(site.amount.bytes),
                reallocations,
            ]
        })
        .collect();
    let [first, second, third] = [0, 1, 2].map(|column| {
        let widths = rows.iter().map(|row| row[column].len());
        widths.max().unwrap_or(0)
    });
    for (site, [number, size, reallocations]) in operation.sites.iter().zip(&rows) {
        let name = one_line(&site.name, LONGEST_NAME);
        let place = style.dim(&one_line(&site.place, LONGEST_NAME));
        let gap = if third == 0 { "" } else { "  " };
        let line = format!(
            "{number:>first$}  {size:>second$}{gap}{reallocations:>third$}  {name}  {place}"
        );
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}
