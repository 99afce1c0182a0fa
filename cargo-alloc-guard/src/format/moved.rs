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
