//! `doctor`: each finding where it does harm, shown by cargo itself, and each cure where it helps.

use std::sync::LazyLock;

use crate::{
    project::{Project, files},
    workspace::{Ran, ran},
};

static PROJECT: LazyLock<Project> = LazyLock::new(|| {
    Project::lasting(
        "doctor",
        &files! { "doctor":
            "Cargo.toml" from "workspace.toml",
            "apart/Cargo.toml" from "apart/package.toml",
            "apart/src/lib.rs" from "apart/src/lib.rs",
            "apart/tests/hot.rs" from "apart/tests/hot.rs",
            "bare/Cargo.toml" from "bare/package.toml",
            "bare/src/lib.rs" from "bare/src/lib.rs",
            "bare/tests/cured.rs" from "bare/tests/cured.rs",
            "bare/tests/unguarded.rs" from "bare/tests/unguarded.rs",
            "cases/Cargo.toml" from "cases/package.toml",
            "cases/src/lib.rs" from "cases/src/lib.rs",
            "clash/Cargo.toml" from "clash/package.toml",
            "clash/src/allocator.rs" from "clash/src/allocator.rs",
            "clash/src/lib.rs" from "clash/src/lib.rs",
            "clash/tests/alone.rs" from "clash/tests/alone.rs",
            "clash/tests/hot.rs" from "clash/tests/hot.rs",
            "ill/Cargo.toml" from "ill/package.toml",
            "ill/src/lib.rs" from "ill/src/lib.rs",
            "ill/tests/deeper/mod.rs" from "ill/tests/deeper/mod.rs",
            "ill/tests/foreign.rs" from "ill/tests/foreign.rs",
            "ill/tests/own.rs" from "ill/tests/own.rs",
            "ill/tests/standard.rs" from "ill/tests/standard.rs",
            "unread/Cargo.toml" from "unread/package.toml",
            "unread/src/lib.rs" from "unread/src/lib.rs",
            "unread/tests/broken.rs" from "unread/tests/broken.rs",
            "unread/tests/gone.rs" from "unread/tests/gone.rs",
            "well/Cargo.toml" from "well/package.toml",
            "well/src/lib.rs" from "well/src/lib.rs",
            "well/tests/deeper/mod.rs" from "well/tests/deeper/mod.rs",
            "well/tests/own.rs" from "well/tests/own.rs",
            "well/tests/standard.rs" from "well/tests/standard.rs",
        },
    )
});

fn doctor(arguments: &str) -> Ran {
    ran(&mut PROJECT.command(&format!("doctor {arguments}")))
}

/// What is found, each with its place: `tests/own.rs:7 the test `plain` never runs`.
fn findings(ran: &Ran) -> Vec<String> {
    let mut found = Vec::new();
    let mut what = "";
    for line in ran.stdout.lines() {
        if let Some(text) = line.strip_prefix("error: ") {
            what = text;
        } else if let Some(place) = line.strip_prefix("  --> ") {
            found.push(format!("{place} {what}"));
        }
    }
    found
}

/// The tests that the harness of a target lists, each as often as it does.
fn listed(target: &str) -> Vec<String> {
    let arguments = format!("test {target} -- --list --format terse");
    let ran = ran(&mut PROJECT.cargo(&arguments));
    assert_eq!(ran.status, Some(0), "{ran}");
    let names = ran.stdout.lines();
    names
        .filter_map(|line| line.strip_suffix(": test"))
        .map(str::to_owned)
        .collect()
}

/// A finding at the line of a file that holds a text.
fn at(path: &str, text: &str, what: &str) -> String {
    format!("{path}:{} {what}", PROJECT.line_of(path, text))
}

#[test]
fn tests_that_never_run_run_twice_or_are_charged_too_much_are_all_named() {
    // The harm: what the harnesses have of the tests in the source.
    let own = listed("-p ill --test own");
    assert_eq!(own, ["seen", "seen_in_a_block"]);
    let standard = listed("-p ill --test standard");
    let expected = [
        "case", "case", "charged", "doubled", "doubled", "outside", "plain",
    ];
    assert_eq!(standard, expected);
    assert_eq!(listed("-p ill --test foreign"), [""; 0]);
    let charged = ran(&mut PROJECT.cargo("test -p ill --test standard charged"));
    assert!(
        charged.stdout.contains("charged  REGRESSED: 1 allocation"),
        "{charged}"
    );

    let ran = doctor("-p ill");
    ran.says(2, &["\n10 findings in 4 files\n"]);
    let (own, standard) = ("ill/tests/own.rs", "ill/tests/standard.rs");
    let line = |path, text, after| {
        let line = PROJECT.line_of(path, text) - after;
        format!("{path}:{line}")
    };
    let mut expected = [
        at(
            "ill/tests/deeper/mod.rs",
            "test_case",
            "the test `below` never runs",
        ),
        at(
            "ill/tests/foreign.rs",
            "fn guarded",
            "the guarded test `guarded` never runs",
        ),
        at(own, "#[test]", "the test `plain` never runs"),
        at(own, "#[cases::test]", "the test `of_another` never runs"),
        format!(
            "{} the guarded test `doubled` never runs",
            line(own, "fn doubled", 2)
        ),
        at(own, "#[test_case", "the guarded test `case` never runs"),
        at(standard, "cfg_attr", "the test `doubled` runs twice"),
        at(standard, "#[test_case", "the test `case` runs twice"),
        at(
            standard,
            "#[cases::test]",
            "the test `charged` is charged for more than its body",
        ),
        at(
            standard,
            "fn in_a_block",
            "the guarded test `in_a_block` never runs",
        ),
    ];
    let mut found = findings(&ran);
    let sorted = found.clone();
    expected.sort();
    found.sort();
    assert_eq!(found, expected, "{ran}");
    let files: Vec<_> = sorted
        .iter()
        .filter_map(|one| one.split(':').next())
        .collect();
    assert!(files.is_sorted(), "{ran}");
    ran.says(
        2,
        &[
            "   = note: its target has `harness = false`, and there the compiler deletes what `#[test]` makes\n",
            "   = help: remove `#[test]`: `#[alloc_free]` makes the test\n",
            "   = help: move it out of the block\n",
        ],
    );
}

