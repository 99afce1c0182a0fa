//! `ci verify`: the verdicts, the guilty lines, what is left for reviewers, and when nothing need be run.

use std::fs;

use super::job::{Step, line};
use crate::{
    repository::{LIBRARY, Repository},
    workspace::{command, line_of, root},
};

const LOG: &str = "allocation-guard-log";

fn verify(step: &Step, rest: &str) -> crate::workspace::Ran {
    let mut command = command(line("verify", &step.artifacts(), rest));
    command
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_WORKSPACE", root());
    step.run(&mut command)
}

#[test]
fn a_regression_is_red_with_the_guilty_line_everywhere() {
    let step = Step::new();
    let ran = verify(&step, "doubled sum -p ring -- --test regressed");
    let place = format!(
        "ring/src/lib.rs:{}",
        line_of("ring/src/lib.rs", "value * 2")
    );
    let annotation = format!("::error file={}", place.replace(':', ",line="));
    let row = "❌ alloc-free  Doubling for nothing  REGRESSED: 1 allocation · 24 B\n";
    ran.says(2, &["🔒 Allocation-Free Verification\n", row, &annotation]);
    let summary = step.summary();
    for text in [
        "## 🔒 Allocation-Free Verification\n\n### ❌ 1 of 2 operations regressed\n",
        row,
        "✅ alloc-free  Sum beside it         0 allocations\n",
        "| Doubling for nothing | alloc-free | 1 allocation · 24 B · peak 24 B | — | ❌ regressed |\n",
        "| Sum beside it | alloc-free | 0 allocations | — | ✅ as expected |\n",
        &place,
    ] {
        assert!(summary.contains(text), "{text:?} is missing in\n{summary}");
    }
    assert_eq!(step.outputs(), ["relevant=true", "verdict=failed"]);
    let files = [
        "allocation_test.log",
        "records.jsonl",
        "report.md",
        "result.json",
    ];
    assert_eq!(step.names(LOG), files);
    assert_eq!(step.text("allocation-guard-log/report.md"), summary);
    let log = step.text("allocation-guard-log/allocation_test.log");
    assert!(log.contains(row) && log.contains(&place), "{log}");
    assert!(!log.contains("::error"), "{log}");
}

#[test]
fn an_expected_allocation_is_green_and_a_second_run_takes_the_place_of_the_first() {
    let step = Step::new();
    verify(&step, "doubled -p ring -- --test regressed").says(2, &[]);
    fs::write(
        step.artifacts().join("allocation-guard-log/left-over.txt"),
        "",
    )
    .unwrap();
    let ran = verify(&step, "doubled -p ring -- --test expected");
    let row = "✅ allocates   Doubling  1 allocation · 24 B · peak 24 B\n";
    ran.says(0, &[row]);
    assert!(!ran.stdout.contains("::error"), "{ran}");
    assert_eq!(step.names(LOG).len(), 4);
    let result = step.text("allocation-guard-log/result.json");
    assert!(result.contains("\"verdict\": \"passed\""), "{result}");
    // Other programs of the step write to these files, too.
    let summary = step.summary();
    assert_eq!(summary.matches("## 🔒 ").count(), 2, "{summary}");
    assert!(summary.contains("| 1 allocation · 24 B · peak 24 B | — | ✅ as expected |\n"));
    assert_eq!(step.outputs().len(), 4);
}

#[test]
fn a_test_that_the_baseline_does_not_know_fails_as_in_ci_wherever_it_runs() {
    let step = Step::new();
    let ran = verify(&step, "unknown -p gate -- --test held");
    ran.says(2, &["🆕 allocates   unknown  "]);
    assert_eq!(step.outputs(), ["relevant=true", "verdict=failed"]);
}

