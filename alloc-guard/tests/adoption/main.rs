//! Adoption as a user would: crates outside this workspace, made in a temporary folder, each of
//! which takes alloc-guard in its own way, built and run by cargo. All must reach the same verdicts.

mod baseline;
mod records;
mod runner;
mod workspace;

use std::{collections::BTreeMap, process::Command};

use workspace::{LIBRARY, cargo, text, workspace};

/// What each test in `hot.rs.in` must come out as.
const EXPECTED: [(&str, &str); 11] = [
    ("counts_every_thread", "FAILED"),
    ("free", "ok"),
    ("ignored", "ignored"),
    ("over_its_budget", "FAILED"),
    ("panics", "FAILED"),
    ("panics_as_it_should", "ok"),
    ("polled", "ok"),
    ("regresses_in_the_library", "FAILED"),
    ("regresses_in_the_library_too", "FAILED"),
    ("returns_an_error", "FAILED"),
    ("within_its_budget", "ok"),
];

/// The verdicts in libtest's lines: `test NAME ... ok`.
fn verdicts(text: &str) -> BTreeMap<String, String> {
    text.lines()
        .filter_map(|line| {
            let (name, word) = line.strip_prefix("test ")?.rsplit_once(" ... ")?;
            let name = name.split(" - ").next()?;
            let name = name.strip_prefix("tests::").unwrap_or(name);
            Some((name.to_owned(), word.split(',').next()?.to_owned()))
        })
        .collect()
}

fn expected() -> BTreeMap<String, String> {
    EXPECTED
        .map(|(name, word)| (name.to_owned(), word.to_owned()))
        .into()
}

/// Runs the tests of one adopter under cargo and compares every verdict.
#[track_caller]
fn check(adopter: &str) -> String {
    let mut last = String::new();
    for threads in ["--test-threads=1", "--test-threads=4"] {
        let output = cargo(workspace(), &["test", "-p", adopter, "--", threads])
            .output()
            .unwrap();
        last = text(&output);
        assert_eq!(verdicts(&last), expected(), "{adopter} {threads}:\n{last}");
        assert_eq!(
            output.status.code(),
            Some(101),
            "{adopter} {threads}:\n{last}"
        );
    }
    // The culprit by file and line, for each of the two tests that it breaks.
    let line = LIBRARY
        .lines()
        .position(|line| line.contains("the culprit"))
        .unwrap()
        + 1;
    let inside = adopter.starts_with("inside");
    let place = format!("{adopter}/src/lib.rs:{}:", line + usize::from(inside));
    assert_eq!(last.matches(&place).count(), 2, "{place} in\n{last}");
    last
}

#[test]
fn libtest_in_edition_2018() {
    check("edition-2018");
}

#[test]
fn libtest_in_edition_2021() {
    check("edition-2021");
}

#[test]
fn libtest_in_edition_2024() {
    check("edition-2024");
}

#[test]
fn a_target_with_harness_false() {
    let text = check("own-runner");
    assert!(
        text.contains("test free - ✅ Reads its fixture: 0 allocations ... ok"),
        "{text}"
    );
    assert!(
        text.contains("Error: panics: ❌ alloc-free  panics  PANICKED"),
        "{text}"
    );
    assert!(text.contains("4 passed; 6 failed; 1 ignored"), "{text}");
}

#[test]
fn inside_a_library_that_forbids_unsafe_code() {
    check("inside-forbid-unsafe");
}

#[test]
fn an_allocator_of_one_s_own_beside_members_with_the_default() {
    check("own-allocator");
}

#[test]
fn a_renamed_dependency() {
    check("renamed");
}

#[test]
fn not_installed_is_no_pass_but_a_message_with_the_cure() {
    let output = cargo(workspace(), &["test", "-p", "unguarded"])
        .output()
        .unwrap();
    let text = text(&output);
    let failed = verdicts(&text)
        .values()
        .filter(|word| *word == "FAILED")
        .count();
    assert_eq!(
        failed,
        EXPECTED.len() - 1,
        "all but the ignored one:\n{text}"
    );
    assert!(
        text.contains("NO GUARD") && text.contains("use alloc_guard as _;"),
        "{text}"
    );
}

