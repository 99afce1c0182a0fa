//! Owns what a run comes to for each test that was asked for: the record that it left, or one that says
//! that it was left out, or that nothing is known of it, which is a failure.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::UNIX_EPOCH,
};

use alloc_guard_core::report::{Gate, Outcome, Record, VERSION, binary_name, count};

use super::{
    harness,
    process::{End, Listed},
};
use crate::{
    cargo::TestBinary,
    settings::{IgnoredTests, TestSettings},
};

/// What the test binary itself is called where it, and not one of its tests, has failed.
const BINARY: &str = "the test binary itself";

/// Puts together what is known. `list` asks the binary, and is called only where a record is missing.
pub(super) fn collate(
    binary: &TestBinary,
    names: &[String],
    records: Vec<Record>,
    ends: &[End],
    (settings, gate): (&TestSettings, Gate),
    list: impl Fn(Listed) -> Option<BTreeSet<String>>,
) -> Vec<Record> {
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

    let mut collated = Vec::new();
    for end in ends {
        let mut unreported = Vec::new();
        let mut is_explained = end.is_success;
        for name in names.get(end.tests.clone()).unwrap_or_default() {
            if let Some(mut record) = records.remove(name) {
                is_explained |= record.outcome.is_failure(gate);
                place_panic(&mut record, &end.stdout);
                // Only cargo knows them.
                record.features = Some(binary.features.clone());
                collated.push(record);
                continue;
            }
            // Registered, but not run by the harness: a test inside a function's body.
            if listed.as_ref().is_some_and(|listed| !listed.contains(name)) {
                continue;
            }
            match (settings.ignored, ignored.contains(name)) {
                (IgnoredTests::LeftOut, true) => {
                    let said = harness::left_out(&end.stdout, name);
                    collated.push(Record {
                        title: said.title.to_owned(),
                        outcome: Outcome::Ignored,
                        message: said.reason.to_owned(),
                        ..without_record(binary, name)
                    });
                }
                (IgnoredTests::Only, false) => {}
                _ => {
                    is_explained = true;
                    match harness::captured(&end.stdout, name) {
                        Some(captured) => collated.push(Record {
                            outcome: Outcome::Unreported,
                            message: captured_message(captured, name),
                            ..without_record(binary, name)
                        }),
                        None => unreported.push(name),
                    }
                }
            }
        }
        collated.extend(unreported_records(binary, &unreported, end));
        if !is_explained {
            let message = format!(
                "the process ended with {} after every test had reported",
                end.how
            );
            collated.push(Record {
                title: BINARY.to_owned(),
                outcome: Outcome::Failed,
                message: with_last_words(message, end),
                ..without_record(binary, "")
            });
        }
    }
    collated
}

/// Tests that a process ended without: the first says what its last words were.
fn unreported_records(binary: &TestBinary, names: &[&String], end: &End) -> Vec<Record> {
    let message = format!(
        "the process ended with {} before {} had reported",
        end.how,
        count(names.len() as u64, "test")
    );
    let mut first = with_last_words(message.clone(), end);
    if names.len() > 1 {
        first.push_str("\n   = help: a test's name as a FILTER runs it in a process of its own");
    }
    names
        .iter()
        .zip(std::iter::once(first).chain(std::iter::repeat(message)))
        .map(|(name, message)| Record {
            outcome: Outcome::Unreported,
            message,
            ..without_record(binary, name)
        })
        .collect()
}

fn with_last_words(mut message: String, end: &End) -> String {
    for line in harness::tail(&end.stderr) {
        message.push_str("\n   | ");
        message.push_str(&line);
    }
    message
}

/// The text of a failure that the harness kept, without what stands beside it anyway.
fn captured_message(captured: &str, name: &str) -> String {
    let text = captured.strip_prefix("Error: ").unwrap_or(captured);
    let text = text.strip_prefix(&format!("{name}: ")).unwrap_or(text);
    match text.split_once('\n') {
        Some((first, rest)) => format!("{}\n{rest}", first.trim_end_matches(':')),
        None => text.trim_end_matches(':').to_owned(),
    }
}

