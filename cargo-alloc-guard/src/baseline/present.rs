//! Owns what is known of the tests that still exist: the names in the run's test binaries, and the names
//! of the package's targets.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use alloc_guard_core::baseline::key;

use super::measured::Measured;
use crate::{cargo::Package, marks};

/// The tests that still exist.
#[derive(Debug, Default)]
pub(crate) struct Present {
    /// The guarded tests of each binary that the run came from, by its name, profile and target.
    tests: BTreeMap<[String; 3], BTreeSet<String>>,
    /// Every test binary that the package can have; `None` if that is not known.
    binaries: Option<BTreeSet<String>>,
}

impl Present {
    /// Looks into the binaries that a run came from. One that is not here says nothing.
    pub(crate) fn of(package: &Package, measured: &Measured) -> Self {
        let mut tests = BTreeMap::new();
        for (key, executables) in &measured.executables {
            let names: Option<Vec<_>> = executables
                .iter()
                .map(|executable| Some(marks::guarded_tests(&fs::read(executable).ok()?)))
                .collect();
            if let Some(names) = names {
                tests.insert(key.clone(), names.into_iter().flatten().collect());
            }
        }
        let binaries = package
            .targets
            .iter()
            // As cargo names their files.
            .map(|target| target.name.replace('-', "_"))
            .collect();
        Self {
            tests,
            binaries: Some(binaries),
        }
    }

    /// Whether a test is gone that the baseline has counts of under these keys. `plain_target` says what
    /// target a profile's plain key stands for. It is gone if a binary that should have it does not, and
    /// no other does.
    pub(super) fn lacks<'a>(
        &self,
        binary: &str,
        name: &str,
        keys: impl Iterator<Item = &'a str>,
        plain_target: &dyn Fn(&str) -> Option<String>,
    ) -> bool {
        if let Some(binaries) = &self.binaries
            && !binaries.contains(binary)
        {
            return true;
        }
        let of_binary = || self.tests.iter().filter(|(key, _)| key[0] == binary);
        if of_binary().any(|(_, names)| names.contains(name)) {
            return false;
        }
        let keys: BTreeSet<&str> = keys.collect();
        of_binary().any(|([_, profile, target], _)| {
            keys.contains(key(profile, Some(target)).as_str())
                || (keys.contains(profile.as_str())
                    && plain_target(profile).is_some_and(|plain| plain == *target))
        })
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Binaries by name, profile and target, with their tests.
    pub(in crate::baseline) fn present(tests: &[([&str; 3], &[&str])]) -> Present {
        let owned = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        Present {
            tests: tests
                .iter()
                .map(|(key, names)| (key.map(str::to_owned), owned(names)))
                .collect(),
            binaries: None,
        }
    }

    #[test]
    fn a_test_is_gone_where_a_binary_that_had_it_has_it_no_more() {
        let plain = |_: &str| Some("linux".to_owned());
        let here = present(&[(["b", "debug", "linux"], &["t"])]);
        let gone = present(&[(["b", "debug", "linux"], &["u"])]);
        let other_profile = present(&[(["b", "release", "linux"], &["u"])]);
        let other_target = present(&[(["b", "debug", "mac"], &["u"])]);
        let elsewhere = present(&[
            (["b", "debug", "linux"], &["u"]),
            (["b", "release", "linux"], &["t"]),
        ]);
        for (present, keys, expected) in [
            (&here, &["debug"][..], false),
            (&gone, &["debug"], true),
            (&gone, &["debug", "release", "debug@mac"], true),
            // Perhaps there is no such test in debug builds, or not here.
            (&gone, &["release"], false),
            (&gone, &["debug@mac"], false),
            (&gone, &["debug@linux"], true),
            (&gone, &[], false),
            (&other_profile, &["debug"], false),
            (&other_target, &["debug"], false),
            (&other_target, &["debug@mac"], true),
            (&elsewhere, &["debug", "release"], false),
            (&Present::default(), &["debug"], false),
        ] {
            let lacks = present.lacks("b", "t", keys.iter().copied(), &plain);
            assert_eq!(lacks, expected, "{present:?} {keys:?}");
        }
        assert!(!gone.lacks("c", "t", ["debug"].into_iter(), &plain));
    }

    #[test]
    fn a_target_that_is_no_more_has_no_tests() {
        let mut present = present(&[]);
        present.binaries = Some(["b".to_owned()].into());
        assert!(present.lacks("c", "t", ["debug"].into_iter(), &|_| None));
        assert!(!present.lacks("b", "t", ["debug"].into_iter(), &|_| None));
    }
}
