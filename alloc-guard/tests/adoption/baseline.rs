//! Tests without a budget are held to `alloc-guard.toml`, which the test processes only read.

use crate::{
    verdicts,
    workspace::{cargo, text, workspace},
};

/// Runs the tests of an adopter, with some variables set.
fn run(adopter: &str, variables: &[(&str, &str)]) -> String {
    let output = cargo(workspace(), &["test", "-p", adopter, "--", "--nocapture"])
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    text(&output)
}

/// The tests that fail.
fn failed(text: &str) -> Vec<String> {
    let failed = verdicts(text).into_iter();
    failed
        .filter(|(_, word)| word == "FAILED")
        .map(|(name, _)| name)
        .collect()
}

#[test]
fn only_what_is_above_its_baseline_fails_unless_more_is_asked_for() {
    for adopter in ["baseline", "own-runner-baseline"] {
        for (variables, expected) in [
            (vec![], vec!["above"]),
            (vec![("CI", "true")], vec!["above", "unknown"]),
            (vec![("CI", "false")], vec!["above"]),
            (vec![("ALLOC_GUARD_STRICT", "1")], vec!["above", "below"]),
        ] {
            let text = run(adopter, &variables);
            assert_eq!(failed(&text), expected, "{adopter} {variables:?}:\n{text}");
            assert_eq!(verdicts(&text).len(), 7, "{text}");
        }
    }
}

#[test]
fn each_line_says_what_the_baseline_is() {
    let text = run("own-runner-baseline", &[]);
    for expected in [
        "❌ REGRESSED: allocations 2 → 3; bytes 16 → 24 ... FAILED",
        "✅ 2 allocations · 16 B · peak 8 B  (baseline 2) ... ok",
        "✅ IMPROVED: allocations 2 → 1; bytes 16 → 8 ... ok",
        "✅ 9 allocations · 72 B · peak 8 B ... ok",
        "✅ 1 allocation · 8 B · peak 8 B  (baseline 1) ... ok",
        "✅ 3 allocations · 24 B · peak 8 B  (baseline 2) ... ok",
        "🆕 NEW: 1 allocation · 8 B · peak 8 B ... ok",
        "error: allocation in a locked phase over its limit\n",
        " --> own-runner-baseline/tests/hot.rs:7:30\n",
        "= note: the baseline was measured with Rust 1.0.0, and this is ",
        "= help: if this is meant, `cargo alloc-guard accept --only above` takes it over",
    ] {
        assert!(text.contains(expected), "{expected} in\n{text}");
    }
}

#[test]
fn what_the_baseline_does_not_know_says_how_it_is_made_known() {
    let text = run("own-runner-baseline", &[("CI", "1")]);
    for expected in [
        "error: the baseline does not know this test\n",
        "= help: `cargo alloc-guard accept --only unknown` takes it over",
    ] {
        assert!(text.contains(expected), "{expected} in\n{text}");
    }
}

#[test]
fn a_baseline_that_cannot_be_read_fails_the_tests_that_it_holds_and_is_named() {
    let text = run("conflict", &[]);
    assert_eq!(failed(&text).len(), 6, "{text}");
    assert_eq!(verdicts(&text)["budgeted"], "ok", "{text}");
    assert!(
        text.contains("conflict/alloc-guard.toml:2: `<<<<<<<` is the mark of a merge conflict"),
        "{text}"
    );
}
