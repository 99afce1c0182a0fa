//! Owns which of our counts must equal which of theirs.

use std::fmt;

use crate::{
    counts::{Counts, Totals},
    operations::{Alignment, Operation},
};

/// A count on which alloc-guard and an oracle differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// In which operation.
    pub operation: &'static str,
    /// What was counted.
    pub what: &'static str,
    /// What alloc-guard says.
    pub ours: i128,
    /// What the oracle says.
    pub theirs: i128,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            operation,
            what,
            ours,
            theirs,
        } = self;
        write!(f, "{operation}: {what}: ours {ours}, theirs {theirs}")
    }
}

/// All mismatches, a line each.
#[must_use]
pub fn describe(mismatches: &[Mismatch]) -> String {
    let lines: Vec<_> = mismatches.iter().map(Mismatch::to_string).collect();
    lines.join("\n")
}

impl Counts {
    /// Compares with the totals of either DHAT.
    ///
    /// | theirs | ours |
    /// | --- | --- |
    /// | total blocks | `allocs + zeroed + grows + shrinks`: both count a resize as one more block |
    /// | total bytes | `bytes`: both add the whole new size of a resize |
    /// | live blocks at the end | `allocs + zeroed - deallocs`, since a resize leaves their number |
    /// | live bytes at the end | `retained_bytes` |
    /// | peak bytes | `peak_bytes`, since nothing of the operation's is live when it starts |
    ///
    /// Neither knows of refused calls, so `failed` must be 0.
    #[must_use]
    pub fn compare_totals(&self, operation: &Operation, theirs: &Totals) -> Vec<Mismatch> {
        let blocks = self.allocs + self.zeroed;
        let mut pairs = vec![
            (
                "total blocks",
                i128::from(blocks + self.grows + self.shrinks),
                i128::from(theirs.total_blocks),
            ),
            (
                "total bytes",
                i128::from(self.bytes),
                i128::from(theirs.total_bytes),
            ),
            (
                "live blocks",
                i128::from(blocks) - i128::from(self.deallocs),
                i128::from(theirs.live_blocks),
            ),
            (
                "live bytes",
                i128::from(self.retained_bytes),
                i128::from(theirs.live_bytes),
            ),
            ("failed calls", i128::from(self.failed), 0),
        ];
        if let Some(peak_bytes) = theirs.peak_bytes {
            pairs.push((
                "peak bytes",
                i128::from(self.peak_bytes),
                i128::from(peak_bytes),
            ));
        }
        unequal(operation, pairs)
    }

    /// Compares with the calls that the C library was asked for: each kind with its own kind.
    ///
    /// The calls of an operation with [`Alignment::Beyond`] are compared with what Rust's system
    /// allocator makes of them, and its peak is not compared: while such a block is resized, the old
    /// one and the new one are both live to the C library.
    #[must_use]
    pub fn compare_calls(&self, operation: &Operation, theirs: &Self) -> Vec<Mismatch> {
        let ours = match operation.alignment {
            Alignment::Malloc => *self,
            Alignment::Beyond => Self {
                allocs: self.allocs + self.zeroed + self.grows + self.shrinks,
                zeroed: 0,
                grows: 0,
                shrinks: 0,
                deallocs: self.deallocs + self.grows + self.shrinks,
                peak_bytes: theirs.peak_bytes,
                ..*self
            },
        };
        let pairs = [
            ("allocs", ours.allocs, theirs.allocs),
            ("zeroed", ours.zeroed, theirs.zeroed),
            ("grows", ours.grows, theirs.grows),
            ("shrinks", ours.shrinks, theirs.shrinks),
            ("deallocs", ours.deallocs, theirs.deallocs),
            ("failed calls", ours.failed, theirs.failed),
            ("bytes", ours.bytes, theirs.bytes),
            ("peak bytes", ours.peak_bytes, theirs.peak_bytes),
        ]
        .map(|(what, ours, theirs)| (what, i128::from(ours), i128::from(theirs)));
        let retained = (
            "retained bytes",
            i128::from(ours.retained_bytes),
            i128::from(theirs.retained_bytes),
        );
        unequal(operation, pairs.into_iter().chain([retained]))
    }
}

