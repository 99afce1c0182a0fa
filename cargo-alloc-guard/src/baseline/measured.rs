//! Owns what a run says of each package that a baseline could hold: sound counts, what they were measured
//! under, and why some tests have none.

use std::collections::{BTreeMap, BTreeSet};

use alloc_guard_core::{
    Promise,
    baseline::{Circumstances, Counts, compare},
    report::{Outcome, Record},
};
use anyhow::{Result, bail};

use crate::records::Records;

/// What a run says of a package.
#[derive(Debug, Default)]
pub(crate) struct Measured {
    /// Sound counts of the tests that are held to a baseline.
    pub(super) counts: BTreeMap<Test, Measurement>,
    /// Tests whose attribute says itself what they may do.
    pub(super) not_held: BTreeSet<(String, String)>,
    /// Tests that were to run and have no sound counts.
    pub(super) unsound: Vec<Unsound>,
    /// By profile and target.
    pub(super) circumstances: BTreeMap<(String, String), Circumstances>,
    /// The executables of each binary, by its name, profile and target.
    pub(super) executables: BTreeMap<[String; 3], BTreeSet<String>>,
}

/// A test as a baseline knows it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Test {
    pub(super) binary: String,
    pub(super) name: String,
    pub(super) profile: String,
    pub(super) target: String,
}

/// What was measured of a test.
#[derive(Debug)]
pub(super) struct Measurement {
    pub(super) counts: Counts,
    /// Where the test stands.
    file: String,
}

/// A test without sound counts.
#[derive(Debug)]
pub(super) struct Unsound {
    pub(super) binary: String,
    pub(super) name: String,
    pub(super) profile: String,
    /// Whether it is known to be held to a baseline: a test that left no record does not say.
    pub(super) is_held: bool,
    pub(super) why: String,
}

/// What a run says of each of its packages that `wanted` lets through.
///
/// # Errors
/// If a record cannot be read, or two tests of one name in one binary ask for different counts.
pub(crate) fn gather(
    run: &dyn Records,
    wanted: &dyn Fn(&Record) -> bool,
) -> Result<BTreeMap<String, Measured>> {
    let mut packages: BTreeMap<String, Measured> = BTreeMap::new();
    // The newest record says what a profile was measured under.
    let mut newest: BTreeMap<[String; 3], u64> = BTreeMap::new();
    run.for_each(&mut |record| {
        if !wanted(record) {
            return Ok(());
        }
        let measured = packages.entry(record.package.clone()).or_default();
        if measured.add(record)? {
            let key = [&record.package, &record.profile, &record.target].map(Clone::clone);
            let last = newest.entry(key).or_default();
            if record.unix_milliseconds >= *last {
                *last = record.unix_milliseconds;
                measured.note_circumstances(record);
            }
        }
        Ok(())
    })?;
    Ok(packages)
}

impl Measured {
    /// Whether any test is held to a baseline, with sound counts or without.
    pub(crate) fn has_held(&self) -> bool {
        !self.counts.is_empty() || self.unsound.iter().any(|test| test.is_held)
    }

    /// Adds a record, and says whether its counts are sound.
    fn add(&mut self, record: &Record) -> Result<bool> {
        if !record.target.is_empty() {
            let key = [&record.binary, &record.profile, &record.target].map(Clone::clone);
            let executables = self.executables.entry(key).or_default();
            executables.insert(record.executable.clone());
        }
        if record.promise.is_some() && !record.held {
            self.not_held
                .insert((record.binary.clone(), record.name.clone()));
            return Ok(false);
        }
        if let Some(why) = unsound(record) {
            self.unsound.push(Unsound {
                binary: record.binary.clone(),
                name: record.name.clone(),
                profile: record.profile.clone(),
                is_held: record.held,
                why,
            });
            return Ok(false);
        }
        let test = Test {
            binary: record.binary.clone(),
            name: record.name.clone(),
            profile: record.profile.clone(),
            target: record.target.clone(),
        };
        let measurement = Measurement {
            counts: record.counts(),
            file: record.file.clone(),
        };
        if let Some(other) = self.counts.get(&test)
            && other.counts != measurement.counts
        {
            bail!(
                "{} has two tests {} in {}, in {} and {}, with different counts, and its baseline knows a test by its name: rename one",
                record.package,
                record.name,
                record.binary,
                other.file,
                record.file
            );
        }
        self.counts.insert(test, measurement);
        Ok(true)
    }

