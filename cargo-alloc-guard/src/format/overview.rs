//! Owns what has to be known of a run before its first line is written, and the order from the worst
//! test to those that are better than asked for.

use std::{collections::BTreeMap, ops::ControlFlow};

use alloc_guard_core::report::{Gate, Outcome, Record, Totals, heading_width};
use anyhow::Result;

use super::{moved::moved, words::Targets};
use crate::records::Records;

/// Under which heading a test is shown besides the table, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    Regressed,
    Unstable,
    Failed,
    NoGuard,
    Unreported,
    /// Its counts moved, and the compiler changed.
    Moved,
    New,
    Improved,
}

impl Rank {
    pub(super) const ALL: [Self; 8] = [
        Self::Regressed,
        Self::Unstable,
        Self::Failed,
        Self::NoGuard,
        Self::Unreported,
        Self::Moved,
        Self::New,
        Self::Improved,
    ];

    /// The rank of a test that is not simply as expected or left out.
    pub(super) fn of(record: &Record) -> Option<Self> {
        if moved(record).is_some() {
            return Some(Self::Moved);
        }
        match record.outcome {
            Outcome::AsExpected | Outcome::Ignored => None,
            Outcome::Regressed => Some(Self::Regressed),
            Outcome::Unstable => Some(Self::Unstable),
            Outcome::Panicked | Outcome::Failed | Outcome::DidNotPanic => Some(Self::Failed),
            Outcome::NotInstalled => Some(Self::NoGuard),
            Outcome::Unreported => Some(Self::Unreported),
            Outcome::New => Some(Self::New),
            Outcome::Improved => Some(Self::Improved),
        }
    }
}

/// How many tests moved from one compiler to another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct MovedTests {
    pub(super) all: u64,
    pub(super) failing: u64,
}

/// A run at a glance. Its size does not depend on how many tests there are.
#[derive(Debug, Default)]
pub(super) struct Overview {
    pub(super) totals: Totals,
    pub(super) failing: u64,
    /// The widest heading, in columns.
    pub(super) width: usize,
    pub(super) targets: Targets,
    /// By the compilers of baseline and run.
    pub(super) moved: BTreeMap<(String, String), MovedTests>,
    ranks: [u64; Rank::ALL.len()],
}

impl Overview {
    /// # Errors
    /// If a record cannot be read.
    pub(super) fn of(run: &dyn Records, gate: Gate) -> Result<Self> {
        let mut overview = Self::default();
        let mut target: Option<String> = None;
        run.for_each(&mut |record| {
            overview.add(record, gate);
            // One that left no record of its own has no target either.
            if !record.target.is_empty() {
                let first = target.get_or_insert_with(|| record.target.clone());
                if *first != record.target {
                    overview.targets = Targets::Several;
                }
            }
            Ok(())
        })?;
        Ok(overview)
    }

    fn add(&mut self, record: &Record, gate: Gate) {
        let fails = u64::from(record.outcome.is_failure(gate));
        self.totals.add(record.outcome);
        self.failing += fails;
        self.width = self
            .width
            .max(heading_width(std::iter::once(record.heading())));
        if let Some(moved) = moved(record) {
            let key = (moved.then.to_owned(), moved.now.to_owned());
            let tests = self.moved.entry(key).or_default();
            tests.all += 1;
            tests.failing += fails;
        }
        if let Some(rank) = Rank::of(record) {
            self.ranks[rank as usize] += 1;
        }
    }

    /// How many tests have this rank.
    pub(super) const fn count(&self, rank: Rank) -> u64 {
        self.ranks[rank as usize]
    }

    /// Goes through the tests of one rank in the order of the run, until there is none left or `each`
    /// has had enough.
    ///
    /// # Errors
    /// If a record cannot be read, or with the first error of `each`.
    pub(super) fn each_of(
        &self,
        rank: Rank,
        run: &dyn Records,
        each: &mut dyn FnMut(&Record) -> Result<ControlFlow<()>>,
    ) -> Result<()> {
        let mut left = self.count(rank);
        if left == 0 {
            return Ok(());
        }
        for record in run.open()? {
            let record = record?;
            if Rank::of(&record) != Some(rank) {
                continue;
            }
            left -= 1;
            // A run of a million tests need not be read to its end for one of them.
            if each(&record)?.is_break() || left == 0 {
                break;
            }
        }
        Ok(())
    }
}

/// Goes through the tests that fail, worst first, until `each` has had enough.
///
/// # Errors
/// If a record cannot be read, or with the first error of `each`.
pub(crate) fn failing(
    run: &dyn Records,
    gate: Gate,
    each: &mut dyn FnMut(&Record) -> Result<ControlFlow<()>>,
) -> Result<()> {
    let overview = Overview::of(run, gate)?;
    let mut has_had_enough = false;
    for rank in Rank::ALL {
        overview.each_of(rank, run, &mut |record| {
            if has_had_enough || !record.outcome.is_failure(gate) {
                return Ok(ControlFlow::Continue(()));
            }
            let flow = each(record)?;
            has_had_enough = flow.is_break();
            Ok(flow)
        })?;
        if has_had_enough {
            break;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::{borrow::Cow, cell::Cell};

    use super::*;
    use crate::records::Iter;

    /// A run of these outcomes, and how many records were read of it.
    struct Counted(&'static [Outcome], Cell<usize>);

    impl Records for Counted {
        fn open(&self) -> Result<Iter<'_>> {
            Ok(Box::new(self.0.iter().map(|outcome| {
                self.1.set(self.1.get() + 1);
                Ok(Cow::Owned(Record {
                    outcome: *outcome,
                    ..Record::default()
                }))
            })))
        }
    }

    #[test]
    fn only_what_fails_is_gone_through_worst_first_and_no_further_than_asked() {
        let run = Counted(
            &[
                Outcome::New,
                Outcome::Improved,
                Outcome::Failed,
                Outcome::AsExpected,
                Outcome::Regressed,
            ],
            Cell::new(0),
        );
        let ci = Gate {
            ci: true,
            ..Gate::default()
        };
        for (gate, most, expected) in [
            (
                Gate::default(),
                9,
                &[Outcome::Regressed, Outcome::Failed][..],
            ),
            (ci, 9, &[Outcome::Regressed, Outcome::Failed, Outcome::New]),
            (ci, 1, &[Outcome::Regressed]),
        ] {
            let mut found = Vec::new();
            failing(&run, gate, &mut |record| {
                found.push(record.outcome);
                Ok(if found.len() < most {
                    ControlFlow::Continue(())
                } else {
                    ControlFlow::Break(())
                })
            })
            .unwrap();
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn a_run_is_read_no_further_than_to_the_last_test_of_a_rank_or_the_last_that_is_wanted() {
        let outcomes = &[
            Outcome::AsExpected,
            Outcome::Regressed,
            Outcome::Regressed,
            Outcome::Improved,
        ];
        let run = Counted(outcomes, Cell::default());
        let overview = Overview::of(&run, Gate::default()).unwrap();
        for (rank, wanted, read) in [
            (Rank::Regressed, 9, 3),
            (Rank::Regressed, 1, 2),
            (Rank::Improved, 9, 4),
            (Rank::Unstable, 9, 0),
        ] {
            run.1.set(0);
            let mut seen = 0;
            let each = overview.each_of(rank, &run, &mut |_| {
                seen += 1;
                Ok(if seen == wanted {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                })
            });
            each.unwrap();
            assert_eq!(run.1.get(), read, "{rank:?} {wanted}");
        }
    }
}
