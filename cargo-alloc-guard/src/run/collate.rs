//! Owns what a run comes to for each test that was asked for: a record, left out, or nothing at all,
//! which is a failure.

use std::collections::{BTreeMap, BTreeSet};

use alloc_guard_core::report::{Outcome, Record};

use super::{
    harness,
    process::{End, Listed},
};
use crate::settings::{IgnoredTests, Strictness, TestSettings};

/// What there is to say of one test.
#[derive(Debug)]
pub(crate) enum Row {
    /// It ran.
    Recorded(Box<Record>),
    /// It was left out.
    Ignored {
        name: String,
        title: String,
        reason: String,
    },
    /// It was to run, and nothing is known of it.
    Unreported {
        name: String,
        /// One line.
        why: String,
        /// What its harness kept of it.
        captured: String,
    },
}

/// A process that ended as none should.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Broken {
    /// `signal 6 (SIGABRT)`.
    pub(crate) how: String,
    /// The tests of which nothing is known.
    pub(crate) unreported: Vec<String>,
    /// The last lines of its standard error.
    pub(crate) stderr: Vec<String>,
}

/// What all tests of a binary came to.
#[derive(Debug)]
pub(super) struct Collated {
    pub(super) rows: Vec<Row>,
    pub(super) broken: Vec<Broken>,
}

/// Puts together what is known. `list` asks the binary, and is called only where a record is missing.
pub(super) fn collate(
    names: &[String],
    records: Vec<Record>,
    ends: &[End],
    settings: &TestSettings,
    list: impl Fn(Listed) -> Option<BTreeSet<String>>,
) -> Collated {
    let is_strict = settings.strictness == Strictness::Strict;
    // Where a test has several, the last one counts.
    let mut records: BTreeMap<String, Record> = records
        .into_iter()
        .map(|record| (record.name.clone(), record))
        .collect();
    let missing = names.iter().any(|name| !records.contains_key(name));
    let listed = missing.then(|| list(Listed::All)).flatten();
    let ignored = missing
        .then(|| list(Listed::Ignored))
        .flatten()
        .unwrap_or_default();

    let mut collated = Collated {
        rows: Vec::new(),
        broken: Vec::new(),
    };
    for end in ends {
        let mut unreported = Vec::new();
        let mut is_explained = end.is_success;
        for name in names.get(end.tests.clone()).unwrap_or_default() {
            if let Some(mut record) = records.remove(name) {
                is_explained |= record.outcome.is_failure(is_strict);
                place_panic(&mut record, &end.stdout);
                collated.rows.push(Row::Recorded(Box::new(record)));
                continue;
            }
            // Registered, but not run by the harness: a test inside a function's body.
            if listed.as_ref().is_some_and(|listed| !listed.contains(name)) {
                continue;
            }
            match (settings.ignored, ignored.contains(name)) {
                (IgnoredTests::LeftOut, true) => {
                    let said = harness::left_out(&end.stdout, name);
                    collated.rows.push(Row::Ignored {
                        name: name.clone(),
                        title: said.title.to_owned(),
                        reason: said.reason.to_owned(),
                    });
                }
                (IgnoredTests::Only, false) => {}
                _ => {
                    is_explained = true;
                    let row = unreported_row(name, end);
                    if matches!(&row, Row::Unreported { captured, .. } if captured.is_empty()) {
                        unreported.push(name.clone());
                    }
                    collated.rows.push(row);
                }
            }
        }
        if !is_explained || !unreported.is_empty() {
            collated.broken.push(Broken {
                how: end.how.clone(),
                unreported,
                stderr: harness::tail(&end.stderr),
            });
        }
    }
    collated
}

fn unreported_row(name: &str, end: &End) -> Row {
    let captured = harness::captured(&end.stdout, name).unwrap_or_default();
    let why = captured.lines().next().map_or_else(
        || format!("the process ended with {}", end.how),
        |line| line.strip_prefix("Error: ").unwrap_or(line).to_owned(),
    );
    Row::Unreported {
        name: name.to_owned(),
        why,
        captured: captured.to_owned(),
    }
}

/// Under the standard harness a record has a panic's text, and only the panic hook knows its place.
fn place_panic(record: &mut Record, stdout: &str) {
    if record.outcome != Outcome::Panicked || record.message.contains("\n  --> ") {
        return;
    }
    let captured = harness::captured(stdout, &record.name).unwrap_or_default();
    if let Some(place) = harness::panic_place(captured) {
        record.message.push_str(&format!("\n  --> {place}"));
    }
}

impl Row {
    /// What to call the test before a reader.
    pub(crate) fn heading(&self) -> &str {
        match self {
            Self::Recorded(record) => record.heading(),
            Self::Ignored { name, title, .. } if title.is_empty() => name,
            Self::Ignored { title, .. } => title,
            Self::Unreported { name, .. } => name,
        }
    }

    /// How the test came out.
    pub(crate) fn outcome(&self) -> Outcome {
        match self {
            Self::Recorded(record) => record.outcome,
            Self::Ignored { .. } => Outcome::Ignored,
            Self::Unreported { .. } => Outcome::Failed,
        }
    }
}
