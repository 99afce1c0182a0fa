//! Owns what a test's two records say of each other. Pure.

use std::collections::BTreeMap;

use alloc_guard_core::{
    baseline::Counts,
    report::{Outcome, Record, Site},
};

/// How a test stands in the second run, compared with the first; worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// It did what its attribute says, and does so no longer.
    Broken,
    /// One of its counts is greater.
    Risen,
    /// It is in the second run only.
    New,
    /// It is in the first run only.
    Gone,
    /// It does what its attribute says again.
    Mended,
    /// None of its counts is greater, and one is less.
    Fallen,
}

/// A test that is not the same in both runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) kind: Kind,
    pub(crate) package: String,
    pub(crate) binary: String,
    pub(crate) profile: String,
    pub(crate) name: String,
    /// What it is called before a reader.
    pub(crate) heading: String,
    pub(crate) before: Option<Counts>,
    pub(crate) after: Option<Counts>,
    /// What is different besides: an outcome, a site.
    pub(crate) notes: Vec<String>,
}

impl Change {
    /// What changed of a test, if anything did.
    pub(crate) fn between(before: &Record, after: &Record) -> Option<Self> {
        let kind = kind(before, after)?;
        let mut notes = Vec::new();
        if before.outcome != after.outcome {
            notes.push(format!(
                "{}, then {}",
                words(before.outcome),
                words(after.outcome)
            ));
        }
        notes.extend(sites(&before.sites, &after.sites));
        Some(Self {
            before: counts(before),
            notes,
            ..Self::of(kind, after, counts(after))
        })
    }

    /// A test that only the second run has.
    pub(crate) fn new(after: &Record) -> Self {
        Self::of(Kind::New, after, counts(after))
    }

    /// A test that only the first run has.
    pub(crate) fn gone(before: &Record) -> Self {
        Self {
            before: counts(before),
            ..Self::of(Kind::Gone, before, None)
        }
    }

    fn of(kind: Kind, record: &Record, after: Option<Counts>) -> Self {
        Self {
            kind,
            package: record.package.clone(),
            binary: record.binary.clone(),
            profile: record.profile.clone(),
            name: record.name.clone(),
            heading: record.heading().to_owned(),
            before: None,
            after,
            notes: Vec::new(),
        }
    }

    /// By how many allocations it grew; less than nothing if it shrank.
    pub(crate) fn growth(&self) -> i128 {
        let allocations =
            |counts: Option<Counts>| counts.map_or(0, |counts| i128::from(counts.allocations));
        allocations(self.after) - allocations(self.before)
    }

    /// `allocations 14 → 15 (+1)` for each number that is another one.
    pub(crate) fn numbers(&self) -> Vec<String> {
        let none = |counts: Option<Counts>| counts.unwrap_or_default().named();
        none(self.before)
            .into_iter()
            .zip(none(self.after))
            .filter(|((_, before), (_, after))| before != after)
            .map(|((what, before), (_, after))| {
                let by = i128::from(after) - i128::from(before);
                format!("{what} {before} → {after} ({by:+})")
            })
            .collect()
    }
}

/// Whether a run's outcome is one that breaks what the attribute says.
fn is_broken(outcome: Outcome) -> bool {
    outcome.is_failure(alloc_guard_core::report::Gate::default())
}

fn kind(before: &Record, after: &Record) -> Option<Kind> {
    match (is_broken(before.outcome), is_broken(after.outcome)) {
        (false, true) => return Some(Kind::Broken),
        (true, false) => return Some(Kind::Mended),
        _ => {}
    }
    let (before, after) = (counts(before)?, counts(after)?);
    let mut numbers = before.named().into_iter().zip(after.named());
    if numbers
        .clone()
        .any(|((_, before), (_, after))| after > before)
    {
        return Some(Kind::Risen);
    }
    numbers
        .any(|((_, before), (_, after))| after < before)
        .then_some(Kind::Fallen)
}

/// The counts of a test whose body ran to its end.
fn counts(record: &Record) -> Option<Counts> {
    match record.outcome {
        Outcome::AsExpected
        | Outcome::Improved
        | Outcome::New
        | Outcome::Regressed
        | Outcome::Unstable => Some(record.counts()),
        _ => None,
    }
}

