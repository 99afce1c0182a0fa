//! Owns the form of locked phases for documents, job summaries and comments on pull requests.

use std::io::{self, Write};

use alloc_guard_core::report::{bytes, count};

use super::operations::{Locked, NONE, Operation};
use crate::{
    format::markdown::{code, text},
    profiles::names,
};

pub(in crate::profiles) fn print(locked: &Locked<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "### 📊 Locked phases: {}",
        code(&names::heading(locked.profile))
    )?;
    for warning in &locked.profile.warnings {
        writeln!(out, "\n> ⚠️ {}", code(&warning.to_string()))?;
    }
    if locked.is_empty() {
        writeln!(out, "\n{NONE}")?;
    }
    for operation in &locked.operations {
        print_operation(operation, out)?;
    }
    if !locked.free.is_empty() {
        let all = count(locked.free.len() as u64, "operation");
        writeln!(out, "\n**Allocation-free: {all}**\n")?;
    }
    for title in &locked.free {
        writeln!(out, "- {}", text(title))?;
    }
    Ok(())
}

fn print_operation(operation: &Operation, out: &mut dyn Write) -> io::Result<()> {
    let title = text(&operation.title);
    writeln!(
        out,
        "\n{}**{title}**: {}\n",
        operation.mark,
        text(&operation.measured)
    )?;
    writeln!(
        out,
        "| Allocations | Of them reallocations | Size | Where |\n| ---: | ---: | ---: | --- |"
    )?;
    for site in &operation.sites {
        let place = match site.place.as_str() {
            "" => String::new(),
            place => format!(" {}", code(place)),
        };
        writeln!(
            out,
            "| {} | {} | {} | {}{place} |",
            site.amount.count,
            site.reallocations,
            bytes(site.amount.bytes),
            code(&site.name)
        )?;
    }
    Ok(())
}
