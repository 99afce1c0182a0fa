//! Owns what is said of tests that ran more than once: do their counts hold from run to run.

use std::collections::{BTreeMap, HashMap, HashSet};

use alloc_guard_core::{
    Promise,
    baseline::Counts,
    report::{Outcome, Record, Site, count},
};

use super::guarded::Chosen;
use crate::records::identity;

/// Those of the chosen tests that broke or improved by their counts: before anyone looks for the
/// reason, it should be known whether the same binary counts the same again.
pub(super) fn doubtful<'a>(chosen: &[Chosen<'a>], records: &[Record]) -> Vec<Chosen<'a>> {
    let is_doubtful = |record: &&Record| match record.outcome {
        Outcome::Regressed => true,
        Outcome::Improved => record.baseline.is_some(),
        _ => false,
    };
    let names: HashSet<(&str, &str)> = records
        .iter()
        .filter(is_doubtful)
        .map(|record| (record.executable.as_str(), record.name.as_str()))
        .collect();
    chosen
        .iter()
        .filter_map(|(binary, tests)| {
            let executable = binary.executable.to_string_lossy();
            let again: Vec<_> = tests
                .iter()
                .filter(|name| names.contains(&(&*executable, name.as_str())))
                .cloned()
                .collect();
            (!again.is_empty()).then_some((*binary, again))
        })
        .collect()
}

/// Marks the tests whose counts in `next`, a later run of the same binaries, are not the same.
pub(super) fn compare(records: &mut [Record], next: &[Record]) {
    let next: HashMap<_, &Record> = next
        .iter()
        .filter(|record| has_counts(record))
        .map(|record| (identity(record), record))
        .collect();
    for record in records.iter_mut().filter(|record| has_counts(record)) {
        if let Some(again) = next.get(&identity(record))
            && differ(record, again)
        {
            mark(record, again);
        }
    }
}

/// Whether its body ran to an end, so that its counts are those of the whole body.
fn has_counts(record: &Record) -> bool {
    matches!(
        record.outcome,
        Outcome::AsExpected
            | Outcome::Improved
            | Outcome::New
            | Outcome::Regressed
            | Outcome::Unstable
    )
}

/// Whether two runs differ by more than the baseline tolerates.
fn differ(one: &Record, other: &Record) -> bool {
    let tolerance = one
        .baseline
        .as_ref()
        .map_or(Counts::default(), |held| held.tolerance);
    one.counts()
        .named()
        .iter()
        .zip(other.counts().named())
        .zip(tolerance.named())
        .any(|(((_, one), (_, other)), (_, tolerance))| one.abs_diff(other) > tolerance)
}

fn mark(record: &mut Record, again: &Record) {
    let numbers = record
        .counts()
        .named()
        .into_iter()
        .zip(again.counts().named());
    let reasons = numbers
        .filter(|((_, one), (_, other))| one != other)
        .map(|((what, one), (_, other))| format!("{what} {one}, then {other}"))
        .collect();
    let sites = differing_sites(&record.sites, &again.sites);
    // A run that broke no promise has no sites of its own unless they were asked for.
    if record.sites.is_empty() {
        record.sites.clone_from(&again.sites);
    }
    if !sites.is_empty() {
        let is_named = |site: &Site| {
            sites
                .iter()
                .any(|(place, _, _)| *place == self::place(site))
        };
        record.sites.retain(is_named);
    }
    for (place, one, other) in sites {
        let then = count(other, "allocation");
        record
            .notes
            .push(format!("the runs differ at {place}: {one}, then {then}"));
    }
    if record.promise == Some(Promise::Allocates) {
        record.notes.push(
            "if that is its nature, give it a `tolerance` with a `reason` in alloc-guard.toml"
                .to_owned(),
        );
    }
    record.outcome = Outcome::Unstable;
    record.reasons = reasons;
}

/// The places at which two runs allocate differently, with how often; nothing where a run has no sites.
fn differing_sites(one: &[Site], other: &[Site]) -> Vec<(String, u64, u64)> {
    if one.is_empty() || other.is_empty() {
        return Vec::new();
    }
    let mut places: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for site in one {
        places.entry(place(site)).or_default().0 += site.allocations;
    }
    for site in other {
        places.entry(place(site)).or_default().1 += site.allocations;
    }
    places
        .into_iter()
        .filter(|(_, (one, other))| one != other)
        .map(|(place, (one, other))| (place, one, other))
        .collect()
}

fn place(site: &Site) -> String {
    match site.line {
        0 => site.function.clone(),
        line => format!("{}:{line}:{}", site.file, site.column),
    }
}

#[cfg(test)]
mod tests {
    use alloc_guard_core::{Tally, baseline::Held};

    use super::*;

    fn record(allocations: u64, sites: &[(u32, u64)]) -> Record {
        Record {
            name: "t".to_owned(),
            outcome: Outcome::Regressed,
            promise: Some(Promise::Allocates),
            locked: Tally {
                allocs: allocations,
                ..Tally::default()
            },
            sites: sites
                .iter()
                .map(|(line, allocations)| Site {
                    file: "a.rs".to_owned(),
                    line: *line,
                    column: 2,
                    allocations: *allocations,
                    ..Site::default()
                })
                .collect(),
            ..Record::default()
        }
    }

    #[test]
    fn counts_that_differ_are_named_with_the_site_that_differs() {
        let mut records = vec![record(3, &[(1, 2), (5, 1)])];
        compare(&mut records, &[record(4, &[(1, 2), (5, 2)])]);
        let [record] = records.as_slice() else {
            panic!("{records:?}");
        };
        assert_eq!(record.outcome, Outcome::Unstable);
        assert_eq!(record.reasons, ["allocations 3, then 4"]);
        assert_eq!(
            record.notes[0],
            "the runs differ at a.rs:5:2: 1, then 2 allocations"
        );
        assert_eq!(record.sites.len(), 1);
    }

    #[test]
    fn counts_that_hold_change_nothing() {
        let mut records = vec![record(3, &[(1, 3)])];
        compare(&mut records, &[record(3, &[(1, 3)])]);
        assert_eq!(records, [record(3, &[(1, 3)])]);
    }

    #[test]
    fn a_tolerance_covers_what_it_covers() {
        let tolerant = |allocations, tolerance| Record {
            baseline: Some(Held {
                tolerance: Counts {
                    allocations: tolerance,
                    ..Counts::default()
                },
                ..Held::default()
            }),
            ..record(allocations, &[])
        };
        for (tolerance, outcome) in [(1, Outcome::Unstable), (2, Outcome::Regressed)] {
            let mut records = vec![tolerant(3, tolerance)];
            compare(&mut records, &[tolerant(5, tolerance)]);
            assert_eq!(records[0].outcome, outcome);
        }
    }

    #[test]
    fn a_run_that_ended_early_is_compared_with_nothing() {
        let mut panicked = record(1, &[]);
        panicked.outcome = Outcome::Panicked;
        let mut records = vec![record(3, &[])];
        compare(&mut records, &[panicked.clone()]);
        assert_eq!(records[0].outcome, Outcome::Regressed);
        let mut records = vec![panicked];
        compare(&mut records, &[record(3, &[])]);
        assert_eq!(records[0].outcome, Outcome::Panicked);
    }
}
