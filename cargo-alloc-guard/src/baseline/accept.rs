//! Owns what a run makes of a baseline: which counts are new, which are better left, and which are of no
//! test any more. Pure.

use std::collections::{BTreeMap, BTreeSet};

use alloc_guard_core::baseline::{Baseline, Circumstances, Counts, Entry, Held, compare, key};
use anyhow::{Result, anyhow, bail};

use super::{
    changes::{Changes, Left, changes},
    document::Document,
    measured::{Measured, Test},
    present::Present,
};

/// What a run makes of a package's baseline.
#[derive(Debug)]
pub(crate) struct Accepted {
    /// What the file is to hold; `None` if it stays as it is, or is not needed.
    pub(crate) text: Option<String>,
    pub(crate) changes: Changes,
}

/// How much of a run is taken over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// All of it, and tests that are gone are taken out.
    Whole,
    /// Tests that were asked for by name.
    Chosen,
}

/// Takes a run over into the text of a baseline. `None` is a package without the file.
///
/// # Errors
/// If the text is no baseline, with `path` and line; `path` is for errors only.
pub(crate) fn accept(
    path: &str,
    text: Option<&str>,
    measured: &Measured,
    present: &Present,
    extent: Extent,
) -> Result<Accepted> {
    let old = Baseline::parse(text.unwrap_or_default())
        .map_err(|error| anyhow!("{path}:{}: {error}", error.line))?;
    let mut next = Next {
        plain_targets: plain_targets(&old, measured),
        baseline: old.clone(),
    };
    for test in next.in_order(measured) {
        next.take(test, measured.counts[test].counts);
    }
    if extent == Extent::Whole {
        next.remove_gone(measured, present);
    }
    next.note_circumstances(measured, extent);
    let mut changes = changes(&old, &next.baseline, measured);
    changes.left = left(&old, measured);
    if next.baseline == old {
        return Ok(Accepted {
            text: None,
            changes,
        });
    }

    let mut document = Document::parse(text.unwrap_or_default())
        .map_err(|(line, what)| anyhow!("{path}:{line}: {what}"))?;
    write(&mut document, &old, &next.baseline);
    let text = document.text();
    // What the tests will read is what was meant, or nothing is written.
    match Baseline::parse(&text) {
        Ok(read) if without_lines(&read) == without_lines(&next.baseline) => {}
        _ => bail!(
            "{path}: the new content would be read as something else, which is a fault of this program"
        ),
    }
    Ok(Accepted {
        text: Some(text),
        changes,
    })
}

/// A baseline in the making.
struct Next {
    baseline: Baseline,
    /// The target that a profile's plain key stands for.
    plain_targets: BTreeMap<String, String>,
}

impl Next {
    fn is_plain(&self, profile: &str, target: &str) -> bool {
        self.plain_targets
            .get(profile)
            .is_some_and(|plain| plain == target)
    }

    /// The plain counts first: those of other targets are compared with them.
    fn in_order<'a>(&self, measured: &'a Measured) -> Vec<&'a Test> {
        let mut tests: Vec<_> = measured.counts.keys().collect();
        tests.sort_by_key(|test| !self.is_plain(&test.profile, &test.target));
        tests
    }

    fn take(&mut self, test: &Test, counts: Counts) {
        let is_plain = self.is_plain(&test.profile, &test.target);
        let tests = self.baseline.tests.entry(test.binary.clone()).or_default();
        let entry = tests.entry(test.name.clone()).or_default();
        let plain = key(&test.profile, None);
        let own = key(&test.profile, Some(&test.target));
        let held = entry.counts.get(&own).or(entry.counts.get(&plain)).copied();
        // Within its tolerance it stays as it is, or each run would change it.
        let kept = held.filter(|held| is_within(entry, *held, counts));
        if is_plain {
            let kept = kept.unwrap_or(counts);
            entry.counts.insert(plain, kept);
            entry.counts.remove(&own);
            let of_targets = key(&test.profile, Some(""));
            entry
                .counts
                .retain(|key, counts| !key.starts_with(&of_targets) || *counts != kept);
        } else if entry.counts.get(&plain) == Some(&counts) {
            entry.counts.remove(&own);
        } else if kept.is_none() {
            entry.counts.insert(own, counts);
        }
    }

    fn remove_gone(&mut self, measured: &Measured, present: &Present) {
        let Self {
            baseline,
            plain_targets,
        } = self;
        let sound = (measured.counts.keys()).map(|test| (&*test.binary, &*test.name));
        let unsound = (measured.unsound.iter())
            .filter(|test| test.is_held)
            .map(|test| (&*test.binary, &*test.name));
        let held: BTreeSet<(&str, &str)> = sound.chain(unsound).collect();
        for (binary, tests) in &mut baseline.tests {
            tests.retain(|name, entry| {
                let not_held = measured.not_held.contains(&(binary.clone(), name.clone()));
                let keys = entry.counts.keys().map(String::as_str);
                let plain = |profile: &str| plain_targets.get(profile).cloned();
                held.contains(&(binary, name))
                    || !(not_held || present.lacks(binary, name, keys, &plain))
            });
        }
        baseline.tests.retain(|_, tests| !tests.is_empty());
    }

    fn note_circumstances(&mut self, measured: &Measured, extent: Extent) {
        for ((profile, target), now) in &measured.circumstances {
            let is_plain = self.is_plain(profile, target);
            let key = key(profile, (!is_plain).then_some(target));
            let then = self.baseline.measured.get(&key);
            // Of a few tests' compiler nothing follows for the others.
            if !self.is_used(&key) || (extent == Extent::Chosen && then.is_some()) {
                continue;
            }
            let features = || then.and_then(|then| then.features.clone());
            let now = Circumstances {
                features: now.features.clone().or_else(features),
                ..now.clone()
            };
            self.baseline.measured.insert(key, now);
        }
        // A plain key says what target it stands for, also while it has no tests.
        let unused: Vec<_> = (self.baseline.measured.keys())
            .filter(|key| key.contains('@') && !self.is_used(key))
            .cloned()
            .collect();
        for key in unused {
            self.baseline.measured.remove(&key);
        }
    }

    fn is_used(&self, key: &str) -> bool {
        let mut entries = self.baseline.tests.values().flat_map(BTreeMap::values);
        entries.any(|entry| entry.counts.contains_key(key))
    }
}

