//! Owns the form for continuous integration that reads test results: `JUnit`'s XML.
//!
//! There is no standard. What is written is valid by the schemas of Jenkins' xunit plugin, and each
//! attribute means what Jenkins, GitLab and the usual actions on GitHub take it for. Where they differ:
//! - `file` and `line` of a test case, which GitLab and GitHub's readers show, are in the plugin's schema
//!   until 2018, and not in the one since then. Everything else is in both.
//! - windyroad's schema, the one that is cited most, has neither of the two, nor totals on `testsuites`,
//!   nor a test case's `system-out`; and it wants `timestamp`, `hostname`, `system-out` and `system-err`
//!   of each suite, of which the first two would differ from run to run. No reader asks for them.

use std::{borrow::Cow, io::Write};

use alloc_guard_core::report::{self, Gate, Outcome, Record, Style};
use anyhow::Result;
use quick_xml::{
    Writer,
    events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event},
};

use super::{
    Look,
    overview::Overview,
    words::{Targets, group, verdict, why},
};
use crate::records::Records;

/// Prints the document.
///
/// # Errors
/// If a record cannot be read, or the output cannot be written.
pub(crate) fn print(run: &dyn Records, look: &Look<'_>, out: &mut dyn Write) -> Result<()> {
    let targets = Overview::of(run, look.gate)?.targets;
    let (all, suites) = count(run, look.gate, targets)?;
    let mut suites = (0_u64..).zip(suites);
    let mut document = Document {
        xml: Writer::new_with_indent(&mut *out, b' ', 2),
        look,
    };
    document.event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    document.open("testsuites", &all.attributes())?;
    let mut last: Option<String> = None;
    for record in run.open()? {
        let record = record?;
        let name = group(&record, "::", targets);
        if last.as_ref() != Some(&name) {
            if last.is_some() {
                document.close("testsuite")?;
            }
            let (id, counts) = suites.next().unwrap_or_default();
            document.open_suite(&name, id, &counts, &record)?;
            last = Some(name.clone());
        }
        document.case(&name, &record)?;
    }
    if last.is_some() {
        document.close("testsuite")?;
    }
    document.close("testsuites")?;
    writeln!(out)?;
    out.flush()?;
    Ok(())
}

/// What a test case is to a reader of `JUnit`'s XML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Passed,
    /// The test has said no: "a test which the code has explicitly failed by using the mechanisms for
    /// that purpose, e.g., via an assertEquals" (windyroad's schema). So a panic is one, too.
    Failure,
    /// The test could say nothing: "an unanticipated problem […] or a problem with the implementation of
    /// the test".
    Error,
    Skipped,
}

impl Verdict {
    const fn of(record: &Record, gate: Gate) -> Self {
        match record.outcome {
            Outcome::Ignored => Self::Skipped,
            Outcome::NotInstalled | Outcome::Unreported => Self::Error,
            outcome if outcome.is_failure(gate) => Self::Failure,
            _ => Self::Passed,
        }
    }
}

/// How many test cases of a suite came out how, which stands before them.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    tests: u64,
    failures: u64,
    errors: u64,
    skipped: u64,
    nanoseconds: u64,
}

/// Counts the run and each suite: there are as many suites as test binaries, however many tests.
fn count(run: &dyn Records, gate: Gate, targets: Targets) -> Result<(Counts, Vec<Counts>)> {
    let mut all = Counts::default();
    let mut suites: Vec<Counts> = Vec::new();
    let mut last = None;
    run.for_each(&mut |record| {
        let name = group(record, "::", targets);
        if last.as_ref() != Some(&name) {
            suites.push(Counts::default());
            last = Some(name);
        }
        for counts in suites.last_mut().into_iter().chain([&mut all]) {
            counts.add(record, gate);
        }
        Ok(())
    })?;
    Ok((all, suites))
}

impl Counts {
    fn add(&mut self, record: &Record, gate: Gate) {
        self.tests += 1;
        self.nanoseconds = self.nanoseconds.saturating_add(record.nanoseconds);
        match Verdict::of(record, gate) {
            Verdict::Passed => {}
            Verdict::Failure => self.failures += 1,
            Verdict::Error => self.errors += 1,
            Verdict::Skipped => self.skipped += 1,
        }
    }

    fn attributes(&self) -> Vec<Attribute<'static>> {
        let milliseconds = self.nanoseconds / 1_000_000;
        vec![
            ("tests", self.tests.to_string().into()),
            ("failures", self.failures.to_string().into()),
            ("errors", self.errors.to_string().into()),
            // No more decimal places: Jenkins' schema takes three.
            (
                "time",
                format!("{}.{:03}", milliseconds / 1000, milliseconds % 1000).into(),
            ),
        ]
    }
}

