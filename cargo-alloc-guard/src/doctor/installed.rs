//! Owns what only a run can show: whether the guard is the allocator of each test binary.

use std::path::Path;

use alloc_guard_core::report::{Outcome, Record};

use super::finding::Finding;
use crate::{cargo::TestBinary, run::Sample};

/// The binaries without a guard.
pub(crate) fn not_installed(samples: &[Sample<'_>], root: &Path) -> Vec<Finding> {
    let samples = samples.iter();
    samples
        .filter_map(|sample| Some((sample.binary, sample.record.as_ref()?)))
        .filter(|(_, record)| record.outcome == Outcome::NotInstalled)
        .map(|(binary, record)| finding(binary, record, root))
        .collect()
}

fn finding(binary: &TestBinary, record: &Record, root: &Path) -> Finding {
    let source = binary.package.folder().join(&binary.source);
    let source = source.strip_prefix(root).unwrap_or(&source);
    let source = source.to_string_lossy().replace('\\', "/");
    let line = usize::try_from(record.line).unwrap_or_default();
    Finding::not_installed(record.file.replace('\\', "/"), line, &source)
}