/// What the plain key of each profile stands for: what the file says, else the target that most tests of
/// the run were built for.
fn plain_targets(old: &Baseline, measured: &Measured) -> BTreeMap<String, String> {
    let mut tests: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for test in measured.counts.keys() {
        *tests.entry((&test.profile, &test.target)).or_default() += 1;
    }
    let mut plain = BTreeMap::new();
    let mut most = BTreeMap::new();
    for ((profile, target), tests) in tests {
        let most = most.entry(profile).or_insert(0);
        if tests > *most {
            *most = tests;
            plain.insert(profile.to_owned(), target.to_owned());
        }
    }
    for (profile, circumstances) in &old.measured {
        plain.insert(profile.clone(), circumstances.target.clone());
    }
    plain
}

fn is_within(entry: &Entry, held: Counts, counts: Counts) -> bool {
    let held = Held {
        counts: held,
        tolerance: (entry.tolerance.as_ref())
            .map(|tolerance| tolerance.counts)
            .unwrap_or_default(),
        ..Held::default()
    };
    let (risen, fallen) = compare(&held, counts);
    risen.is_empty() && fallen.is_empty()
}

/// The tests without sound counts that a reader should hear of.
fn left(old: &Baseline, measured: &Measured) -> Vec<Left> {
    let is_known = |binary: &str, name: &str| {
        let tests = old.tests.get(binary);
        tests.is_some_and(|tests| tests.contains_key(name))
    };
    (measured.unsound.iter())
        .filter(|test| test.is_held || is_known(&test.binary, &test.name))
        .map(|test| Left {
            binary: test.binary.clone(),
            name: test.name.clone(),
            profile: test.profile.clone(),
            why: test.why.clone(),
        })
        .collect()
}

/// Makes of the old text the new one.
fn write(document: &mut Document, old: &Baseline, new: &Baseline) {
    for (binary, tests) in &old.tests {
        for name in tests.keys() {
            if new
                .tests
                .get(binary)
                .is_none_or(|tests| !tests.contains_key(name))
            {
                document.remove_test(binary, name);
            }
        }
    }
    document.add_tests(new.tests.iter().flat_map(|(binary, tests)| {
        let names = tests.keys().map(String::as_str);
        names.map(|name| (binary.as_str(), name))
    }));
    for (binary, tests) in &new.tests {
        for (name, entry) in tests {
            let before = old.tests.get(binary).and_then(|tests| tests.get(name));
            let before = before.map(|entry| &entry.counts);
            for key in before.into_iter().flat_map(BTreeMap::keys) {
                if !entry.counts.contains_key(key) {
                    document.remove_counts(binary, name, key);
                }
            }
            for (key, counts) in &entry.counts {
                if before.and_then(|before| before.get(key)) != Some(counts) {
                    document.set_counts(binary, name, key, *counts);
                }
            }
        }
    }
    for key in old.measured.keys() {
        if !new.measured.contains_key(key) {
            document.remove_measured(key);
        }
    }
    for (key, circumstances) in &new.measured {
        if old.measured.get(key) != Some(circumstances) {
            document.set_measured(key, circumstances);
        }
    }
}

/// Where a test stands in the file is nothing that it says.
fn without_lines(baseline: &Baseline) -> Baseline {
    let mut baseline = baseline.clone();
    for entry in baseline.tests.values_mut().flat_map(BTreeMap::values_mut) {
        entry.line = 0;
    }
    baseline
}
