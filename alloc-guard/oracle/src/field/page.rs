//! Owns the page, `docs/field-report.md`: what was measured, as a reader is shown it.

use std::{collections::BTreeSet, fmt::Write as _};

use anyhow::Context as _;

use super::data::{Field, Holds, Measured};
use crate::operations::{Covers, NOTES, OPERATIONS, ROWS, Row};

/// A row with what was measured of it.
struct Judged<'a> {
    row: &'static Row,
    version: &'a str,
    debug: &'a Measured,
    release: &'a Measured,
    /// The worse of both profiles.
    holds: Option<Holds>,
}

/// The page.
///
/// # Errors
/// If a row was not measured.
pub fn page(field: &Field) -> anyhow::Result<String> {
    let judged: Vec<Judged<'_>> = ROWS
        .iter()
        .map(|row| judge(field, row))
        .collect::<anyhow::Result<_>>()?;
    let mut page = String::new();
    introduction(&mut page, field, &judged)?;
    broken(&mut page, &judged)?;
    first_use(&mut page, &judged)?;
    kept(&mut page, &judged)?;
    unclaimed(&mut page, &judged)?;
    method(&mut page)?;
    Ok(page)
}

fn judge<'a>(field: &'a Field, row: &'static Row) -> anyhow::Result<Judged<'a>> {
    let name = row.operation.name;
    let debug = field.debug.get(name).context(name)?;
    let release = field.release.get(name).context(name)?;
    let worse = |left, right| match (left, right) {
        (Holds::No, _) | (_, Holds::No) => Holds::No,
        (Holds::AfterTheFirst, _) | (_, Holds::AfterTheFirst) => Holds::AfterTheFirst,
        (Holds::Always, Holds::Always) => Holds::Always,
    };
    Ok(Judged {
        row,
        version: field.packages.get(row.package).context(row.package)?,
        debug,
        release,
        holds: debug
            .holds(row)
            .zip(release.holds(row))
            .map(|(debug, release)| worse(debug, release)),
    })
}

