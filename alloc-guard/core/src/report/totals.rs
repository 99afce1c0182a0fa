//! Owns the totals of a run, and the line that gives them.

use super::{Outcome, Style, count};

/// How many trials came out how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// As expected.
    pub expected: u64,
    /// Regressed.
    pub regressed: u64,
    /// Improved.
    pub improved: u64,
    /// Not in the baseline.
    pub new: u64,
    /// Different from run to run.
    pub unstable: u64,
    /// Panicked, failed, should have panicked, or did not report.
    pub failed: u64,
    /// Without a guard.
    pub unguarded: u64,
    /// Ignored.
    pub ignored: u64,
}

impl Totals {
    /// Adds one trial.
    pub fn add(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::AsExpected => self.expected += 1,
            Outcome::Improved => self.improved += 1,
            Outcome::New => self.new += 1,
            Outcome::Unstable => self.unstable += 1,
            Outcome::Regressed => self.regressed += 1,
            Outcome::Panicked | Outcome::Failed | Outcome::DidNotPanic | Outcome::Unreported => {
                self.failed += 1;
            }
            Outcome::NotInstalled => self.unguarded += 1,
            Outcome::Ignored => self.ignored += 1,
        }
    }

    /// All of them.
    #[must_use]
    pub const fn all(&self) -> u64 {
        self.expected
            + self.regressed
            + self.improved
            + self.new
            + self.unstable
            + self.failed
            + self.unguarded
            + self.ignored
    }
}

/// The last line: `3 operations: 2 as expected, 1 regressed`.
#[must_use]
pub fn summary(totals: &Totals, style: Style) -> String {
    let mut parts = vec![format!("{} as expected", totals.expected)];
    for (number, word, bad) in [
        (totals.regressed, "regressed", true),
        (totals.unstable, "unstable", true),
        (totals.improved, "improved", false),
        (totals.new, "new", false),
        (totals.failed, "failed", true),
        (totals.unguarded, "without a guard", true),
        (totals.ignored, "ignored", false),
    ] {
        if number > 0 {
            let part = format!("{number} {word}");
            parts.push(if bad { style.red(&part) } else { part });
        }
    }
    format!("{}: {}", count(totals.all(), "operation"), parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_names_only_what_there_is() {
        let totals = Totals {
            expected: 2,
            regressed: 1,
            ..Totals::default()
        };
        assert_eq!(
            summary(&totals, Style::Plain),
            "3 operations: 2 as expected, 1 regressed"
        );
        assert_eq!(
            summary(&Totals::default(), Style::Plain),
            "0 operations: 0 as expected"
        );
    }
}
