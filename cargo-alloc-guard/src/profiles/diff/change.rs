//! Owns what counts as a change between two profiles, and as growth.

use std::cmp::Reverse;

use alloc_guard_profile::{Amount, Diff, FunctionChange};

use crate::diff::{Kind, word};

/// Two profiles, compared by the functions whose own requests changed.
#[derive(Debug)]
pub(crate) struct Comparison {
    pub(crate) diff: Diff,
    /// Worst first.
    pub(crate) changes: Vec<Change>,
    /// How many functions grew by no more than the tolerance.
    pub(crate) tolerated: u64,
    /// How many other functions ask for memory themselves.
    pub(crate) unchanged: u64,
}

/// A function whose own requests changed.
#[derive(Debug)]
pub(crate) struct Change {
    pub(crate) kind: Kind,
    pub(crate) function: FunctionChange,
}

impl Comparison {
    /// Growth of a function by up to `tolerance` per cent is none.
    pub(crate) fn new(diff: Diff, tolerance: u64) -> Self {
        let mut changes = Vec::new();
        let (mut tolerated, mut unchanged) = (0, 0);
        for function in &diff.functions {
            let [before, after] = function.as_site.map(|sums| sums.allocations.count);
            if !function.is_changed_site() {
                unchanged += u64::from(before > 0);
                continue;
            }
            let kind = match (before, after) {
                (0, _) => Kind::New,
                (_, 0) => Kind::Gone,
                _ if grew(function, tolerance) => Kind::Risen,
                _ if grew(function, 0) => {
                    tolerated += 1;
                    continue;
                }
                _ => Kind::Fallen,
            };
            changes.push(Change {
                kind,
                function: function.clone(),
            });
        }
        changes.sort_by_key(|change| {
            let [before, after] = change.function.as_site.map(|sums| sums.allocations);
            let more = |before: u64, after: u64| i128::from(after) - i128::from(before);
            Reverse((
                is_growth(change.kind),
                more(before.count, after.count),
                more(before.bytes, after.bytes),
            ))
        });
        Self {
            diff,
            changes,
            tolerated,
            unchanged,
        }
    }

    /// Whether something grew.
    pub(crate) fn is_worse(&self) -> bool {
        self.changes.iter().any(|change| is_growth(change.kind))
    }

    /// `1 risen, 85 unchanged`
    pub(crate) fn summary(&self) -> String {
        let kinds = [Kind::Risen, Kind::New, Kind::Gone, Kind::Fallen];
        let number = |kind| {
            self.changes
                .iter()
                .filter(|change| change.kind == kind)
                .count() as u64
        };
        let mut parts: Vec<String> = kinds
            .into_iter()
            .map(|kind| (number(kind), word(kind).1))
            .chain([(self.tolerated, "within the tolerance")])
            .filter(|(number, _)| *number > 0)
            .map(|(number, word)| format!("{number} {word}"))
            .collect();
        parts.push(format!("{} unchanged", self.unchanged));
        let all = self.changes.len() as u64 + self.tolerated + self.unchanged;
        let functions = alloc_guard_core::report::count(all, "function");
        format!("{functions} that allocate: {}", parts.join(", "))
    }
}

fn is_growth(kind: Kind) -> bool {
    matches!(kind, Kind::Risen | Kind::New)
}

/// Whether allocations, their bytes or leaks grew by more than so many per cent.
fn grew(function: &FunctionChange, tolerance: u64) -> bool {
    let [before, after] = function.as_site;
    let grew = |before: u64, after: u64| {
        u128::from(after) * 100 > u128::from(before) * (100 + u128::from(tolerance))
    };
    let amount = |before: Amount, after: Amount| {
        grew(before.count, after.count) || grew(before.bytes, after.bytes)
    };
    amount(before.allocations, after.allocations) || amount(before.leaked, after.leaked)
}

/// The numbers that changed, before and after: `allocations 2 → 3 (+1)`.
fn numbers(all: [(&str, u64, u64); 4]) -> String {
    let numbers: Vec<String> = all
        .into_iter()
        .filter(|(_, before, after)| before != after)
        .map(|(what, before, after)| {
            let more = i128::from(after) - i128::from(before);
            format!("{what} {before} → {after} ({more:+})")
        })
        .collect();
    if numbers.is_empty() {
        "the same counts".to_owned()
    } else {
        numbers.join("; ")
    }
}