#[test]
fn without_github_s_files_the_table_is_printed_and_nothing_is_annotated() {
    let step = Step::new();
    let mut command = command(line(
        "verify",
        &step.artifacts(),
        "doubled -p ring -- --test regressed",
    ));
    let ran = crate::workspace::ran(&mut command);
    ran.says(
        2,
        &[
            "🔒 Allocation-Free Verification\n",
            "❌ alloc-free  Doubling",
        ],
    );
    assert!(!ran.stdout.contains("::error"), "{ran}");
    assert_eq!(step.names(LOG).len(), 4);
    assert_eq!((step.summary(), step.outputs().len()), (String::new(), 0));
}

#[test]
fn what_does_not_build_could_not_run_and_says_so_where_reviewers_look() {
    let step = Step::new();
    let ran = verify(&step, "-p ring -F broken");
    ran.says(1, &[]);
    assert!(
        ran.stderr.contains("error: the tests do not build"),
        "{ran}"
    );
    let summary = step.summary();
    assert!(
        summary.contains("❌ Could not run: the tests do not build"),
        "{summary}"
    );
    assert_eq!(step.outputs(), ["relevant=true", "verdict=could-not-run"]);
    let files = ["allocation_test.log", "report.md", "result.json"];
    assert_eq!(step.names(LOG), files);
}

#[test]
fn where_nothing_relevant_changed_nothing_is_run() {
    let repository = Repository::make("relevance");
    repository.write("README.md", "none");
    repository.forget_lock();
    repository.write("README.md", "words");
    repository.commit("words");
    let verify = |step: &Step, base: &str| {
        let rest = format!("--base {base}");
        let words = line("verify", &step.artifacts(), &rest);
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        step.run(&mut repository.command(&words))
    };
    let step = Step::new();
    let ran = verify(&step, "main~1");
    let nothing = "✅ Nothing to verify: no Rust file, manifest, lock file, baseline or workflow differs from `main~1`.\n";
    ran.says(0, &[nothing]);
    assert!(!ran.stderr.contains("Compiling"), "{ran}");
    assert!(step.summary().ends_with(nothing), "{}", step.summary());
    assert_eq!(step.outputs(), ["relevant=false", "verdict=not-relevant"]);
    assert_eq!(
        step.text("allocation-guard-log/allocation_test.log"),
        nothing
    );

    // Neither committed nor in the index.
    let step = Step::new();
    repository.write("src/more.rs", "");
    let ran = verify(&step, "main~1");
    fs::remove_file(repository.0.join("src/more.rs")).unwrap();
    ran.says(
        0,
        &[
            "Everything is run: src/more.rs differs from `main~1`.\n",
            "Parsing",
        ],
    );

    if cfg!(unix) {
        let file = "src/a\n::error::b.rs";
        let step = Step::new();
        repository.write(file, "");
        let ran = verify(&step, "main~1");
        fs::remove_file(repository.0.join(file)).unwrap();
        ran.says(
            0,
            &["Everything is run: src/a ::error::b.rs differs from `main~1`.\n"],
        );
    }

    let step = Step::new();
    repository.write("src/lib.rs", &LIBRARY.replace("0..parts", "0..parts + 1"));
    repository.commit("one box more");
    let ran = verify(&step, "main~1");
    ran.says(
        0,
        &["Everything is run: src/lib.rs differs from `main~1`.\n"],
    );
    let step = Step::new();
    let ran = verify(&step, "no-such-revision");
    ran.says(
        0,
        &["Everything is run: git knows no common ancestor with `no-such-revision` here"],
    );
    assert_eq!(step.outputs(), ["relevant=true", "verdict=passed"]);
}

#[test]
fn a_folder_of_somebody_else_s_is_not_emptied() {
    let step = Step::new();
    let folder = step.artifacts().join(LOG);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("thesis.txt"), "").unwrap();
    let ran = verify(&step, "-p ring");
    ran.says(1, &[]);
    assert!(ran.stderr.contains("choose another --output"), "{ran}");
    assert!(folder.join("thesis.txt").exists());
}