/// The pairs of (what, ours, theirs) that differ.
fn unequal(
    operation: &Operation,
    pairs: impl IntoIterator<Item = (&'static str, i128, i128)>,
) -> Vec<Mismatch> {
    pairs
        .into_iter()
        .filter(|(_, ours, theirs)| ours != theirs)
        .map(|(what, ours, theirs)| Mismatch {
            operation: operation.name,
            what,
            ours,
            theirs,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Operation = Operation {
        name: "plain",
        prepare: || Box::new(|| {}),
        alignment: Alignment::Malloc,
    };

    const OVERALIGNED: Operation = Operation {
        name: "overaligned",
        prepare: || Box::new(|| {}),
        alignment: Alignment::Beyond,
    };

    const COUNTS: Counts = Counts {
        allocs: 10,
        zeroed: 4,
        grows: 3,
        shrinks: 2,
        deallocs: 12,
        failed: 0,
        bytes: 1_000,
        retained_bytes: 80,
        peak_bytes: 500,
    };

    const TOTALS: Totals = Totals {
        total_blocks: 19,
        total_bytes: 1_000,
        live_blocks: 2,
        live_bytes: 80,
        peak_bytes: Some(500),
    };

    /// `COUNTS` with one field off by one, for each field.
    fn wrong() -> [(&'static str, Counts); 9] {
        let one = |change: fn(&mut Counts)| {
            let mut counts = COUNTS;
            change(&mut counts);
            counts
        };
        [
            ("allocs", one(|counts| counts.allocs += 1)),
            ("zeroed", one(|counts| counts.zeroed -= 1)),
            ("grows", one(|counts| counts.grows += 1)),
            ("shrinks", one(|counts| counts.shrinks -= 1)),
            ("deallocs", one(|counts| counts.deallocs += 1)),
            ("failed calls", one(|counts| counts.failed += 1)),
            ("bytes", one(|counts| counts.bytes -= 1)),
            ("retained bytes", one(|counts| counts.retained_bytes += 1)),
            ("peak bytes", one(|counts| counts.peak_bytes -= 1)),
        ]
    }

    #[test]
    fn equal_counts_have_no_mismatch() {
        assert_eq!(COUNTS.compare_totals(&PLAIN, &TOTALS), []);
        assert_eq!(COUNTS.compare_calls(&PLAIN, &COUNTS), []);
    }

    #[test]
    fn a_count_that_is_off_by_one_is_noticed_against_totals() {
        for (what, counts) in wrong() {
            assert_ne!(counts.compare_totals(&PLAIN, &TOTALS), [], "{what}");
        }
    }

    #[test]
    fn a_count_that_is_off_by_one_is_named_against_calls() {
        for (what, counts) in wrong() {
            let named: Vec<_> = counts
                .compare_calls(&PLAIN, &COUNTS)
                .iter()
                .map(|mismatch| mismatch.what)
                .collect();
            assert_eq!(named, [what]);
        }
    }

    #[test]
    fn a_grow_that_is_taken_for_a_shrink_is_noticed_against_calls() {
        let mut counts = COUNTS;
        counts.grows += 1;
        counts.shrinks -= 1;
        assert_eq!(counts.compare_totals(&PLAIN, &TOTALS), []);
        assert_eq!(counts.compare_calls(&PLAIN, &COUNTS).len(), 2);
    }

    #[test]
    fn the_system_resizes_an_overaligned_block_by_a_new_block_and_a_free() {
        let calls = Counts {
            allocs: 19,
            zeroed: 0,
            grows: 0,
            shrinks: 0,
            deallocs: 17,
            peak_bytes: 700,
            ..COUNTS
        };
        assert_eq!(COUNTS.compare_calls(&OVERALIGNED, &calls), []);
        assert_ne!(COUNTS.compare_calls(&PLAIN, &calls), []);
    }

    #[test]
    fn a_mismatch_says_who_says_what() {
        let mismatch = Mismatch {
            operation: "vec_push",
            what: "grows",
            ours: 3,
            theirs: 4,
        };
        assert_eq!(mismatch.to_string(), "vec_push: grows: ours 3, theirs 4");
    }
}
