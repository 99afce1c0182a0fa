//! Owns what a baseline holds, and how a measurement compares with it. Pure.

use std::collections::BTreeMap;

/// Three numbers of a test's locked phase, without what its attribute permits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "read", derive(serde::Deserialize))]
pub struct Counts {
    /// Allocations.
    pub allocations: u64,
    /// Bytes they asked for.
    pub bytes: u64,
    /// The most bytes that were live at once.
    pub peak_bytes: u64,
}

impl Counts {
    /// Each number with the word for it in files and reports.
    #[must_use]
    pub const fn named(self) -> [(&'static str, u64); 3] {
        [
            ("allocations", self.allocations),
            ("bytes", self.bytes),
            ("peak_bytes", self.peak_bytes),
        ]
    }
}

/// How far a test's counts may be off, either way, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tolerance {
    /// Of each number.
    pub counts: Counts,
    /// Why its counts are not the same each time.
    pub reason: String,
}

/// Under what the counts of a profile were measured.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "read", derive(serde::Deserialize))]
pub struct Circumstances {
    /// The compiler's version: `1.96.0`.
    pub toolchain: String,
    /// The target's triple.
    pub target: String,
    /// The package's features, joined by commas; `None` where nobody knew them.
    pub features: Option<String>,
}

/// What the baseline says of one test.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// The line of its header, from 1.
    pub line: u32,
    /// If its counts are not the same each time.
    pub tolerance: Option<Tolerance>,
    /// By [`key`]: `debug`, or `debug@TARGET` where a target differs.
    pub counts: BTreeMap<String, Counts>,
}

/// What a test was held to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "read", derive(serde::Deserialize))]
pub struct Held {
    /// What it asked for when it was accepted.
    #[cfg_attr(feature = "read", serde(flatten))]
    pub counts: Counts,
    /// How far it may be off.
    pub tolerance: Counts,
    /// Why it may be.
    pub reason: String,
    /// Under what it was measured then.
    #[cfg_attr(feature = "read", serde(flatten))]
    pub circumstances: Circumstances,
}

/// One number that is not what the baseline says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// Which: `allocations`, `bytes`, `peak_bytes`.
    pub what: &'static str,
    /// What the baseline says.
    pub baseline: u64,
    /// What was measured.
    pub measured: u64,
}

/// The baseline of one package.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    /// By [`key`].
    pub measured: BTreeMap<String, Circumstances>,
    /// By test binary, then by the test's name as its harness has it.
    pub tests: BTreeMap<String, BTreeMap<String, Entry>>,
}

/// The key of a profile's counts; with a target, of those that hold for it alone.
#[must_use]
pub fn key(profile: &str, target: Option<&str>) -> String {
    match target {
        Some(target) => format!("{profile}@{target}"),
        None => profile.to_owned(),
    }
}

/// The profile of a [`key`].
#[must_use]
pub fn profile_of(key: &str) -> &str {
    key.split_once('@').map_or(key, |(profile, _)| profile)
}

impl Baseline {
    /// What a test is held to; `None` if it has no entry for this profile.
    #[must_use]
    pub fn held(&self, binary: &str, name: &str, profile: &str, target: &str) -> Option<Held> {
        let entry = self.tests.get(binary)?.get(name)?;
        let (key, counts) = [key(profile, Some(target)), key(profile, None)]
            .into_iter()
            .find_map(|key| entry.counts.get(&key).map(|counts| (key, *counts)))?;
        let tolerance = entry.tolerance.clone().unwrap_or_default();
        Some(Held {
            counts,
            tolerance: tolerance.counts,
            reason: tolerance.reason,
            circumstances: self.measured.get(&key).cloned().unwrap_or_default(),
        })
    }
}

/// The numbers that rose above the baseline, or, if none did, those that fell below it.
#[must_use]
pub fn compare(held: &Held, measured: Counts) -> (Vec<Change>, Vec<Change>) {
    let mut risen = Vec::new();
    let mut fallen = Vec::new();
    let numbers = held.counts.named().into_iter().zip(measured.named());
    for (((what, baseline), (_, measured)), (_, tolerance)) in numbers.zip(held.tolerance.named()) {
        let change = Change {
            what,
            baseline,
            measured,
        };
        if measured > baseline.saturating_add(tolerance) {
            risen.push(change);
        } else if measured < baseline.saturating_sub(tolerance) {
            fallen.push(change);
        }
    }
    (risen, fallen)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(allocations: u64, bytes: u64, peak_bytes: u64) -> Counts {
        Counts {
            allocations,
            bytes,
            peak_bytes,
        }
    }

    fn words(changes: &[Change]) -> Vec<&'static str> {
        changes.iter().map(|change| change.what).collect()
    }

    #[test]
    fn each_number_may_be_off_by_its_tolerance_and_no_more() {
        let held = Held {
            counts: counts(10, 100, 50),
            tolerance: counts(1, 0, 10),
            ..Held::default()
        };
        for (measured, risen, fallen) in [
            (counts(10, 100, 50), vec![], vec![]),
            (counts(11, 100, 60), vec![], vec![]),
            (counts(9, 100, 40), vec![], vec![]),
            (
                counts(12, 101, 61),
                vec!["allocations", "bytes", "peak_bytes"],
                vec![],
            ),
            (
                counts(8, 99, 39),
                vec![],
                vec!["allocations", "bytes", "peak_bytes"],
            ),
            (counts(12, 99, 50), vec!["allocations"], vec!["bytes"]),
        ] {
            let (up, down) = compare(&held, measured);
            assert_eq!((words(&up), words(&down)), (risen, fallen), "{measured:?}");
        }
    }

    #[test]
    fn a_target_of_its_own_comes_before_the_profile() {
        let entry = Entry {
            counts: [
                ("debug".to_owned(), counts(1, 0, 0)),
                ("debug@here".to_owned(), counts(2, 0, 0)),
            ]
            .into(),
            ..Entry::default()
        };
        let baseline = Baseline {
            tests: [("b".to_owned(), [("t".to_owned(), entry)].into())].into(),
            ..Baseline::default()
        };
        let allocations = |profile, target| {
            let held = baseline.held("b", "t", profile, target)?;
            Some(held.counts.allocations)
        };
        assert_eq!(allocations("debug", "here"), Some(2));
        assert_eq!(allocations("debug", "there"), Some(1));
        assert_eq!(allocations("release", "here"), None);
        assert_eq!(baseline.held("b", "u", "debug", "here"), None);
        assert_eq!(baseline.held("c", "t", "debug", "here"), None);
    }
}