#[test]
fn the_cures_cure() {
    let own = listed("-p well --test own");
    let expected = [
        "case",
        "deeper::below",
        "doubled",
        "of_another",
        "plain",
        "seen",
        "seen_in_a_block",
    ];
    assert_eq!(own, expected);
    let standard = listed("-p well --test standard");
    let expected = [
        "case",
        "charged",
        "doubled",
        "guarded",
        "in_a_block",
        "outside",
        "plain",
    ];
    assert_eq!(standard, expected);
    let ran = doctor("-p well");
    ran.says(0, &[]);
    assert_eq!(
        ran.stdout,
        "nothing to complain of: 12 guarded tests in 2 binaries\n"
    );
}

#[test]
fn a_binary_without_the_guard_is_named_whatever_its_first_test_is() {
    let ran = doctor("-p bare");
    ran.says(
        2,
        &[
            "\n1 finding in 1 file\n",
            "no guarded test of bare/tests/unguarded.rs can pass\n",
        ],
    );
    let what = "no guard is installed in this test binary";
    let path = "bare/tests/unguarded.rs";
    let line = PROJECT.line_of(path, "fn nothing_counts");
    // The record has the place of the attribute or of the name.
    let found = findings(&ran);
    assert!(
        found == [format!("{path}:{line} {what}")]
            || found == [format!("{path}:{} {what}", line - 1)],
        "{ran}"
    );
    let cured = doctor("-p bare -- --test cured");
    cured.says(0, &["nothing to complain of: 1 guarded test in 1 binary\n"]);
}

#[test]
fn two_allocators_are_named_although_the_build_fails_of_them() {
    let build = ran(&mut PROJECT.cargo("test -p clash --no-run --test hot"));
    assert_eq!(build.status, Some(101), "{build}");
    assert!(
        build.stderr.contains("conflicts with global allocator"),
        "{build}"
    );
    let alone = ran(&mut PROJECT.cargo("test -p clash --no-run --test alone"));
    assert_eq!(alone.status, Some(0), "{alone}");

    let ran = doctor("-p clash");
    ran.says(
        2,
        &[
            "   = note: the test binary of clash/tests/hot.rs links both",
            "   = help: depend on `alloc-guard-core` instead of `alloc-guard` in the package `clash`",
            "\n1 finding in 1 file\n",
        ],
    );
    let what = "this allocator and that of `alloc-guard` meet in one test binary";
    let expected = at("clash/src/allocator.rs", "static GLOBAL", what);
    assert_eq!(findings(&ran), [expected], "{ran}");
    assert!(
        ran.stderr
            .ends_with("what only a run can show was not looked at\n"),
        "{ran}"
    );

    let cured = doctor("-p apart");
    cured.says(0, &["nothing to complain of: 1 guarded test in 1 binary\n"]);
}

#[test]
fn a_file_that_cannot_be_read_is_a_finding_and_hides_no_other() {
    let ran = doctor("-p unread");
    let broken = "unread/tests/broken.rs:2 this file is no Rust that can be read";
    let gone = "unread/tests/nowhere.rs this file cannot be read";
    assert_eq!(findings(&ran), [broken, gone], "{ran}");
    ran.says(2, &["\n2 findings in 2 files\n"]);
}

#[test]
fn a_file_without_end_is_a_finding_and_no_end_of_the_doctor() {
    let package = GATED.replace("gated", "endless");
    let endless = format!("{HELD}\nconst A: u8 =\n    {}0;\n", "!".repeat(200_000));
    let project = Project::fresh(
        "endless",
        &[
            ("Cargo.toml", &package),
            ("src/lib.rs", ""),
            ("tests/endless.rs", &endless),
        ],
    );
    let ran = ran(&mut project.command("doctor"));
    let expected = "tests/endless.rs:7 this file is nested too deeply to be read";
    assert_eq!(findings(&ran), [expected], "{ran}");
    assert_eq!(ran.status, Some(2), "{ran}");
}