#[test]
fn three_test_suite_every_test_is_reported_whatever_the_others_do() {
    let filters = ["regresses_in_the_library", "panics", "free"];
    let output = cargo(workspace(), &["test", "-p", "own-runner", "--", "--exact"])
        .args(filters)
        .output()
        .unwrap();
    let found = verdicts(&text(&output));
    let words: Vec<_> = found.values().map(String::as_str).collect();
    assert_eq!(words, ["ok", "FAILED", "FAILED"], "{}", text(&output));
}

/// Where cargo-nextest is installed; a process per test, so the verdicts must hold one by one.
#[test]
fn nextest_reaches_the_same_verdicts() {
    if !Command::new("cargo-nextest")
        .arg("--version")
        .output()
        .is_ok_and(|output| output.status.success())
    {
        eprintln!("NOT CHECKED UNDER NEXTEST: cargo-nextest is not installed");
        assert!(
            std::env::var_os("ALLOC_GUARD_REQUIRE_NEXTEST").is_none(),
            "cargo-nextest is required here"
        );
        return;
    }
    for adopter in ["edition-2024", "own-runner"] {
        let arguments = [
            "nextest",
            "run",
            "-p",
            adopter,
            "--no-fail-fast",
            "--color",
            "never",
            "--retries",
            "0",
        ];
        let folder = tempfile::tempdir().unwrap();
        let output = cargo(workspace(), &arguments)
            .env("ALLOC_GUARD_DIR", folder.path())
            .output()
            .unwrap();
        let text = text(&output);
        let files = records::records(folder.path());
        assert_eq!(files.len(), records::expected().len(), "a process per test");
        let lines: Vec<_> = files.into_values().flatten().collect();
        assert_eq!(records::names(&lines), records::expected());
        let found: BTreeMap<String, String> = text
            .lines()
            .filter_map(|line| {
                let mut words = line.split_whitespace();
                let word = match words.next()? {
                    "PASS" => "ok",
                    "FAIL" => "FAILED",
                    _ => return None,
                };
                Some((words.next_back()?.to_owned(), word.to_owned()))
            })
            .collect();
        let mut wanted = expected();
        // Nextest does not run what is ignored, and does not list it either.
        wanted.remove("ignored");
        assert_eq!(found, wanted, "{adopter}:\n{text}");
        assert!(
            text.contains("Error: "),
            "nextest shows the failure's text:\n{text}"
        );
    }
}

/// Where the guard is installed decides what the optimiser elides: in a dependency it elides as it
/// does for everyone, so that what release does not allocate is not counted.
#[test]
fn a_guard_inside_a_dependency_elides_as_without_it() {
    let folder = workspace();
    let run = |profile: &[&str]| {
        let output = cargo(folder, &["test", "-p", "elided", "--test", "hot"])
            .args(profile)
            .output()
            .unwrap();
        (output.status.success(), text(&output))
    };
    let (passed, output) = run(&[]);
    assert!(
        !passed && output.contains("1 allocation · 8 B [debug]"),
        "{output}"
    );
    let (passed, output) = run(&["--release", "--", "--nocapture"]);
    assert!(passed, "{output}");
    // What is not there is no improvement yet.
    assert!(
        output.contains("boxes_another  IMPROVED: now allocation-free, or optimised away: hand its results to `black_box`"),
        "{output}"
    );
}

/// The packages of a workspace share their features, so this one is built by itself.
#[test]
fn without_features_the_verdicts_are_the_same_and_what_is_missing_is_said() {
    let run = |arguments: &[&str]| {
        let test = ["test", "-p", "without-features"];
        let output = cargo(workspace(), &[&test, arguments].concat()).output();
        text(&output.unwrap())
    };
    let output = run(&[]);
    assert_eq!(verdicts(&output), expected(), "{output}");
    let said = "= note: places are unknown: the feature `symbols` of alloc-guard is off";
    assert!(output.contains(said), "{output}");
    let output = run(&["--features", "own-runner"]);
    let said = "error: `main!` needs the feature `runner` of alloc-guard";
    assert!(output.contains(said), "{output}");
}