fn introduction(page: &mut String, field: &Field, judged: &[Judged<'_>]) -> anyhow::Result<()> {
    let count = |holds| judged.iter().filter(|row| row.holds == holds).count();
    let packages: BTreeSet<_> = judged.iter().map(|row| row.row.package).collect();
    let claiming: BTreeSet<_> = judged
        .iter()
        .filter(|row| row.holds.is_some())
        .map(|row| row.row.package)
        .collect();
    let breaking: BTreeSet<_> = judged
        .iter()
        .filter(|row| row.holds == Some(Holds::No))
        .map(|row| row.row.package)
        .collect();
    write!(
        page,
        "# Field report

Many crates say that they leave the heap alone. This page holds {operations} operations of {packages} public crates
against what the crates' own documentation says, on paths that succeed and on paths that fail.

| | operations | crates |
| --- | ---: | ---: |
| ✅ the claim holds | {always} | |
| 🔶 it holds after the first run in a process | {after} | |
| ❌ it does not hold, under the condition named | {no} | {breaking} |
| judged | {judged} | {claiming} |
| not judged: the documentation says nothing of the heap there | {unclaimed} | |

No figure here is written by hand: one command builds the operations in debug and in release, counts each, holds every
count against valgrind's DHAT and the crate `dhat`, which must agree, and writes this page. A test fails if the page
is not what it measures.

```sh
cargo run --package alloc-guard-oracle --bin field
```

Measured with Rust {toolchain} on {target}. The data are in [field-report.json](field-report.json).

",
        operations = judged.len(),
        packages = packages.len(),
        always = count(Some(Holds::Always)),
        after = count(Some(Holds::AfterTheFirst)),
        no = count(Some(Holds::No)),
        breaking = breaking.len(),
        judged = judged.len() - count(None),
        claiming = claiming.len(),
        unclaimed = count(None),
        toolchain = field.toolchain,
        target = field.target,
    )?;
    Ok(())
}

fn broken(page: &mut String, judged: &[Judged<'_>]) -> anyhow::Result<()> {
    page.push_str(
        "## Where a claim does not hold\n\nThe operation allocates each time it is run so. Each is a sound trade for most programs; \
         who must not allocate wants to know.\n\n\
         | crate | its documentation | operation | debug | release | where |\n\
         | --- | --- | --- | ---: | ---: | --- |\n",
    );
    let mut noted = Vec::new();
    for row in judged.iter().filter(|row| row.holds == Some(Holds::No)) {
        let operation = row.row.operation.name;
        let mark = match NOTES.iter().find(|(name, _)| *name == operation) {
            Some((_, note)) => {
                if !noted.contains(note) {
                    noted.push(*note);
                }
                let number = noted.iter().position(|other| other == note);
                format!(" ({})", number.unwrap_or(0) + 1)
            }
            None => String::new(),
        };
        writeln!(
            page,
            "| {} {} | {} | {}{mark} | {} | {} | {} |",
            row.row.package,
            row.version,
            claim(row),
            cell(row.row.does),
            amount(row.row, row.debug),
            amount(row.row, row.release),
            sites(row)
        )?;
    }
    page.push('\n');
    for (index, note) in noted.iter().enumerate() {
        writeln!(page, "{}. {note}", index + 1)?;
    }
    page.push('\n');
    Ok(())
}

fn first_use(page: &mut String, judged: &[Judged<'_>]) -> anyhow::Result<()> {
    page.push_str("## What only the first run allocates\n\n");
    let rows: Vec<_> = judged
        .iter()
        .filter(|row| {
            let once =
                |measured: &Measured| measured.allocations == 0 && measured.first_allocations > 0;
            once(row.debug) || once(row.release)
        })
        .collect();
    if rows.is_empty() {
        page.push_str(
            "Nothing: no operation that is free of allocations later allocates in the first run of a process.\n\n",
        );
        return Ok(());
    }
    page.push_str(
        "Later runs do not. In a guarded test that is `warmup = 1`.\n\n\
         | crate | operation | first run, debug | first run, release | where |\n\
         | --- | --- | ---: | ---: | --- |\n",
    );
    for row in rows {
        let first = |measured: &Measured| number(measured.first_allocations, measured.first_bytes);
        writeln!(
            page,
            "| {} {} | {} | {} | {} | {} |",
            row.row.package,
            row.version,
            cell(row.row.does),
            first(row.debug),
            first(row.release),
            sites(row)
        )?;
    }
    page.push('\n');
    Ok(())
}

fn kept(page: &mut String, judged: &[Judged<'_>]) -> anyhow::Result<()> {
    page.push_str(
        "## Every claim\n\nAllocations of one run; what is not 0 has its bytes beside it.\n\n\
         | crate | its documentation | operation | debug | release | |\n\
         | --- | --- | --- | ---: | ---: | --- |\n",
    );
    let mut last = None;
    for row in judged.iter().filter(|row| row.holds.is_some()) {
        let about = (row.row.package, row.row.claim);
        let (name, words) = match last {
            Some(last) if last == about => (String::new(), String::new()),
            Some((package, _)) if package == row.row.package => (String::new(), claim(row)),
            _ => (format!("{} {}", row.row.package, row.version), claim(row)),
        };
        last = Some(about);
        writeln!(
            page,
            "| {name} | {words} | {} | {} | {} | {} |",
            cell(row.row.does),
            amount(row.row, row.debug),
            amount(row.row, row.release),
            match row.holds {
                Some(Holds::Always) => "✅",
                Some(Holds::AfterTheFirst) => "🔶",
                _ => "❌",
            }
        )?;
    }
    page.push('\n');
    Ok(())
}

fn unclaimed(page: &mut String, judged: &[Judged<'_>]) -> anyhow::Result<()> {
    page.push_str(
        "## Not judged\n\nWhat many expect, and what we found no promise of in the documentation.\n\n\
         | crate | operation | debug | release | where |\n| --- | --- | ---: | ---: | --- |\n",
    );
    let mut last = "";
    for row in judged.iter().filter(|row| row.holds.is_none()) {
        let name = if last == row.row.package {
            String::new()
        } else {
            format!("{} {}", row.row.package, row.version)
        };
        last = row.row.package;
        writeln!(
            page,
            "| {name} | {} | {} | {} | {} |",
            cell(row.row.does),
            amount(row.row, row.debug),
            amount(row.row, row.release),
            if row.debug.allocations + row.release.allocations > 0 {
                sites(row)
            } else {
                String::new()
            }
        )?;
    }
    page.push('\n');
    Ok(())
}

fn method(page: &mut String) -> anyhow::Result<()> {
    write!(
        page,
        "## How it is measured

- A claim is quoted from the package's documentation, README or manifest; a test finds the words at the line that is
  named. `no-std::no-alloc` is the category of crates.io for \"crates that are able to function without the Rust alloc
  crate\". What is judged is the operation in the table, in this version, with the features in
  `alloc-guard/oracle/Cargo.toml`, not the crate.
- What an operation needs (buffers, queues, keys, full maps) is made before it and kept after it. Each operation asserts
  its outcome: what is called a failure fails.
- An allocation is a call of `alloc`, `alloc_zeroed` or `realloc`; freeing is judged only where the claim is about it.
  The count is that of a run that is not the process's first; the first is counted in a process of its own.
- Each count (blocks, bytes, and what is live at the end, of all {operations} operations of the suite) must equal what the
  crate `dhat` counts, and what valgrind's DHAT says of the same code with the system allocator: a run's part of
  the difference between {once} and {twice} runs.
- \"Where\" is the innermost line in the package's own sources, in debug, out of alloc-guard's recording of the run, and
  the function of the package that was called.
- Panics, other targets, other features and other inputs are not covered.
",
        operations = OPERATIONS.len(),
        once = crate::ROUNDS,
        twice = 2 * crate::ROUNDS,
    )?;
    Ok(())
}

/// The words of a claim, and where they stand.
fn claim(row: &Judged<'_>) -> String {
    row.row.claim.map_or_else(String::new, |claim| {
        let file = claim.file;
        format!(
            "“{}” ([{file}:{}](https://docs.rs/crate/{}/{}/source/{file}))",
            cell(claim.words),
            claim.line,
            row.row.package,
            row.version,
        )
    })
}

/// What a table cell may hold.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

fn amount(row: &Row, measured: &Measured) -> String {
    let allocations = number(measured.allocations, measured.bytes);
    if row
        .claim
        .is_some_and(|claim| claim.covers == Covers::Deallocations)
    {
        format!("{allocations}, {} freed", measured.deallocations)
    } else {
        allocations
    }
}

fn number(allocations: u64, bytes: u64) -> String {
    match allocations {
        0 => "0".to_owned(),
        _ => format!("{allocations} ({bytes} B)"),
    }
}

/// Those in debug, where no function is merged into another; those in release where there are none in debug.
fn sites(row: &Judged<'_>) -> String {
    let sites = if row.debug.sites.is_empty() {
        &row.release.sites
    } else {
        &row.debug.sites
    };
    let sites: Vec<_> = sites
        .iter()
        .map(|site| {
            let called = match &site.called {
                Some(called) => format!(", for `{called}`"),
                None => String::new(),
            };
            format!("{} `{}`{called}", site.line, site.function)
        })
        .collect();
    sites.join("<br>")
}