#[test]
fn where_nothing_is_guarded_the_first_step_is_named() {
    let ran = doctor("-p cases");
    ran.says(0, &[]);
    assert_eq!(
        ran.stdout,
        "nothing to complain of, and no guarded test yet: `cargo alloc-guard init` adds a first one\n"
    );
}

#[test]
fn a_build_that_fails_of_something_else_is_an_error() {
    let ran = doctor("-p well --features no-such-feature");
    assert_eq!(ran.status, Some(1), "{ran}");
    assert!(ran.stderr.contains("error: "), "{ran}");
    assert_eq!(ran.stdout, "");
}

#[test]
fn the_whole_workspace_is_looked_through_unless_a_package_is_named() {
    let ran = doctor("");
    ran.says(
        2,
        &[
            "ill/tests/own.rs:",
            "clash/src/allocator.rs:",
            "unread/tests/broken.rs:",
        ],
    );
    assert!(!ran.stdout.contains(" --> well/"), "{ran}");
    let coloured = doctor("-p clash --color always");
    coloured.says(2, &["\u{1b}[31;1merror\u{1b}[0m: this allocator"]);
    let wrong = doctor("--no-such-option");
    wrong.says(3, &[]);
    let help = doctor("--help");
    help.says(0, &["What it finds:\n", "Examples:\n", "Exit status:\n"]);
}

const GATED: &str = "[package]\nname = \"gated\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[lib]\ntest = false\n\n\
    [dev-dependencies]\nalloc-guard = { path = \"{repository}/alloc-guard\", default-features = false }\n\n\
    # Built sooner; what matters is that there are no debug assertions.\n[profile.release]\nopt-level = 0\n";
const HELD: &str =
    "#[alloc_guard::allocates]\nfn held() {\n    drop(std::hint::black_box(Box::new(1_u32)));\n}\n";
const COUNTS: &str = "{ allocations = 1, bytes = 4, peak_bytes = 4 }";

#[test]
fn a_baseline_that_a_gate_finds_empty_or_that_holds_what_is_gone_is_named() {
    let debug_only = format!(
        "version = 1\n\n[test.hot.gone]\ndebug = {COUNTS}\n\n[test.hot.held]\ndebug = {COUNTS}\n"
    );
    let workflow = ".github/workflows/gate.yml";
    let project = Project::fresh(
        "gated",
        &[
            ("Cargo.toml", GATED),
            ("src/lib.rs", ""),
            ("tests/hot.rs", HELD),
            ("alloc-guard.toml", &debug_only),
            (
                workflow,
                "jobs:\n  a:\n    steps:\n      - run: cargo alloc-guard --release\n",
            ),
        ],
    );
    // The harm: the gate fails, although nothing changed.
    let debug = ran(project.command("").env("CI", "true"));
    debug.says(0, &[]);
    let release = ran(project.command("--release").env("CI", "true"));
    release.says(2, &["NEW"]);

    let examined = ran(&mut project.command("doctor"));
    let gone = "alloc-guard.toml:3 this entry holds for no test: there is no `gone` in hot";
    let only =
        "alloc-guard.toml:3 this baseline holds debug builds only, and a release build is gated on";
    assert_eq!(findings(&examined), [only, gone], "{examined}");
    examined.says(
        2,
        &[&format!("= note: {workflow}:4 checks a release build")],
    );

    // What `accept` makes of it.
    let cured = format!("version = 1\n\n[test.hot.held]\ndebug = {COUNTS}\nrelease = {COUNTS}\n");
    std::fs::write(project.root.join("alloc-guard.toml"), cured).unwrap();
    ran(project.command("--release").env("CI", "true")).says(0, &[]);
    let cured = ran(&mut project.command("doctor"));
    cured.says(0, &["nothing to complain of: 1 guarded test in 1 binary\n"]);

    // One that cannot be read is named, and nothing is held to it.
    std::fs::write(
        project.root.join("alloc-guard.toml"),
        "version = 1\n[other]\n",
    )
    .unwrap();
    let damaged = ran(&mut project.command("doctor"));
    let expected = "alloc-guard.toml:2 this baseline cannot be read";
    assert_eq!(findings(&damaged), [expected], "{damaged}");

    // Without the gate, debug builds are enough.
    std::fs::remove_file(project.root.join(workflow)).unwrap();
    let debug_only = debug_only.replace("gone", "held_too");
    std::fs::write(project.root.join("alloc-guard.toml"), debug_only).unwrap();
    let both = format!("{HELD}{}", HELD.replace("fn held", "fn held_too"));
    std::fs::write(project.root.join("tests/hot.rs"), both).unwrap();
    let well = ran(&mut project.command("doctor"));
    well.says(
        0,
        &["nothing to complain of: 2 guarded tests in 1 binary\n"],
    );
}
