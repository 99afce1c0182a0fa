//! Owns what a person reads of a run: a table over all binaries, the text of each failure, a summary.

use std::{
    io::{self, Write},
    path::Path,
};

use alloc_guard_core::report::{self, Style, Totals, count};

use crate::{
    cargo::TestBinary,
    run::{BinaryRun, Broken, Row},
    settings::Strictness,
};

/// What is shown, and how.
#[derive(Debug)]
pub(crate) struct Table<'a> {
    pub(crate) runs: &'a [BinaryRun<'a>],
    /// What the paths in records are relative to.
    pub(crate) root: &'a Path,
    pub(crate) style: Style,
    pub(crate) strictness: Strictness,
}

impl Table<'_> {
    /// How many tests came out how.
    pub(crate) fn totals(&self) -> Totals {
        let mut totals = Totals::default();
        for row in self.runs.iter().flat_map(|run| &run.rows) {
            totals.add(row.outcome());
        }
        totals
    }

    /// Prints everything.
    ///
    /// # Errors
    /// If it cannot be written.
    pub(crate) fn print(&self, out: &mut dyn Write) -> io::Result<()> {
        let headings = self.runs.iter().flat_map(|run| &run.rows).map(Row::heading);
        let width = report::heading_width(headings);
        for run in self.runs {
            writeln!(out, "{}", self.header(run.binary))?;
            for row in &run.rows {
                writeln!(out, "{}", self.row(row, width))?;
            }
            writeln!(out)?;
        }
        for run in self.runs {
            for row in &run.rows {
                self.failure(out, run.binary, row)?;
            }
            for broken in &run.broken {
                self.broken(out, run.binary, broken)?;
            }
        }
        writeln!(out, "{}", report::summary(&self.totals(), self.style))?;
        out.flush()
    }

    fn header(&self, binary: &TestBinary) -> String {
        let profile = self.style.dim(&format!("[{}]", binary.profile));
        format!("{} · {}  {profile}", binary.package.name, binary.source)
    }

    fn row(&self, row: &Row, width: usize) -> String {
        let (mark, result) = match row {
            Row::Recorded(record) => return report::line(record, width, self.style),
            Row::Ignored { reason, .. } => {
                let ignored = self.style.yellow("ignored");
                let reason = match reason.as_str() {
                    "" => String::new(),
                    reason => format!(", {reason}"),
                };
                ("⏩", format!("{ignored}{reason}"))
            }
            Row::Unreported { why, .. } => {
                ("❌", format!("{}: {why}", self.style.red("DID NOT REPORT")))
            }
        };
        let heading = row.heading();
        let used = report::heading_width(std::iter::once(heading));
        let pad = " ".repeat(width.saturating_sub(used));
        // What the attribute promises is in the record, and there is none.
        format!("{mark} {:<10}  {heading}{pad}  {result}", "")
    }

    fn failure(&self, out: &mut dyn Write, binary: &TestBinary, row: &Row) -> io::Result<()> {
        let (name, text) = match row {
            Row::Recorded(record)
                if record
                    .outcome
                    .is_failure(self.strictness == Strictness::Strict) =>
            {
                (
                    &record.name,
                    report::failure_text(record, self.root, self.style),
                )
            }
            // One line of it stands in the row already.
            Row::Unreported { name, captured, .. } if captured.contains('\n') => {
                (name, captured.clone())
            }
            _ => return Ok(()),
        };
        if text.is_empty() {
            return Ok(());
        }
        writeln!(out, "{}", self.title(binary, name))?;
        writeln!(out, "{}\n", text.trim_end())
    }

    fn broken(&self, out: &mut dyn Write, binary: &TestBinary, broken: &Broken) -> io::Result<()> {
        writeln!(out, "{}", self.title(binary, &binary.source))?;
        let when = match broken.unreported.len() {
            0 => "after every test had reported".to_owned(),
            unreported => format!("before {} had reported", count(unreported as u64, "test")),
        };
        let error = self.style.red("error");
        writeln!(out, "{error}: the process ended with {} {when}", broken.how)?;
        for line in &broken.stderr {
            writeln!(out, "   | {line}")?;
        }
        if broken.unreported.len() > 1 {
            writeln!(
                out,
                "   = {}: a test's name as a FILTER runs it in a process of its own",
                self.style.dim("help")
            )?;
        }
        writeln!(out)
    }

    fn title(&self, binary: &TestBinary, name: &str) -> String {
        let title = format!("── {} · {name} ({})", binary.package.name, binary.profile);
        self.style.dim(&title)
    }
}
