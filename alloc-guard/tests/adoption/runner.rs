//! The runner's command line, which is libtest's: what other programs ask of a test binary.

use std::process::{Command, Output, Stdio};

use super::{
    EXPECTED,
    workspace::{cargo, text, workspace},
};

fn run(arguments: &[&str]) -> Output {
    command(arguments).output().unwrap()
}

fn command(arguments: &[&str]) -> Command {
    let mut command = cargo(
        workspace(),
        &["test", "--quiet", "-p", "own-runner", "--test", "hot", "--"],
    );
    command.args(arguments);
    command
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The names that a list or a run shows, in its order.
fn names(output: &Output) -> Vec<String> {
    stdout(output)
        .lines()
        .filter_map(|line| {
            let listed = line.strip_suffix(": test");
            let run = || line.strip_prefix("test ")?.split([' ']).next();
            listed
                .or_else(run)
                .filter(|name| *name != "result:")
                .map(str::to_owned)
        })
        .collect()
}

#[test]
fn a_terse_list_holds_the_tests_and_nothing_else() {
    let output = run(&["--list", "--format", "terse"]);
    let all = EXPECTED.map(|(name, _)| format!("{name}: test\n")).concat();
    assert_eq!((stdout(&output), output.status.code()), (all, Some(0)));
    let output = run(&["--list", "--format", "terse", "--ignored"]);
    assert_eq!(stdout(&output), "ignored: test\n");
    assert!(stdout(&run(&["--list"])).ends_with("\n11 tests, 0 benchmarks\n"));
}

#[test]
fn filters_select_by_any_of_them_by_exact_name_and_by_what_to_skip() {
    for (arguments, expected) in [
        (&["panics"][..], &["panics", "panics_as_it_should"][..]),
        (&["--exact", "panics"], &["panics"]),
        (&["--exact", "panics", "free"], &["free", "panics"]),
        (&["panics", "--skip", "as_it"], &["panics"]),
        (&["no such test"], &[]),
        (&["--ignored"], &["ignored"]),
        (
            &["--exact", "ignored", "free", "--include-ignored"],
            &["free", "ignored"],
        ),
    ] {
        assert_eq!(names(&run(arguments)), expected, "{arguments:?}");
    }
}

#[test]
fn the_closing_line_counts_what_ran_and_what_was_left_out() {
    let output = run(&["--exact", "free", "ignored"]);
    let closing =
        "test result: ok. 1 passed; 0 failed; 1 ignored; 0 measured; 9 filtered out; finished in ";
    assert!(stdout(&output).contains(closing), "{}", stdout(&output));
    assert!(
        stdout(&output).contains("test ignored - ⏩ ignored, not today ... ignored"),
        "{}",
        stdout(&output)
    );
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn json_events_are_libtest_s() {
    let output = run(&[
        "-Z",
        "unstable-options",
        "--format",
        "json",
        "--exact",
        "free",
        "over_its_budget",
        "ignored",
    ]);
    let printed = stdout(&output);
    let lines: Vec<_> = printed.lines().collect();
    assert_eq!(
        lines[0],
        r#"{ "type": "suite", "event": "started", "test_count": 3 }"#
    );
    for line in [
        r#"{ "type": "test", "event": "started", "name": "free" }"#,
        r#"{ "type": "test", "name": "free", "event": "ok" }"#,
        r#"{ "type": "test", "name": "ignored", "event": "ignored" }"#,
    ] {
        assert!(lines.contains(&line), "{printed}");
    }
    assert!(
        printed.contains(r#""name": "over_its_budget", "event": "failed""#),
        "{printed}"
    );
    assert!(
        printed.contains(
            r#"{ "type": "suite", "event": "failed", "passed": 1, "failed": 1, "ignored": 1"#
        ),
        "{printed}"
    );
}

#[test]
fn terse_output_is_a_character_a_test() {
    let output = run(&[
        "--format",
        "terse",
        "--exact",
        "free",
        "over_its_budget",
        "ignored",
    ]);
    assert!(
        stdout(&output).contains("\nrunning 3 tests\n.iF\n"),
        "{}",
        stdout(&output)
    );
}

#[test]
fn what_libtest_takes_is_taken_and_what_it_refuses_is_refused() {
    let taken = [
        "--no-capture",
        "--show-output",
        "--report-time",
        "--shuffle",
        "--color",
        "never",
        "--exact",
        "free",
    ];
    let output = run(&taken);
    assert_eq!(
        (names(&output), output.status.code()),
        (vec!["free".to_owned()], Some(0)),
        "{}",
        text(&output)
    );
    let output = run(&["--no-such-option"]);
    assert!(
        !output.status.success() && text(&output).contains("--no-such-option"),
        "{}",
        text(&output)
    );
}

#[test]
fn a_log_file_gets_the_output() {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join(format!("log-{}", std::process::id()));
    let output = run(&["--exact", "free", "--logfile", path.to_str().unwrap()]);
    let log = std::fs::read_to_string(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    assert!(
        log.contains("test free - ✅") && !stdout(&output).contains("test free"),
        "{log}"
    );
}

#[test]
fn an_improvement_passes_unless_it_is_asked_to_be_strict() {
    let output = cargo(workspace(), &["test", "-q", "-p", "improved"])
        .output()
        .unwrap();
    assert!(
        output.status.success() && text(&output).contains("test result: ok. 1 passed"),
        "{}",
        text(&output)
    );
    let output = cargo(workspace(), &["test", "-q", "-p", "improved"])
        .env("ALLOC_GUARD_STRICT", "1")
        .output()
        .unwrap();
    assert!(!output.status.success(), "{}", text(&output));
    assert!(
        text(&output).contains("IMPROVED: now allocation-free: promote it to `#[alloc_free]`"),
        "{}",
        text(&output)
    );
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_does_not_make_a_failure_a_pass() {
    let mut child = command(&["--test-threads=1"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(101));
}
