//! `check` against a baseline.

use crate::workspace::{command, ran, run};

const HELD: &str = "-p gate -- --test held";

#[test]
fn what_rose_above_the_baseline_fails_and_what_is_new_does_only_in_ci() {
    let texts = [
        "✅ allocates   accepted  2 allocations · 16 B · peak 8 B  (baseline 2)\n",
        "❌ allocates   risen     REGRESSED: allocations 1 → 2; bytes 8 → 16\n",
        "🆕 allocates   unknown   NEW: 1 allocation · 8 B · peak 8 B\n",
    ];
    run(HELD).says(2, &texts);
    run(&format!("accepted unknown {HELD}")).says(0, &[texts[0], texts[2]]);
    let mut in_ci = command(
        ["accepted", "unknown"]
            .iter()
            .copied()
            .chain(HELD.split(' ')),
    );
    ran(in_ci.env("CI", "true")).says(
        2,
        &[texts[2], "error: the baseline does not know this test\n"],
    );
}

#[test]
fn entries_without_a_test_and_other_features_are_said_beside_the_table() {
    let ran = run(HELD);
    for said in [
        "warning: gate/alloc-guard.toml:10: there is no test gone in held any more; `cargo alloc-guard accept` removes its entry\n",
        "warning: the baseline of gate was measured with the features `left-out`, and this is with ``\n",
    ] {
        assert!(ran.stderr.contains(said), "{said:?} is missing:\n{ran}");
    }
}
