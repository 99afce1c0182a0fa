//! Owns the comparison of two runs: both are gone through once, side by side, and only what changed is
//! kept.

use std::{borrow::Cow, cmp::Ordering};

use alloc_guard_core::report::Record;
use anyhow::Result;

use super::{Change, Kind};
use crate::records::{Records, order};

/// What changed from one run to another.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Comparison {
    /// Worst first, and then by how much they grew.
    pub(crate) changes: Vec<Change>,
    /// How many tests are the same in both.
    pub(crate) unchanged: u64,
}

impl Comparison {
    /// How many changes are of this kind.
    pub(crate) fn number_of(&self, kind: Kind) -> u64 {
        let of_kind = self.changes.iter().filter(|change| change.kind == kind);
        of_kind.count() as u64
    }

    /// Whether the second run is worse.
    pub(crate) fn is_worse(&self) -> bool {
        self.number_of(Kind::Broken) + self.number_of(Kind::Risen) > 0
    }

    fn add(&mut self, change: Option<Change>) {
        match change {
            Some(change) => self.changes.push(change),
            None => self.unchanged += 1,
        }
    }
}

/// Compares two runs.
///
/// # Errors
/// If a record cannot be read.
pub(crate) fn compare(before: &dyn Records, after: &dyn Records) -> Result<Comparison> {
    let mut comparison = Comparison::default();
    let mut before = before.open()?;
    let mut after = after.open()?;
    let mut old: Option<Cow<'_, Record>> = before.next().transpose()?;
    let mut new: Option<Cow<'_, Record>> = after.next().transpose()?;
    loop {
        let first = match (&old, &new) {
            (None, None) => break,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(old), Some(new)) => order(old, new),
        };
        if let (Ordering::Equal, Some(old), Some(new)) = (first, &old, &new) {
            comparison.add(Change::between(old, new));
        } else if let (Ordering::Less, Some(old)) = (first, &old) {
            comparison.add(Some(Change::gone(old)));
        } else if let Some(new) = &new {
            comparison.add(Some(Change::new(new)));
        }
        if first.is_le() {
            old = before.next().transpose()?;
        }
        if first.is_ge() {
            new = after.next().transpose()?;
        }
    }
    comparison.changes.sort_by(|a, b| {
        let growth = b.growth().cmp(&a.growth());
        a.kind.cmp(&b.kind).then(growth)
    });
    Ok(comparison)
}

#[cfg(test)]
mod tests {
    use alloc_guard_core::Tally;

    use super::*;

    fn run(tests: &[(&str, u64)]) -> Vec<Record> {
        tests
            .iter()
            .map(|(name, allocs)| Record {
                name: (*name).to_owned(),
                locked: Tally {
                    allocs: *allocs,
                    ..Tally::default()
                },
                ..Record::default()
            })
            .collect()
    }

    #[test]
    fn each_test_is_compared_with_itself_and_the_worst_comes_first() {
        let before = run(&[("a", 1), ("b", 2), ("d", 4), ("e", 5), ("f", 6)]);
        let after = run(&[("b", 1), ("c", 3), ("d", 4), ("e", 6), ("f", 9)]);
        let comparison = compare(&before, &after).unwrap();
        let found: Vec<_> = comparison
            .changes
            .iter()
            .map(|change| (change.kind, change.name.as_str()))
            .collect();
        assert_eq!(
            found,
            [
                (Kind::Risen, "f"),
                (Kind::Risen, "e"),
                (Kind::New, "c"),
                (Kind::Gone, "a"),
                (Kind::Fallen, "b"),
            ]
        );
        assert_eq!(comparison.unchanged, 1);
        assert!(comparison.is_worse());
    }

    #[test]
    fn a_run_is_no_different_from_itself() {
        let run = run(&[("a", 1), ("b", 2)]);
        let comparison = compare(&run, &run).unwrap();
        assert_eq!((comparison.changes.len(), comparison.unchanged), (0, 2));
        assert!(!comparison.is_worse());
    }

    #[test]
    fn what_is_new_gone_or_less_is_not_worse() {
        for (before, after) in [
            (run(&[]), run(&[("a", 1)])),
            (run(&[("a", 1)]), run(&[])),
            (run(&[("a", 2)]), run(&[("a", 1)])),
        ] {
            assert!(!compare(&before, &after).unwrap().is_worse());
        }
    }
}
