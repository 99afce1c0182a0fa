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
        |line| {
            let line = line.strip_prefix("Error: ").unwrap_or(line);
            let line = line.strip_prefix(&format!("{name}: ")).unwrap_or(line);
            line.trim_end_matches(':').to_owned()
        },
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

#[cfg(test)]
mod tests {
    use std::{ffi::OsString, path::Path};

    use alloc_guard_core::report::read_records;

    use super::*;
    use crate::{
        arguments::{Arguments, Command},
        settings::CheckSettings,
    };

    fn settings(line: &str) -> TestSettings {
        let arguments = std::iter::once("x")
            .chain(line.split_whitespace())
            .map(OsString::from);
        let Command::Check(check) = Arguments::read(arguments).unwrap().command();
        CheckSettings::new(check).tests
    }

    fn record(name: &str, outcome: &str) -> Record {
        let tally = concat!(
            r#"{"allocs":0,"zeroed":0,"grows":0,"shrinks":0,"deallocs":0,"failed":0,"#,
            r#""bytes":0,"retained_bytes":0,"peak_bytes":0}"#
        );
        let line = [
            r#"{"version":1,"title":"","package":"p","binary":"b","file":"f.rs","line":1,"#,
            r#""promise":"alloc_free","profile":"debug","scope":"thread","reasons":[],"#,
            r#""message":"boom","sites":[],"permitted":[],"dropped":0,"notes":[],"nanoseconds":0,"#,
            &format!(r#""name":"{name}","outcome":"{outcome}","init":{tally},"locked":{tally}}}"#),
            "\n",
        ]
        .concat();
        read_records(Path::new("records"), &line).unwrap().remove(0)
    }

    fn end(tests: usize, how: &str) -> End {
        End {
            tests: 0..tests,
            is_success: how == "exit status 0",
            how: how.to_owned(),
            stdout: String::new(),
            stderr: "last words\n".to_owned(),
        }
    }

    /// Collates tests `a` and `b`, of which the harness lists `listed` and ignores `ignored`.
    fn collated(
        line: &str,
        records: Vec<Record>,
        end: End,
        listed: Option<&[&str]>,
        ignored: &[&str],
    ) -> Collated {
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let names = ["a".to_owned(), "b".to_owned()];
        collate(
            &names,
            records,
            &[end],
            &settings(line),
            |which| match which {
                Listed::All => listed.map(set),
                Listed::Ignored => Some(set(ignored)),
            },
        )
    }

    fn outcomes(collated: &Collated) -> Vec<(&str, Outcome)> {
        let rows = collated.rows.iter();
        rows.map(|row| (row.heading(), row.outcome())).collect()
    }

    #[test]
    fn a_test_without_a_record_has_failed_even_where_its_process_ended_well() {
        let found = collated(
            "",
            vec![record("a", "as_expected")],
            end(2, "exit status 0"),
            Some(&["a", "b"]),
            &[],
        );
        assert_eq!(
            outcomes(&found),
            [("a", Outcome::AsExpected), ("b", Outcome::Failed)]
        );
        assert_eq!(
            found.broken,
            [Broken {
                how: "exit status 0".to_owned(),
                unreported: vec!["b".to_owned()],
                stderr: vec!["last words".to_owned()],
            }]
        );
    }

    #[test]
    fn a_harness_that_cannot_list_excuses_no_test() {
        let found = collated("", Vec::new(), end(2, "exit status 0"), None, &[]);
        assert_eq!(
            outcomes(&found),
            [("a", Outcome::Failed), ("b", Outcome::Failed)]
        );
    }

    #[test]
    fn a_test_that_its_harness_does_not_know_is_none() {
        let found = collated(
            "",
            vec![record("a", "as_expected")],
            end(2, "exit status 0"),
            Some(&["a"]),
            &[],
        );
        assert_eq!(outcomes(&found), [("a", Outcome::AsExpected)]);
        assert_eq!(found.broken, []);
    }

    #[test]
    fn what_is_ignored_is_excused_only_where_it_was_left_out() {
        for (line, expected) in [
            ("", vec![("a", Outcome::Failed), ("b", Outcome::Ignored)]),
            (
                "--include-ignored",
                vec![("a", Outcome::Failed), ("b", Outcome::Failed)],
            ),
            ("--ignored", vec![("b", Outcome::Failed)]),
        ] {
            let found = collated(
                line,
                Vec::new(),
                end(2, "exit status 0"),
                Some(&["a", "b"]),
                &["b"],
            );
            assert_eq!(outcomes(&found), expected, "{line}");
        }
    }

    #[test]
    fn a_bad_end_is_told_unless_a_test_explains_it() {
        for (outcome, line, is_told) in [
            ("as_expected", "", true),
            ("regressed", "", false),
            ("improved", "", true),
            ("improved", "--strict", false),
        ] {
            let records = vec![record("a", outcome), record("b", "as_expected")];
            let found = collated(line, records, end(2, "exit status 101"), None, &[]);
            assert_eq!(!found.broken.is_empty(), is_told, "{outcome} {line}");
        }
    }

    #[test]
    fn the_last_record_of_a_test_counts() {
        let records = vec![
            record("a", "regressed"),
            record("b", "as_expected"),
            record("a", "as_expected"),
        ];
        let found = collated("", records, end(2, "exit status 0"), None, &[]);
        assert_eq!(
            outcomes(&found),
            [("a", Outcome::AsExpected), ("b", Outcome::AsExpected)]
        );
    }

    #[test]
    fn what_the_harness_kept_of_a_test_is_its_own_reason() {
        let mut end = end(2, "exit status 101");
        end.stdout =
            "\n---- b stdout ----\nError: b: its own process died:\nof old age\n\n\nfailures:\n    b\n"
                .to_owned();
        let records = vec![record("a", "as_expected")];
        let found = collated("", records, end, Some(&["a", "b"]), &[]);
        let Some(Row::Unreported { why, captured, .. }) = found.rows.last() else {
            panic!("{found:?}");
        };
        assert_eq!(why, "its own process died");
        assert!(captured.ends_with("of old age"));
        assert_eq!(found.broken, []);
    }

    #[test]
    fn a_panic_is_given_the_place_that_the_hook_printed() {
        let mut end = end(2, "exit status 101");
        end.stdout =
            "---- a stdout ----\nthread 'a' (9) panicked at src/lib.rs:3:5:\nboom\n".to_owned();
        let records = vec![record("a", "panicked"), record("b", "as_expected")];
        let found = collated("", records, end, None, &[]);
        let Some(Row::Recorded(record)) = found.rows.first() else {
            panic!("{found:?}");
        };
        assert_eq!(record.message, "boom\n  --> src/lib.rs:3:5");
    }
}