fn without_record(binary: &TestBinary, name: &str) -> Record {
    Record {
        version: VERSION,
        name: name.to_owned(),
        package: binary.package.name.clone(),
        binary: binary_name(&binary.executable),
        profile: binary.profile.to_owned(),
        scope: "thread".to_owned(),
        features: Some(binary.features.clone()),
        executable: binary.executable.to_string_lossy().into_owned(),
        unix_milliseconds: UNIX_EPOCH.elapsed().map_or(0, |since| {
            u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
        }),
        ..Record::default()
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

#[cfg(test)]
mod tests {
    use std::{ffi::OsString, path::PathBuf};

    use super::*;
    use crate::{
        arguments::{Arguments, Command},
        cargo::Package,
        settings::{CheckSettings, RunSettings},
    };

    fn settings(line: &str) -> RunSettings {
        let arguments = std::iter::once("x")
            .chain(line.split_whitespace())
            .map(OsString::from);
        let Command::Check(check) = Arguments::read(arguments).unwrap().command() else {
            panic!("{line}");
        };
        CheckSettings::new(check).run
    }

    fn record(name: &str, outcome: Outcome) -> Record {
        Record {
            name: name.to_owned(),
            outcome,
            message: "boom".to_owned(),
            ..Record::default()
        }
    }

    fn binary() -> TestBinary {
        TestBinary {
            package: Package::default(),
            source: "tests/hot.rs".to_owned(),
            executable: PathBuf::from("/w/t/hot-0123456789abcdef"),
            target: "hot".to_owned(),
            profile: "debug",
            features: String::new(),
        }
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
    ) -> Vec<Record> {
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let names = ["a".to_owned(), "b".to_owned()];
        let settings = settings(line);
        let gate = Gate {
            ci: false,
            ..settings.gate
        };
        collate(
            &binary(),
            &names,
            records,
            &[end],
            (&settings.tests, gate),
            |which| match which {
                Listed::All => listed.map(set),
                Listed::Ignored => Some(set(ignored)),
            },
        )
    }

    fn outcomes(collated: &[Record]) -> Vec<(&str, Outcome)> {
        let mut outcomes: Vec<_> = collated
            .iter()
            .map(|record| (record.heading(), record.outcome))
            .collect();
        outcomes.sort_by_key(|(heading, _)| *heading);
        outcomes
    }

    #[test]
    fn a_test_without_a_record_has_failed_even_where_its_process_ended_well() {
        let found = collated(
            "",
            vec![record("a", Outcome::AsExpected)],
            end(2, "exit status 0"),
            Some(&["a", "b"]),
            &[],
        );
        assert_eq!(
            outcomes(&found),
            [("a", Outcome::AsExpected), ("b", Outcome::Unreported)]
        );
        assert_eq!(
            found[1].message,
            "the process ended with exit status 0 before 1 test had reported\n   | last words"
        );
    }

    #[test]
    fn a_harness_that_cannot_list_excuses_no_test() {
        let found = collated("", Vec::new(), end(2, "exit status 0"), None, &[]);
        assert_eq!(
            outcomes(&found),
            [("a", Outcome::Unreported), ("b", Outcome::Unreported)]
        );
    }

    #[test]
    fn a_test_that_its_harness_does_not_know_is_none() {
        let found = collated(
            "",
            vec![record("a", Outcome::AsExpected)],
            end(2, "exit status 0"),
            Some(&["a"]),
            &[],
        );
        assert_eq!(outcomes(&found), [("a", Outcome::AsExpected)]);
    }

    #[test]
    fn what_is_ignored_is_excused_only_where_it_was_left_out() {
        for (line, expected) in [
            (
                "",
                vec![("a", Outcome::Unreported), ("b", Outcome::Ignored)],
            ),
            (
                "--include-ignored",
                vec![("a", Outcome::Unreported), ("b", Outcome::Unreported)],
            ),
            ("--ignored", vec![("b", Outcome::Unreported)]),
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
            (Outcome::AsExpected, "", true),
            (Outcome::Regressed, "", false),
            (Outcome::Improved, "", true),
            (Outcome::Improved, "--strict", false),
        ] {
            let records = vec![record("a", outcome), record("b", Outcome::AsExpected)];
            let found = collated(line, records, end(2, "exit status 101"), None, &[]);
            let told = found.iter().find(|record| record.name.is_empty());
            assert_eq!(told.is_some(), is_told, "{outcome:?} {line}");
            assert!(told.is_none_or(|record| record.outcome == Outcome::Failed));
        }
    }

    #[test]
    fn the_last_record_of_a_test_counts() {
        let records = vec![
            record("a", Outcome::Regressed),
            record("b", Outcome::AsExpected),
            record("a", Outcome::AsExpected),
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
        let records = vec![record("a", Outcome::AsExpected)];
        let found = collated("", records, end, Some(&["a", "b"]), &[]);
        assert_eq!(found.len(), 2);
        assert_eq!(found[1].message, "its own process died\nof old age");
    }

    #[test]
    fn a_panic_is_given_the_place_that_the_hook_printed() {
        let mut end = end(2, "exit status 101");
        end.stdout =
            "---- a stdout ----\nthread 'a' (9) panicked at src/lib.rs:3:5:\nboom\n".to_owned();
        let records = vec![
            record("a", Outcome::Panicked),
            record("b", Outcome::AsExpected),
        ];
        let found = collated("", records, end, None, &[]);
        assert_eq!(found[0].message, "boom\n  --> src/lib.rs:3:5");
    }
}
