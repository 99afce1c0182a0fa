//! Owns the choice of what runs: the guarded tests of a build, and why there may be none.

use std::fs;

use alloc_guard_core::report::{binary_name, count};
use anyhow::{Context as _, Result};

use crate::{
    baselines::Known,
    cargo::TestBinary,
    marks,
    settings::{IgnoredTests, TestSettings},
};

/// A binary and those of its tests that are to run.
pub(crate) type Chosen<'a> = (&'a TestBinary, Vec<String>);

/// The guarded tests of a build.
pub(crate) struct Guarded<'a> {
    /// Those that are to run, binary by binary.
    pub(crate) chosen: Vec<Chosen<'a>>,
    /// All there are, before the filters.
    pub(crate) known: Known,
}

impl<'a> Guarded<'a> {
    /// Finds them, without running anything.
    ///
    /// # Errors
    /// If a binary cannot be read.
    pub(crate) fn find(binaries: &'a [TestBinary], settings: &TestSettings) -> Result<Self> {
        let mut guarded = Self {
            chosen: Vec::new(),
            known: Known::new(),
        };
        for binary in binaries {
            let bytes = fs::read(&binary.executable)
                .with_context(|| format!("failed to read {}", binary.executable.display()))?;
            let names = marks::guarded_tests(&bytes);
            let wanted = names.iter().filter(|name| settings.wants(name));
            let chosen: Vec<_> = wanted.cloned().collect();
            let key = (
                binary.package.name.clone(),
                binary_name(&binary.executable),
                binary.profile,
            );
            guarded.known.entry(key).or_default().extend(names);
            if !chosen.is_empty() {
                guarded.chosen.push((binary, chosen));
            }
        }
        Ok(guarded)
    }

    /// How many guarded tests there are before the filters.
    pub(crate) fn all(&self) -> usize {
        self.known.values().map(Vec::len).sum()
    }
}

/// Why there is nothing to run, and what to do.
pub(crate) fn nothing_to_run(settings: &TestSettings, guarded: usize, binaries: usize) -> String {
    if guarded == 0 {
        return format!(
            "no guarded test in {}: add `alloc-guard` to `[dev-dependencies]` and `#[alloc_guard::alloc_free]` to a test",
            count(binaries as u64, "test target")
        );
    }
    let mut wanted = Vec::new();
    if !settings.filters.is_empty() {
        let filters: Vec<_> = settings
            .filters
            .iter()
            .map(|filter| format!("`{filter}`"))
            .collect();
        wanted.push(format!("has {} in its name", filters.join(" or ")));
    }
    if settings.ignored == IgnoredTests::Only {
        wanted.push("is ignored".to_owned());
    }
    if wanted.is_empty() {
        wanted
            .push("is run by its harness: a test stands in a module, not in a function".to_owned());
    }
    format!(
        "no guarded test {}; without filters there are {guarded}",
        wanted.join(" and ")
    )
}