type Attribute<'a> = (&'static str, Cow<'a, str>);

struct Document<'a> {
    xml: Writer<&'a mut dyn Write>,
    look: &'a Look<'a>,
}

impl Document<'_> {
    fn open_suite(&mut self, name: &str, id: u64, counts: &Counts, first: &Record) -> Result<()> {
        let mut attributes = vec![
            ("name", name.into()),
            ("package", first.package.as_str().into()),
            ("id", id.to_string().into()),
        ];
        attributes.extend(counts.attributes());
        attributes.push(("skipped", counts.skipped.to_string().into()));
        self.open("testsuite", &attributes)?;
        self.open("properties", &[])?;
        for (name, value) in [("profile", &first.profile), ("target", &first.target)] {
            if !value.is_empty() {
                let attributes = [("name", name.into()), ("value", value.as_str().into())];
                self.event(Event::Empty(element("property", &attributes)))?;
            }
        }
        self.close("properties")
    }

    fn case(&mut self, suite: &str, record: &Record) -> Result<()> {
        let name = match record.name.as_str() {
            "" => record.heading(),
            name => name,
        };
        let seconds = record.nanoseconds / 1_000_000_000;
        let microseconds = record.nanoseconds / 1_000 % 1_000_000;
        let mut attributes: Vec<Attribute<'_>> = vec![
            ("name", name.into()),
            // With the profile, so that readers that know a test by these two keep a test's runs apart.
            ("classname", suite.into()),
            ("time", format!("{seconds}.{microseconds:06}").into()),
        ];
        if !record.file.is_empty() {
            attributes.push(("file", record.file.as_str().into()));
            attributes.push(("line", record.line.to_string().into()));
        }
        self.open("testcase", &attributes)?;
        self.verdict(record)?;
        let line = report::line(record, 0, Style::Plain);
        self.text("system-out", &[], line.trim_end())?;
        self.close("testcase")
    }

    fn verdict(&mut self, record: &Record) -> Result<()> {
        let element = match Verdict::of(record, self.look.gate) {
            Verdict::Passed => return Ok(()),
            Verdict::Failure => "failure",
            Verdict::Error => "error",
            Verdict::Skipped => {
                let attributes = [("message", record.message.as_str().into())];
                let attributes = if record.message.is_empty() {
                    &[]
                } else {
                    &attributes[..]
                };
                return self.event(Event::Empty(element("skipped", attributes)));
            }
        };
        let mut message = why(record);
        if message.is_empty() {
            verdict(record.outcome).1.clone_into(&mut message);
        }
        let attributes = [
            ("message", message.as_str().into()),
            ("type", record.outcome.as_str().into()),
        ];
        let text = report::failure_text(record, self.look.root, Style::Plain);
        // Some readers show the text alone.
        let text = match text.trim_end() {
            "" => message.as_str(),
            text => text,
        };
        self.text(element, &attributes, text)
    }

    fn open(&mut self, name: &'static str, attributes: &[Attribute<'_>]) -> Result<()> {
        self.event(Event::Start(element(name, attributes)))
    }

    fn close(&mut self, name: &'static str) -> Result<()> {
        self.event(Event::End(BytesEnd::new(name)))
    }

    fn text(&mut self, name: &'static str, attributes: &[Attribute<'_>], text: &str) -> Result<()> {
        self.open(name, attributes)?;
        self.event(Event::Text(BytesText::new(&legal(text))))?;
        self.close(name)
    }

    fn event(&mut self, event: Event<'_>) -> Result<()> {
        self.xml.write_event(event)?;
        Ok(())
    }
}

fn element<'a>(name: &'static str, attributes: &[Attribute<'_>]) -> BytesStart<'a> {
    let mut element = BytesStart::new(name);
    for (name, value) in attributes {
        element.push_attribute((*name, &*legal(value)));
    }
    element
}

/// Text without the characters that XML 1.0 has no way to write (section 2.2).
fn legal(text: &str) -> Cow<'_, str> {
    let is_illegal = |c: char| {
        (c < ' ' && !matches!(c, '\t' | '\n' | '\r')) || matches!(c, '\u{fffe}' | '\u{ffff}')
    };
    if text.contains(is_illegal) {
        text.replace(is_illegal, "\u{fffd}").into()
    } else {
        text.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_cannot_write_is_marked() {
        assert_eq!(
            legal("a\0b\u{1b}[0m\u{fffe}\u{ffff}"),
            "a\u{fffd}b\u{fffd}[0m\u{fffd}\u{fffd}"
        );
        assert!(matches!(legal("é\t\r\n\u{7f}\u{fffd}😀"), Cow::Borrowed(_)));
    }
}
