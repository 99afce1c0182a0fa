//! Owns the tests whose counts moved when the compiler changed: one event, not a regression each.

use alloc_guard_core::report::{Record, count};

/// What the cure is, for all of them at once.
pub(super) const CURE: &str = "cargo alloc-guard accept";

/// How a test moved.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Moved<'a> {
    /// The compiler of the baseline.
    pub(super) then: &'a str,
    /// The compiler of the run.
    pub(super) now: &'a str,
    /// `allocations 14 → 15; bytes 96 → 104`
    pub(super) change: String,
}

/// How a test moved with the compiler; `None` if it did not, or if it broke anything besides: a leak is
/// a leak under each compiler.
pub(super) fn moved(record: &Record) -> Option<Moved<'_>> {
    let (then, now) = record.moved_with_toolchain()?;
    let held = record.baseline.as_ref()?.counts.named();
    let is_change = |reason: &String| {
        reason.contains(" → ") && held.iter().any(|(what, _)| reason.starts_with(what))
    };
    if !record.reasons.iter().all(is_change) {
        return None;
    }
    let change = if record.reasons.is_empty() {
        let changes: Vec<_> = held
            .iter()
            .zip(record.counts().named())
            .filter(|((_, held), (_, measured))| held != measured)
            .map(|((what, held), (_, measured))| format!("{what} {held} → {measured}"))
            .collect();
        changes.join("; ")
    } else {
        record.reasons.join("; ")
    };
    Some(Moved { then, now, change })
}

/// `40 tests moved with the toolchain: 1.95.0 → 1.96.0`
pub(super) fn heading(tests: u64, (then, now): (&str, &str)) -> String {
    format!(
        "{} moved with the toolchain: {then} → {now}",
        count(tests, "test")
    )
}

#[cfg(test)]
mod tests {
    use alloc_guard_core::{
        Tally,
        baseline::{Circumstances, Counts, Held},
        report::Outcome,
    };

    use super::*;

    /// 15 allocations of 96 bytes with 1.96.0, and 14 of as many bytes with 1.95.0.
    fn record(reasons: &[&str]) -> Record {
        Record {
            outcome: Outcome::Regressed,
            toolchain: "1.96.0".to_owned(),
            reasons: reasons.iter().map(|reason| (*reason).to_owned()).collect(),
            locked: Tally {
                allocs: 15,
                bytes: 96,
                ..Tally::default()
            },
            baseline: Some(Held {
                counts: Counts {
                    allocations: 14,
                    bytes: 96,
                    peak_bytes: 0,
                },
                circumstances: Circumstances {
                    toolchain: "1.95.0".to_owned(),
                    ..Circumstances::default()
                },
                ..Held::default()
            }),
            ..Record::default()
        }
    }

    #[test]
    fn a_test_moved_if_nothing_but_its_numbers_changed() {
        let known = "allocations 14 → 15";
        for (reasons, change) in [
            (&[known][..], Some(known)),
            (&[], Some(known)),
            (
                &[known, "bytes 96 → 99"],
                Some("allocations 14 → 15; bytes 96 → 99"),
            ),
            (&[known, "leaked 1 block · 8 B"], None),
            (&["allocations = 14, measured 15"], None),
            (&["leaked 1 → 2 blocks"], None),
        ] {
            let record = record(reasons);
            let moved = moved(&record);
            assert_eq!(moved.map(|moved| moved.change).as_deref(), change);
        }
    }

    #[test]
    fn a_test_under_the_compiler_of_its_baseline_did_not_move() {
        let record = Record {
            toolchain: "1.95.0".to_owned(),
            ..record(&["allocations 14 → 15"])
        };
        assert_eq!(moved(&record), None);
    }
}