    fn note_circumstances(&mut self, record: &Record) {
        let key = (record.profile.clone(), record.target.clone());
        let noted = self.circumstances.entry(key).or_default();
        *noted = Circumstances {
            toolchain: record.toolchain.clone(),
            target: record.target.clone(),
            // Only this command's own runs know them.
            features: record.features.clone().or(noted.features.take()),
        };
    }
}

/// Why the counts of a record must not be taken over; `None` if they may.
fn unsound(record: &Record) -> Option<String> {
    let why = match record.outcome {
        Outcome::AsExpected | Outcome::Improved | Outcome::New if record.held => return None,
        Outcome::Regressed if record.held && is_of_baseline_alone(record) => return None,
        Outcome::Regressed => format!(
            "it breaks more than its baseline: {}",
            record.reasons.join(", ")
        ),
        Outcome::Unstable => format!(
            "its counts differ from run to run: write `tolerance = {{ allocations = …, reason = \"…\" }}` below `[test.{}.\"{}\"]`",
            record.binary, record.name
        ),
        Outcome::Panicked => "it panicked".to_owned(),
        Outcome::Failed => "it failed".to_owned(),
        Outcome::DidNotPanic => "it did not panic".to_owned(),
        Outcome::NotInstalled => "the guard is not its binary's allocator".to_owned(),
        Outcome::Ignored => "it was ignored".to_owned(),
        Outcome::AsExpected | Outcome::Improved | Outcome::New | Outcome::Unreported => {
            "nothing is known of it".to_owned()
        }
    };
    Some(why)
}

/// Whether a regression is one against the baseline, and breaks nothing that the attribute says.
fn is_of_baseline_alone(record: &Record) -> bool {
    let Some(held) = &record.baseline else {
        return false;
    };
    let (risen, _) = compare(held, record.counts());
    record.reasons.len() == risen.len() && record.promise == Some(Promise::Allocates)
}

#[cfg(test)]
pub(super) mod tests {
    use alloc_guard_core::{Tally, baseline::Held, report::VERSION};

    use super::*;

    pub(in crate::baseline) fn counts(allocations: u64) -> Counts {
        Counts {
            allocations,
            bytes: allocations * 8,
            peak_bytes: allocations * 8,
        }
    }

    /// A record of a test that is held to the baseline, in the package `p`.
    pub(in crate::baseline) fn record(binary: &str, name: &str, allocations: u64) -> Record {
        Record {
            version: VERSION,
            name: name.to_owned(),
            package: "p".to_owned(),
            binary: binary.to_owned(),
            file: "tests/b.rs".to_owned(),
            promise: Some(Promise::Allocates),
            held: true,
            profile: "debug".to_owned(),
            target: "linux".to_owned(),
            toolchain: "1.96.0".to_owned(),
            features: Some(String::new()),
            executable: "/no/such/binary".to_owned(),
            outcome: Outcome::AsExpected,
            locked: Tally {
                allocs: allocations,
                bytes: allocations * 8,
                peak_bytes: allocations * 8,
                ..Tally::default()
            },
            ..Record::default()
        }
    }

    pub(in crate::baseline) fn measured(records: impl IntoIterator<Item = Record>) -> Measured {
        let records: Vec<_> = records.into_iter().collect();
        let mut packages = gather(&records, &|_| true).unwrap();
        packages.remove("p").unwrap_or_default()
    }

