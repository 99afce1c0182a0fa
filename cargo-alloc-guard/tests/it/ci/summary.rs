//! `ci summary`: the gate over both jobs.

use std::fs;

use super::job::{Step, line};
use crate::workspace::{Ran, command, line_of, ran};

/// A result as a job would write it.
fn result(step: &Step, artifact: &str, verdict: &str) {
    let folder = step.artifacts().join(artifact);
    fs::create_dir_all(&folder).unwrap();
    let text = format!(r#"{{"version":1,"verdict":"{verdict}","headline":"in short"}}"#);
    fs::write(folder.join("result.json"), text).unwrap();
}

#[test]
fn the_logs_of_the_profile_s_tests_are_enough_of_it() {
    let step = Step::new();
    result(&step, "allocation-guard-log", "passed");
    result(&step, "bytehound-test-logs", "passed");
    summary(&step, "").says(0, &["The gate is open\n"]);
}

fn summary(step: &Step, rest: &str) -> Ran {
    let artifacts = step.artifacts();
    let mut words = vec!["ci", "summary", artifacts.to_str().unwrap()];
    words.extend(rest.split_whitespace());
    step.run(&mut command(words))
}

#[test]
fn a_regression_closes_the_gate_with_the_guilty_line_and_what_to_do() {
    let step = Step::new();
    let rest = "doubled -p ring -- --test regressed";
    ran(&mut command(line("verify", &step.artifacts(), rest))).says(2, &[]);
    result(&step, "bytehound-profiles", "passed");
    let ran = summary(&step, "--verify failure --profile success");
    let place = format!(
        "`ring/src/lib.rs:{}`",
        line_of("ring/src/lib.rs", "value * 2")
    );
    let finding =
        format!("- ❌ **Doubling for nothing**: 1 allocation · 24 B, at {place} in `doubled`\n");
    let texts = [
        "## 📋 Summary\n\n### ❌ The gate is closed\n",
        "| 🔒 Allocation-Free Verification | ❌ regressed | 1 operation: 0 as expected, 1 regressed |\n",
        "| 📊 ByteHound Memory Profile | ✅ passed | in short |\n",
        &finding,
        "- `cargo alloc-guard doubled` shows it on your machine.\n",
    ];
    ran.says(2, &texts);
    assert_eq!(step.summary(), ran.stdout);
    assert_eq!(step.outputs(), ["gate=closed"]);
}

#[test]
fn the_gate_is_open_where_both_passed_and_closed_where_one_is_not_known_to_have() {
    for (verify, profile, ends, status, gate) in [
        (
            "passed",
            "passed",
            "--verify success --profile success",
            0,
            "open",
        ),
        ("not-relevant", "not-relevant", "", 0, "open"),
        ("passed", "could-not-run", "", 2, "closed"),
        ("passed", "", "", 2, "closed"),
        ("", "passed", "", 2, "closed"),
        ("passed", "passed", "--profile cancelled", 2, "closed"),
        ("passed", "passed", "--verify skipped", 2, "closed"),
    ] {
        let step = Step::new();
        for (artifact, verdict) in [
            ("allocation-guard-log", verify),
            ("bytehound-profiles", profile),
        ] {
            if !verdict.is_empty() {
                result(&step, artifact, verdict);
            }
        }
        let ran = summary(&step, ends);
        ran.says(status, &[&format!("The gate is {gate}\n")]);
        assert_eq!(step.outputs(), [format!("gate={gate}")]);
    }
}

#[test]
fn a_result_that_is_damaged_is_named_and_no_word_of_an_end_is_guessed() {
    let step = Step::new();
    result(&step, "allocation-guard-log", "splendid");
    let ran = summary(&step, "");
    ran.says(1, &[]);
    assert!(
        ran.stderr
            .contains("result.json: unknown variant `splendid`"),
        "{ran}"
    );
    summary(&step, "--verify splendid").says(3, &[]);
}
