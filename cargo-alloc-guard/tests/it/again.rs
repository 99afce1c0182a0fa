//! Counts that do not hold from run to run.

use crate::workspace::{command, line_of, ran};

/// Runs the tests of which one allocates once more each time; `runs` times before already.
fn flickering(runs: usize, arguments: &[&str]) -> crate::workspace::Ran {
    let folder = tempfile::tempdir().unwrap();
    let counter = folder.path().join("counter");
    std::fs::write(&counter, "x".repeat(runs)).unwrap();
    let arguments = arguments
        .iter()
        .chain(&["-p", "gate", "--", "--test", "flickering"]);
    ran(command(arguments).env("FLICKER", counter))
}

#[test]
fn a_regression_that_is_another_one_when_it_runs_again_is_unstable() {
    let line = line_of("gate/tests/flickering.rs", "Box::new(value)");
    flickering(2, &[]).says(
        2,
        &[
            "❌ allocates   Flickering  UNSTABLE: allocations 3, then 4; bytes 24, then 32\n",
            "✅ allocates   Steady      1 allocation",
            &format!("the runs differ at gate/tests/flickering.rs:{line}:19: 2, then 3 allocations\n"),
            "= note: if that is its nature, give it a `tolerance` with a `reason` in alloc-guard.toml\n",
            "2 operations: 1 as expected, 1 unstable\n",
        ],
    );
}

#[test]
fn what_keeps_its_promise_runs_once_unless_more_is_asked_for() {
    flickering(0, &[]).says(0, &["✅ allocates   Flickering  1 allocation"]);
    flickering(0, &["--repeat", "2"]).says(
        2,
        &["❌ allocates   Flickering  UNSTABLE: allocations 1, then 2; bytes 8, then 16\n"],
    );
}
