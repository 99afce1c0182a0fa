//! Owns what this process can know of the harness that runs it: is anything else running.

use std::sync::atomic::{AtomicBool, Ordering};

/// Set in the process that a process-scoped test is run in on its own.
pub(crate) const ALONE: &str = "ALLOC_GUARD_ALONE";

/// Whether our own runner runs the tests: then every thread that runs one is known.
static OURS: AtomicBool = AtomicBool::new(false);

/// Our own runner runs the tests.
#[cfg(feature = "runner")]
pub(crate) fn set_ours() {
    // Relaxed: set before any test starts.
    OURS.store(true, Ordering::Relaxed);
}

/// Whether no other test runs in this process.
pub(crate) fn is_alone() -> bool {
    is_set(ALONE)
        || std::env::var_os("NEXTEST_EXECUTION_MODE").is_some_and(|mode| mode == "process-per-test")
}

/// Whether a thread that runs no guarded test can only be one that a test has made.
pub(crate) fn is_quiet() -> bool {
    OURS.load(Ordering::Relaxed) || is_alone()
}

fn is_set(variable: &str) -> bool {
    std::env::var_os(variable).is_some_and(|value| !value.is_empty() && value != "0")
}
