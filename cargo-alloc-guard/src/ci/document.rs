//! Owns what is said of a profile in a job's summary and on a terminal.

use std::{io::Write as _, path::Path};

use alloc_guard_core::report::{Style, bytes};
use alloc_guard_profile::Profile;
use anyhow::Result;

use super::artifacts::PROFILES;
use crate::{
    format::markdown::{code, prose},
    profiles::{self, Comparison, Input},
};

pub(super) use profiles::Form;

/// What is shown of a profile.
pub(super) struct Shown<'a> {
    /// The files and their sizes.
    pub(super) files: Vec<(String, u64)>,
    /// What came of ByteHound.
    pub(super) bytehound: String,
    /// What is to be said of test processes that did not end well.
    pub(super) ends: &'a [String],
    /// The one that the hotspots are taken from.
    pub(super) profile: &'a Profile,
    /// The one that knows operations.
    pub(super) operations: &'a Input,
    pub(super) root: &'a Path,
    /// The base and what changed since, or why that is not known.
    pub(super) change: Result<(&'a str, &'a Comparison), &'a str>,
}

/// How to look into the files.
const ANALYSE: [(&str, &str); 4] = [
    (
        "report.html",
        "opens in any browser: flame graph, allocations, timeline, leaks, threads and phases",
    ),
    (
        "cargo alloc-guard diff main.agprof pr.agprof --format html",
        "compares two of them; `.dat` files, too",
    ),
    (
        "cargo alloc-guard export FILE",
        "writes JSON as `allocations.json` is, folded stacks, or a form for speedscope, heaptrack or dh_view",
    ),
    (
        "bytehound server FILE.dat",
        "shows one of ByteHound's in its own viewer",
    ),
];

/// Writes it down in this form.
///
/// # Errors
/// If the form of a profile cannot be written.
pub(super) fn document(shown: &Shown<'_>, form: Form) -> Result<String> {
    let mut out = Vec::new();
    if form == Form::Markdown {
        writeln!(out, "**ByteHound:** {}\n", prose(&shown.bytehound))?;
        for end in shown.ends {
            writeln!(out, "> ⚠️ {}\n", prose(end))?;
        }
        writeln!(out, "| File in `{PROFILES}` | Size |\n| --- | ---: |")?;
        for (name, size) in &shown.files {
            writeln!(out, "| {} | {} |", code(name), bytes(*size))?;
        }
    } else {
        writeln!(out, "ByteHound: {}\n", shown.bytehound)?;
        for end in shown.ends {
            writeln!(out, "warning: {end}\n")?;
        }
        let width = shown.files.iter().map(|(name, _)| name.len()).max();
        for (name, size) in &shown.files {
            let width = width.unwrap_or(0);
            writeln!(out, "{name:width$}  {:>9}", bytes(*size))?;
        }
    }
    writeln!(out)?;
    profiles::print(shown.profile, form, shown.root, Style::Plain, &mut out)?;
    writeln!(out)?;
    if form == Form::Markdown {
        let title = "What each guarded test allocated, site by site";
        writeln!(out, "<details><summary>{title}</summary>\n")?;
        profiles::print_locked(shown.operations, form, shown.root, Style::Plain, &mut out)?;
        writeln!(out, "\n</details>\n")?;
    }
    match (shown.change, form) {
        (Ok((base, comparison)), Form::Markdown) => {
            // Of a profile nothing is held to anything, so this is no verdict.
            writeln!(out, "#### Against {}\n", code(base))?;
            writeln!(out, "{}\n", comparison.summary())?;
            profiles::print_changes(comparison, &mut out)?;
        }
        (Ok((base, comparison)), _) => {
            writeln!(out, "── Against {base}")?;
            profiles::print_human(comparison, Style::Plain, &mut out)?;
        }
        (Err(why), Form::Markdown) => writeln!(out, "Not compared with a base: {}.", prose(why))?,
        (Err(why), _) => writeln!(out, "Not compared with a base: {why}.")?,
    }
    if form == Form::Markdown {
        writeln!(out, "\n#### How to analyse\n")?;
        for (what, does) in ANALYSE {
            writeln!(out, "- `{what}` {does}")?;
        }
    }
    Ok(String::from_utf8_lossy(&out).into_owned())
}