impl Change {
    /// The numbers that changed.
    pub(super) fn numbers(&self) -> String {
        let [before, after] = self.function.as_site;
        numbers([
            (
                "allocations",
                before.allocations.count,
                after.allocations.count,
            ),
            ("bytes", before.allocations.bytes, after.allocations.bytes),
            ("leaked blocks", before.leaked.count, after.leaked.count),
            ("leaked bytes", before.leaked.bytes, after.leaked.bytes),
        ])
    }

    /// What the function is called.
    pub(super) fn name(&self) -> &str {
        match self.function.function.name.as_str() {
            "" => "unknown",
            name => name,
        }
    }
}

impl Comparison {
    /// The totals that changed.
    pub(super) fn totals(&self) -> String {
        let [before, after] = &self.diff.totals;
        numbers([
            (
                "allocations",
                before.allocations.count,
                after.allocations.count,
            ),
            ("bytes", before.allocations.bytes, after.allocations.bytes),
            ("peak bytes", before.peak.bytes, after.peak.bytes),
            ("leaked bytes", before.leaked.bytes, after.leaked.bytes),
        ])
    }
}

#[cfg(test)]
mod tests {
    use alloc_guard_profile::{Class, DiffTree, Function, Sums, Totals};

    use super::*;

    /// A function by its allocations, bytes and leaked blocks before and after.
    fn function(name: &str, before: [u64; 3], after: [u64; 3]) -> FunctionChange {
        let sums = |[count, bytes, leaked]: [u64; 3]| Sums {
            allocations: Amount { count, bytes },
            leaked: Amount {
                count: leaked,
                bytes: leaked,
            },
            ..Sums::default()
        };
        FunctionChange {
            function: Function {
                name: name.to_owned(),
                file: String::new(),
                class: Class::Workspace,
            },
            inclusive: Default::default(),
            as_site: [sums(before), sums(after)],
        }
    }

    fn compared(tolerance: u64) -> Comparison {
        let functions = vec![
            function("same", [5, 500, 1], [5, 500, 1]),
            function("caller", [0, 0, 0], [0, 0, 0]),
            function("fewer", [5, 500, 0], [4, 400, 0]),
            function("gone", [5, 500, 0], [0, 0, 0]),
            function("new", [0, 0, 0], [1, 8, 0]),
            function("more", [100, 800, 0], [110, 880, 0]),
            function("larger", [100, 800, 0], [100, 880, 0]),
            function("leaks", [10, 80, 10], [10, 80, 11]),
        ];
        let diff = Diff {
            totals: [Totals::default(); 2],
            functions,
            tree: DiffTree::default(),
        };
        Comparison::new(diff, tolerance)
    }

    fn kinds(comparison: &Comparison) -> Vec<(&str, Kind)> {
        let changes = comparison.changes.iter();
        changes.map(|change| (change.name(), change.kind)).collect()
    }

    #[test]
    fn what_grew_comes_first_and_the_most_of_it() {
        let comparison = compared(0);
        assert_eq!(
            kinds(&comparison),
            [
                ("more", Kind::Risen),
                ("new", Kind::New),
                ("larger", Kind::Risen),
                ("leaks", Kind::Risen),
                ("fewer", Kind::Fallen),
                ("gone", Kind::Gone),
            ]
        );
        assert!(comparison.is_worse());
        assert_eq!(
            comparison.summary(),
            "7 functions that allocate: 3 risen, 1 new, 1 gone, 1 fallen, 1 unchanged"
        );
    }

    #[test]
    fn growth_up_to_the_tolerance_is_none_but_a_new_function_is() {
        assert_eq!(compared(9).tolerated, 0);
        let comparison = compared(10);
        assert_eq!(
            kinds(&comparison),
            [
                ("new", Kind::New),
                ("fewer", Kind::Fallen),
                ("gone", Kind::Gone)
            ]
        );
        assert_eq!((comparison.tolerated, comparison.unchanged), (3, 1));
        assert!(comparison.is_worse());
    }

    #[test]
    fn numbers_that_did_not_change_are_left_out() {
        let comparison = compared(0);
        assert_eq!(comparison.changes[2].numbers(), "bytes 800 → 880 (+80)");
        assert_eq!(comparison.totals(), "the same counts");
    }
}