fn words(outcome: Outcome) -> String {
    outcome.as_str().replace('_', " ")
}

/// Where two runs allocate differently, function by function: lines move with every edit.
fn sites(before: &[Site], after: &[Site]) -> Vec<String> {
    if before.is_empty() || after.is_empty() {
        return Vec::new();
    }
    let mut functions: BTreeMap<&str, (u64, u64, String)> = BTreeMap::new();
    for site in before {
        functions.entry(&site.function).or_default().0 += site.allocations;
    }
    for site in after {
        let function = functions.entry(&site.function).or_default();
        function.1 += site.allocations;
        if function.2.is_empty() {
            function.2 = format!(" ({}:{}:{})", site.file, site.line, site.column);
        }
    }
    functions
        .into_iter()
        .filter(|(_, (before, after, _))| before != after)
        .map(|(function, (before, after, place))| {
            format!("{function}{place}: {before} → {after} allocations")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use alloc_guard_core::Tally;

    use super::*;

    fn record(outcome: Outcome, allocs: u64, bytes: u64) -> Record {
        Record {
            name: "t".to_owned(),
            outcome,
            locked: Tally {
                allocs,
                bytes,
                ..Tally::default()
            },
            ..Record::default()
        }
    }

    fn kind_of(before: &Record, after: &Record) -> Option<Kind> {
        Change::between(before, after).map(|change| change.kind)
    }

    #[test]
    fn a_test_is_compared_by_its_outcome_first_and_then_by_each_count() {
        use Outcome::{AsExpected, Improved, Panicked, Regressed};
        let of = |outcome| record(outcome, 2, 8);
        for (before, after, expected) in [
            (of(AsExpected), of(AsExpected), None),
            (of(AsExpected), record(AsExpected, 3, 8), Some(Kind::Risen)),
            (of(AsExpected), record(AsExpected, 1, 9), Some(Kind::Risen)),
            (of(AsExpected), record(AsExpected, 2, 7), Some(Kind::Fallen)),
            (of(AsExpected), record(Regressed, 1, 1), Some(Kind::Broken)),
            (of(AsExpected), of(Panicked), Some(Kind::Broken)),
            (of(Panicked), of(Improved), Some(Kind::Mended)),
            (of(Panicked), of(Regressed), None),
            (of(Regressed), record(Regressed, 3, 8), Some(Kind::Risen)),
        ] {
            assert_eq!(kind_of(&before, &after), expected, "{before:?} {after:?}");
        }
    }

    #[test]
    fn another_outcome_is_noted_and_the_same_one_is_not() {
        let notes = |before: Outcome, after: Record| {
            let change = Change::between(&record(before, 2, 8), &after);
            change.unwrap().notes
        };
        assert_eq!(
            notes(Outcome::AsExpected, record(Outcome::NotInstalled, 2, 8)),
            ["as expected, then not installed"]
        );
        let more = record(Outcome::AsExpected, 3, 8);
        assert_eq!(notes(Outcome::AsExpected, more), [""; 0]);
    }

    #[test]
    fn each_number_that_changed_is_given_with_its_difference() {
        let before = record(Outcome::AsExpected, 14, 3174);
        let after = record(Outcome::AsExpected, 15, 3100);
        let change = Change::between(&before, &after).unwrap();
        assert_eq!(
            change.numbers(),
            ["allocations 14 → 15 (+1)", "bytes 3174 → 3100 (-74)"]
        );
        assert_eq!(change.growth(), 1);
        assert_eq!(Change::new(&after).numbers()[0], "allocations 0 → 15 (+15)");
        assert_eq!(Change::gone(&after).growth(), -15);
    }

    #[test]
    fn functions_that_allocate_differently_are_named_wherever_they_moved() {
        let site = |function: &str, line, allocations| Site {
            function: function.to_owned(),
            file: "a.rs".to_owned(),
            line,
            column: 5,
            allocations,
            ..Site::default()
        };
        assert_eq!(
            sites(
                &[site("f", 1, 2), site("g", 2, 1)],
                &[site("f", 9, 2), site("g", 8, 1), site("g", 7, 1)]
            ),
            ["g (a.rs:8:5): 1 → 2 allocations"]
        );
        assert_eq!(sites(&[], &[site("f", 1, 1)]), [""; 0]);
    }
}
