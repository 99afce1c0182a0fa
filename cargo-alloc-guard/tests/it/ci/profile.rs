//! `ci profile`: what is left and said where there is no ByteHound, and what changed since the base.

use super::job::{Step, line};
use crate::{
    repository::{LIBRARY, Repository},
    workspace::command,
};

const FILES: [&str; 2] = ["allocations.json", "report.html"];

#[test]
fn without_bytehound_our_own_profile_stands_in_and_the_reason_is_said() {
    let step = Step::new();
    // As tests of other commands build it.
    let rest = "doubled sum --profile dev -p ring -- --test expected";
    let ran = step.run(&mut command(line("profile", &step.artifacts(), rest)));
    let why = if cfg!(target_os = "linux") {
        "its library was not named: `--bytehound FILE` or `BYTEHOUND_LIBRARY` does"
    } else {
        "it runs on Linux only"
    };
    let said = format!("ByteHound: ⚠️ not used: {why}. ");
    ran.says(0, &["📊 ByteHound Memory Profile\n", &said]);
    ran.says(
        0,
        &[
            "alloc-guard's own profile stands in.\n",
            "── Most allocations: ",
            "Not compared with a base: there is no base to compare with.\n",
        ],
    );
    let names = step.names("bytehound-profiles");
    for file in FILES {
        assert!(names.iter().any(|name| name == file), "{names:?}");
    }
    let recorded = names.iter().filter(|name| name.ends_with(".agprof"));
    assert_eq!(recorded.count(), 1, "{names:?}");
    assert!(!names.concat().contains(".dat"), "{names:?}");
    assert_eq!(step.names("bytehound-test-logs")[0], "01-ring-expected.log");
    // Of the binary's tests only the guarded ones that were asked for.
    let log = step.text("bytehound-test-logs/01-ring-expected.log");
    assert!(log.contains("running 2 tests\n"), "{log}");
    let summary = step.summary();
    for text in [
        "## 📊 ByteHound Memory Profile\n\n**ByteHound:** ⚠️ not used: ",
        "| `report.html` | ",
        "**Most allocations: ",
        "#### How to analyse\n",
    ] {
        assert!(summary.contains(text), "{text:?} is missing in\n{summary}");
    }
    let outputs = ["relevant=true", "verdict=passed", "bytehound=not-used"];
    assert_eq!(step.outputs(), outputs);
}

#[test]
fn what_changed_since_the_base_is_said_and_shown() {
    let repository = Repository::make("profiled");
    repository.write("README.md", "none");
    repository.forget_lock();
    repository.write("src/lib.rs", &LIBRARY.replace("0..parts", "0..parts + 1"));
    repository.commit("one box more");
    let profile = |step: &Step, rest: &str| {
        let words = line("profile", &step.artifacts(), rest);
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        step.run(&mut repository.command(&words))
    };
    let step = Step::new();
    let ran = profile(&step, "--profile dev --base main~1 parses");
    ran.says(
        0,
        &[
            "── Against main~1 (",
            "📈 risen  story::parse  src/lib.rs  allocations 3 → 4 (+1); bytes 24 → 32 (+8)\n",
        ],
    );
    let summary = step.summary();
    let row = "| 📈 risen | `story::parse` | `src/lib.rs` | `allocations 3 → 4 (+1); bytes 24 → 32 (+8)` |\n";
    assert!(summary.contains(row), "{summary}");
    let names = step.names("bytehound-profiles");
    assert!(names.iter().any(|name| name == "diff.html"), "{names:?}");
    let result = step.text("bytehound-profiles/result.json");
    assert!(result.contains("1 risen"), "{result}");

    // One that has no such test is no reason to fail.
    repository.write("tests/hot.rs", "");
    repository.commit("no tests");
    repository.git(&["revert", "--no-edit", "HEAD"]);
    let step = Step::new();
    let ran = profile(&step, "--profile dev --base main~1 parses");
    ran.says(0, &["Not compared with a base: no guarded test in "]);

    let step = Step::new();
    repository.write("README.md", "words");
    repository.commit("words");
    let ran = profile(&step, "--base main~1");
    ran.says(0, &["✅ Nothing to profile: no Rust file"]);
    assert_eq!(step.outputs(), ["relevant=false", "verdict=not-relevant"]);
    assert_eq!(step.names("bytehound-profiles"), ["result.json"]);
}

#[cfg(unix)]
#[test]
fn a_process_that_does_not_end_well_is_profiled_up_to_there_and_said() {
    let step = Step::new();
    let rest = "b_aborts --profile dev -p ring -- --test aborted";
    let ran = step.run(&mut command(line("profile", &step.artifacts(), rest)));
    let said = "tests/aborted.rs of ring ended with signal 6 (SIGABRT): see the artifact `bytehound-test-logs`\n";
    ran.says(0, &[&format!("warning: {said}")]);
    assert!(
        step.summary().contains(&format!("> ⚠️ {said}")),
        "{}",
        step.summary()
    );
    let log = step.text("bytehound-test-logs/01-ring-aborted.log");
    assert!(log.contains("about to abort"), "{log}");
}

#[test]
fn nothing_to_profile_is_an_error_that_reviewers_see() {
    let step = Step::new();
    let rest = "no_such_test --profile dev -p ring -- --test expected";
    let ran = step.run(&mut command(line("profile", &step.artifacts(), rest)));
    ran.says(1, &[]);
    assert!(
        ran.stderr
            .contains("error: no guarded test has `no_such_test`"),
        "{ran}"
    );
    let summary = step.summary();
    assert!(
        summary.contains("❌ Could not run: no guarded test has `no_such_test`"),
        "{summary}"
    );
    assert_eq!(step.outputs(), ["relevant=true", "verdict=could-not-run"]);
}
