//! Owns what the runner prints: ✅/❌ lines on a terminal, libtest's lines elsewhere, JSON events.

use std::{
    fs::File,
    io::{self, BufWriter, IsTerminal, Write},
    path::Path,
    time::Instant,
};

use libtest_mimic::{ColorSetting, FormatSetting};

use crate::{
    backtrace::site::workspace_root,
    registry::Registration,
    report::{self, Gate, Outcome, Patient, Record, Style, Totals},
};

use super::arguments::CommandLine;

/// How trials are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// For people: mark, promise, heading, result.
    Lines,
    /// For programs: libtest's lines, with mark and heading after the name.
    Libtest,
    Terse,
    Json,
}

/// Where and how the runner prints.
pub(crate) struct Output {
    to: Box<dyn Write>,
    shape: Shape,
    style: Style,
    width: usize,
    /// Characters on the present line of terse output.
    column: usize,
    started: Instant,
    report_time: bool,
}

impl Output {
    pub(crate) fn new(
        line: &CommandLine,
        selected: &[(&'static Registration, bool)],
    ) -> io::Result<Self> {
        let arguments = &line.arguments;
        let terminal = io::stdout().is_terminal() && arguments.logfile.is_none();
        let to: Box<dyn Write> = match &arguments.logfile {
            Some(path) => Box::new(BufWriter::new(File::create(path)?)),
            None => Box::new(BufWriter::new(Patient::new(io::stdout()))),
        };
        let shape = match arguments.format {
            Some(FormatSetting::Json) => Shape::Json,
            Some(FormatSetting::Terse) => Shape::Terse,
            _ if arguments.quiet => Shape::Terse,
            _ if terminal && std::env::var_os("NEXTEST").is_none() => Shape::Lines,
            _ => Shape::Libtest,
        };
        let coloured = match arguments.color {
            Some(ColorSetting::Always) => true,
            Some(ColorSetting::Never) => false,
            _ => terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
        };
        let headings = selected
            .iter()
            .map(|(registration, _)| match registration.title {
                "" => registration.name(),
                title => title,
            });
        Ok(Self {
            to,
            shape,
            style: if coloured {
                Style::Coloured
            } else {
                Style::Plain
            },
            width: report::heading_width(headings),
            column: 0,
            started: Instant::now(),
            report_time: line.report_time,
        })
    }

    pub(crate) fn list(
        &mut self,
        selected: &[(&'static Registration, bool)],
        only_ignored: bool,
    ) -> io::Result<()> {
        let mut listed = 0;
        for (registration, _) in selected {
            if !only_ignored || registration.ignored.is_some() {
                writeln!(self.to, "{}: test", registration.name())?;
                listed += 1;
            }
        }
        if self.shape != Shape::Terse && self.shape != Shape::Json {
            writeln!(self.to, "\n{}, 0 benchmarks", report::count(listed, "test"))?;
        }
        self.to.flush()
    }

    pub(crate) fn start(&mut self, tests: usize) -> io::Result<()> {
        match self.shape {
            Shape::Json => writeln!(
                self.to,
                r#"{{ "type": "suite", "event": "started", "test_count": {tests} }}"#
            )?,
            Shape::Lines => {}
            Shape::Libtest | Shape::Terse => {
                writeln!(self.to, "\nrunning {}", report::count(tests as u64, "test"))?;
            }
        }
        self.to.flush()
    }

    pub(crate) fn trial(&mut self, record: &Record) -> io::Result<()> {
        let failed = record.outcome.is_failure(Gate::from_environment());
        let word = match record.outcome {
            Outcome::Ignored => "ignored",
            _ if failed => "FAILED",
            _ => "ok",
        };
        let time = if self.report_time && record.outcome != Outcome::Ignored {
            format!(" <{:.3}s>", seconds(record.nanoseconds))
        } else {
            String::new()
        };
        match self.shape {
            Shape::Lines => {
                writeln!(
                    self.to,
                    "{}{time}",
                    report::line(record, self.width, self.style)
                )?;
            }
            Shape::Libtest => {
                let painted = match word {
                    "ok" => self.style.green(word),
                    "FAILED" => self.style.red(word),
                    _ => self.style.yellow(word),
                };
                let heading = if record.title.is_empty() {
                    String::new()
                } else {
                    format!("{}: ", record.title)
                };
                let result = report::result(record, Style::Plain);
                writeln!(
                    self.to,
                    "test {} - {} {heading}{result} ... {painted}{time}",
                    record.name,
                    report::mark(record)
                )?;
            }
            Shape::Terse => {
                let character = match word {
                    "ok" => ".",
                    "FAILED" => "F",
                    _ => "i",
                };
                write!(self.to, "{character}")?;
                self.column += 1;
                if self.column.is_multiple_of(88) {
                    writeln!(self.to)?;
                }
            }
            Shape::Json => {
                let name = report::quoted(&record.name);
                if record.outcome != Outcome::Ignored {
                    writeln!(
                        self.to,
                        r#"{{ "type": "test", "event": "started", "name": {name} }}"#
                    )?;
                }
                let event = if word == "FAILED" { "failed" } else { word };
                let mut more = String::new();
                if self.report_time {
                    more = format!(r#", "exec_time": {}"#, seconds(record.nanoseconds));
                }
                if failed {
                    let text = format!("{}\n", report::line(record, 0, Style::Plain));
                    more.push_str(&format!(r#", "stdout": {}"#, report::quoted(&text)));
                }
                writeln!(
                    self.to,
                    r#"{{ "type": "test", "name": {name}, "event": "{event}"{more} }}"#
                )?;
            }
        }
        // So that a body that aborts the process leaves what was said before it.
        self.to.flush()
    }

    /// The text of each failure: on a terminal below the lines, else on standard error, where
    /// nextest looks for `Error: `.
    pub(crate) fn failures(
        &mut self,
        failures: &[(&'static Registration, Record)],
    ) -> io::Result<()> {
        if failures.is_empty() {
            return Ok(());
        }
        if self.shape == Shape::Lines {
            writeln!(self.to)?;
        }
        for (registration, record) in failures {
            let root = workspace_root(Path::new(registration.manifest_dir));
            let text = report::failure_text(record, &root, self.style);
            if self.shape == Shape::Lines {
                writeln!(
                    self.to,
                    "{}",
                    self.style
                        .dim(&format!("── {} ({})", record.name, record.profile))
                )?;
                writeln!(self.to, "{text}")?;
            } else {
                self.to.flush()?;
                let line = report::line(record, 0, Style::Plain);
                write!(
                    io::stderr(),
                    "Error: {}: {line} [{}]\n{text}\n",
                    record.name,
                    record.profile
                )?;
            }
        }
        if self.shape == Shape::Libtest || self.shape == Shape::Terse {
            writeln!(self.to, "\nfailures:")?;
            for (_, record) in failures {
                writeln!(self.to, "    {}", record.name)?;
            }
        }
        Ok(())
    }

    pub(crate) fn end(
        &mut self,
        totals: &Totals,
        failed: usize,
        filtered_out: usize,
    ) -> io::Result<()> {
        let ignored = totals.ignored;
        let failed = failed as u64;
        let passed = totals.all() - totals.ignored - failed;
        match self.shape {
            Shape::Lines => writeln!(self.to, "{}", report::summary(totals, self.style))?,
            Shape::Libtest | Shape::Terse => {
                let word = if failed == 0 {
                    self.style.green("ok")
                } else {
                    self.style.red("FAILED")
                };
                writeln!(
                    self.to,
                    "\ntest result: {word}. {passed} passed; {failed} failed; {ignored} ignored; 0 measured; \
                     {filtered_out} filtered out; finished in {:.2}s\n",
                    self.started.elapsed().as_secs_f64()
                )?;
            }
            Shape::Json => writeln!(
                self.to,
                r#"{{ "type": "suite", "event": "{}", "passed": {passed}, "failed": {failed}, "ignored": {ignored}, "measured": 0, "filtered_out": {filtered_out}, "exec_time": {} }}"#,
                if failed == 0 { "ok" } else { "failed" },
                self.started.elapsed().as_secs_f64()
            )?,
        }
        self.to.flush()
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "shown with three decimal places"
)]
fn seconds(nanoseconds: u64) -> f64 {
    nanoseconds as f64 / 1e9
}
