//! What is no test's fault: the build, the command line, a reader that has gone, files left behind.

use std::{fs, process::Stdio};

use crate::workspace::{command, ran, run};

#[test]
fn a_build_that_fails_exits_with_1_and_one_error_of_our_own() {
    let ran = run("-p ring --features broken");
    ran.says(1, &[]);
    assert!(ran.stderr.contains("broken on purpose"), "{ran}");
    assert!(
        ran.stderr
            .ends_with("error: the tests do not build: see what cargo says above\n"),
        "{ran}"
    );
    assert_eq!(ran.stdout, "");
}

#[test]
fn a_folder_without_a_workspace_exits_with_1_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let ran = ran(command([""; 0]).current_dir(folder.path()));
    ran.says(1, &[]);
    assert!(
        ran.stderr
            .starts_with("error: cargo cannot read the workspace: could not find `Cargo.toml`"),
        "{ran}"
    );
}

#[test]
fn a_cargo_that_cannot_be_started_exits_with_1_and_is_named() {
    let ran = ran(command([""; 0]).env("CARGO", "/no/such/cargo"));
    ran.says(1, &[]);
    assert!(
        ran.stderr
            .starts_with("error: failed to start /no/such/cargo: "),
        "{ran}"
    );
}

#[test]
fn wrong_usage_exits_with_3() {
    for arguments in [
        "--no-such-option",
        "--test-threads none",
        "--ignored --include-ignored",
        "check --color sometimes",
    ] {
        let ran = run(arguments);
        ran.says(3, &[]);
        assert!(ran.stderr.starts_with("error: "), "{ran}");
    }
}

#[test]
fn help_has_examples_on_every_level_and_the_version_is_cargo_s() {
    run("--help").says(
        0,
        &["Usage: cargo alloc-guard", "Examples:\n", "Exit status:\n"],
    );
    run("check --help").says(0, &["Usage: cargo alloc-guard check", "Examples:\n"]);
    run("--version").says(
        0,
        &[concat!("cargo-alloc-guard ", env!("CARGO_PKG_VERSION"))],
    );
}

/// Runs the command with a standard output that nobody reads; says what it wrote to standard error.
fn into_a_closed_pipe(arguments: &str) -> (Option<i32>, String) {
    let mut child = command(arguments.split_whitespace())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    (
        output.status.code(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    )
}

#[test]
fn a_reader_that_has_gone_is_no_error_and_hides_none() {
    let (status, stderr) = into_a_closed_pipe("-p beta -- --test own");
    assert_eq!(status, Some(0), "{stderr}");
    assert!(!stderr.contains("error"), "{stderr}");
    let (status, stderr) = into_a_closed_pipe("-p bare");
    assert_eq!(status, Some(2), "{stderr}");
    assert!(!stderr.contains("error"), "{stderr}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_whatever_the_tests_did() {
    for arguments in ["-p beta -- --test own", "man", "completions fish"] {
        let full = fs::File::options().write(true).open("/dev/full").unwrap();
        let output = command(arguments.split_whitespace())
            .stdout(full)
            .output()
            .unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{arguments}: {stderr}");
        assert!(stderr.contains("No space left on device"), "{stderr}");
    }
}

#[test]
fn colour_is_there_when_it_is_asked_for() {
    let coloured = run("--color always -p bare");
    coloured.says(2, &["\u{1b}[31;1mNO GUARD\u{1b}[0m"]);
}

#[test]
fn a_run_is_written_to_a_file_where_that_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.jsonl");
    run(&format!(
        "--output {} -p beta -- --test own",
        path.display()
    ))
    .says(0, &[]);
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(text.lines().count(), 4, "{text}");
    let nowhere = folder.path().join("no/such/run.jsonl");
    let ran = run(&format!(
        "--output {} -p beta -- --test own",
        nowhere.display()
    ));
    ran.says(1, &[]);
    assert!(
        ran.stderr
            .contains(&format!("error: failed to write {}", nowhere.display())),
        "{ran}"
    );
}