    #[test]
    fn counts_are_taken_from_tests_that_ended_and_broke_nothing_but_their_baseline() {
        let held = |allocations| {
            Some(Held {
                counts: counts(allocations),
                ..Held::default()
            })
        };
        let regressed = |reasons: &[&str], baseline| Record {
            outcome: Outcome::Regressed,
            reasons: reasons.iter().map(|&reason| reason.to_owned()).collect(),
            baseline,
            ..record("b", "t", 3)
        };
        let three = ["allocations 2 → 3", "bytes 16 → 24", "peak_bytes 16 → 24"];
        let leak = [three[0], three[1], three[2], "leaked 1 block · 8 B"];
        let with = |outcome| Record {
            outcome,
            ..record("b", "t", 3)
        };
        for (record, is_sound) in [
            (with(Outcome::AsExpected), true),
            (with(Outcome::Improved), true),
            (with(Outcome::New), true),
            (regressed(&three, held(2)), true),
            (regressed(&leak, held(2)), false),
            (regressed(&["leaked 1 block · 8 B"], held(3)), false),
            (regressed(&["leaked 1 block · 8 B"], None), false),
            (with(Outcome::Unstable), false),
            (with(Outcome::Panicked), false),
            (with(Outcome::Failed), false),
            (with(Outcome::DidNotPanic), false),
            (with(Outcome::NotInstalled), false),
            (with(Outcome::Unreported), false),
            (with(Outcome::Ignored), false),
        ] {
            let text = format!("{:?} {:?}", record.outcome, record.reasons);
            let measured = measured(vec![record]);
            assert_eq!(measured.counts.len(), usize::from(is_sound), "{text}");
            assert_eq!(measured.unsound.len(), usize::from(!is_sound), "{text}");
            assert!(measured.has_held(), "{text}");
        }
    }

    #[test]
    fn a_test_whose_attribute_says_how_much_is_not_held() {
        let budgeted = Record {
            held: false,
            ..record("b", "t", 3)
        };
        let measured = measured(vec![budgeted]);
        assert!(measured.counts.is_empty() && !measured.has_held());
        assert_eq!(measured.not_held.len(), 1);
    }

    #[test]
    fn a_test_that_does_not_say_whether_it_is_held_has_no_sound_counts() {
        let unknown = Record {
            promise: None,
            held: false,
            ..record("b", "t", 3)
        };
        let measured = measured(vec![unknown]);
        assert!(measured.counts.is_empty());
        assert_eq!(measured.unsound[0].why, "nothing is known of it");
    }

    #[test]
    fn two_tests_of_one_name_must_ask_for_the_same() {
        let other = |allocations| Record {
            file: "src/main.rs".to_owned(),
            ..record("b", "t", allocations)
        };
        let gathered = |allocations| {
            let records = vec![record("b", "t", 3), other(allocations)];
            gather(&records, &|_| true)
        };
        assert!(gathered(3).is_ok());
        let error = gathered(4).unwrap_err().to_string();
        assert!(error.contains("tests/b.rs and src/main.rs"), "{error}");
    }

    #[test]
    fn the_newest_record_says_what_was_measured_under_and_features_are_kept_where_it_does_not_know()
    {
        let of = |toolchain: &str, features: Option<&str>, unix_milliseconds| Record {
            name: toolchain.to_owned(),
            toolchain: toolchain.to_owned(),
            features: features.map(str::to_owned),
            unix_milliseconds,
            ..record("b", "t", 3)
        };
        let measured = measured(vec![
            of("1.96.0", Some("std"), 5),
            of("1.97.0", None, 7),
            of("1.95.0", Some("alloc"), 4),
        ]);
        let noted = &measured.circumstances[&("debug".to_owned(), "linux".to_owned())];
        assert_eq!(
            (noted.toolchain.as_str(), noted.features.as_deref()),
            ("1.97.0", Some("std"))
        );
    }
}
