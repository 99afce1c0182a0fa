//! The example in Python, run on exports of profiles of which every number is known.

use std::{
    fmt::Write as _,
    fs,
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
};

use crate::{
    document,
    session::is_there,
    workspace::{command, ran},
};

const EXAMPLE: &str = "docs/examples/analyze_allocations.py";

/// What the command exports of a profile of the repository.
fn exported(profile: &str) -> String {
    let path = document("cargo-alloc-guard/profile/tests").join(profile);
    let ran = ran(command(["export"]).arg(path));
    assert_eq!(ran.status, Some(0), "{ran}");
    ran.stdout
}

/// What the example says of an export, on its standard input, and whether it succeeded.
fn said(export: &str, arguments: &str) -> (String, bool) {
    let mut child = Command::new("python3")
        .arg(document(EXAMPLE))
        .arg("-")
        .args(arguments.split_whitespace())
        .env("PYTHONIOENCODING", "utf-8")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    // Where it is refused, it is not read to its end.
    let _ = input.write_all(export.as_bytes());
    drop(input);
    let output = child.wait_with_output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (String::from_utf8(text).unwrap(), output.status.success())
}

/// Checks that it succeeds and that each of these lines is in what it says.
#[track_caller]
fn says(export: &str, arguments: &str, lines: &[&str]) {
    let (text, is_well) = said(export, arguments);
    assert!(is_well, "{text}");
    for line in lines {
        assert!(
            text.lines().any(|found| found == *line),
            "{line:?} is missing:\n{text}"
        );
    }
}

#[test]
fn the_example_says_what_is_known_of_a_program() {
    if !is_there("python3") {
        return;
    }
    let export = exported("bytehound/decoded-base.dat");
    says(
        &export,
        "--top 1",
        &[
            "2285 allocations, 2.7 MiB; peak 1.0 MiB; leaked 401.2 KiB",
            "Bytes asked for: 2.7 MiB",
            "2.0 MiB           16   74 %  toy::phase_vec_growth  bh-toy/src/main.rs:86",
            "Allocations: 2285",
            "       1000  125.0 KiB   43 %  toy::worker  bh-toy/src/main.rs:104",
            "Bytes live at the end: 401.2 KiB",
            "400.0 KiB     100   99 %  toy::deliberate_leak  bh-toy/src/main.rs:94",
            // Microseconds, in which more than one thing may happen.
            "Allocations freed before their thread's next one: 1149 (about: of the whole the times make 1149, and it is 1146)",
        ],
    );
    // All that was live is in the last step, and what was asked for is in one of them.
    says(
        &export,
        "--over-time --steps 2 --metric bytes",
        &[
            " 97.5 ms          222  105.4 KiB    1.7 KiB",
            "195.0 ms         2063    2.6 MiB  401.2 KiB  ████████████████████████████████████████",
        ],
    );
    let exact = exported("recorder/files/version-1.agprof");
    let temporary = "Allocations freed before their thread's next one: 1002";
    says(&exact, "--by thread --metric temporary", &[temporary]);
    // Laid out otherwise, it is the same document.
    let on_one_line = export.replace('\n', " \t ");
    let by_thread = "--by thread";
    assert_eq!(said(&export, by_thread), said(&on_one_line, by_thread));
}

#[test]
fn the_example_takes_sums_without_allocations() {
    if !is_there("python3") {
        return;
    }
    let export = exported("dhat/valgrind.json");
    says(
        &export,
        "--metric leaked --top 1",
        &["400.0 KiB     100   99 %  toy::deliberate_leak  main.rs:94"],
    );
    let (text, is_well) = said(&export, "--by thread");
    assert!(!is_well);
    let expected = "error: -: it has sums of stacks only, as DHAT's profiles do: neither threads, operations nor times\n";
    assert_eq!(text, expected);
}

/// An export of two threads and an operation, with so many allocations of a byte each: of three that follow each other, one is
/// the operation's and is temporary, one is a reallocation of it in its own thread, and one is leaked by the other thread.
fn long(allocations: u64) -> String {
    let mut export = String::from(
        r#"{"version":1,"origin":"alloc-guard","program":"/t/long","duration_ns":1000,"warnings":["careful"],"totals":{"allocations":0,"bytes":0,"peak_bytes":0,"leaked_bytes":0,"temporary":null},"operations":["parse"],"threads":[{"id":1,"name":"main"},{"id":2,"name":""}],"frames":[{"function":"f","file":"/a/src/b.rs","line":7,"module":"m"}],"stacks":[{"frames":[0],"site":0}],"allocations":["#,
    );
    for index in 0..allocations {
        let comma = if index == 0 { "" } else { "," };
        let (end, thread, operation, phase, before) = match index % 3 {
            0 => ((index + 1).to_string(), 0, "0", "locked", "null".to_owned()),
            1 => (
                (index + 9).to_string(),
                0,
                "null",
                "outside",
                (index - 1).to_string(),
            ),
            _ => ("null".to_owned(), 1, "null", "outside", "null".to_owned()),
        };
        writeln!(
            export,
            r#"{comma}{{"time_ns":{index},"end_ns":{end},"size":1,"stack":0,"thread":{thread},"operation":{operation},"phase":"{phase}","predecessor":{before},"weight":2}}"#
        )
        .unwrap();
    }
    export.push_str("]}");
    export
}

#[test]
fn the_example_reads_long_exports_by_thread_operation_and_phase() {
    if !is_there("python3") {
        return;
    }
    // Some megabytes: it is read in pieces of one.
    let export = long(30_000);
    says(
        &export,
        "--by thread --metric allocations --metric leaked",
        &[
            "warning: careful",
            "      40000  39.1 KiB   66 %  main",
            "      20000  19.5 KiB   33 %  thread 2",
            "19.5 KiB   20000  100 %  thread 2",
        ],
    );
    says(
        &export,
        "--by operation --phase locked --metric allocations",
        &["      20000  19.5 KiB  100 %  parse"],
    );
    says(
        &export,
        "--operation pars --metric bytes",
        &["19.5 KiB        20000  100 %  f  a/src/b.rs:7"],
    );
    says(
        &export,
        "--operation other",
        &["nothing that was asked about was allocated"],
    );
    // A block that was reallocated was not freed. Of the others, one alone ended before its thread went on: the last.
    let last = "        2           60000  100 %  f  a/src/b.rs:7";
    says(&export, "--metric temporary", &[last]);
}

#[test]
fn the_example_refuses_what_is_no_export() {
    if !is_there("python3") {
        return;
    }
    let export = exported("recorder/files/version-1.agprof");
    let newer = export.replacen("\"version\":1", "\"version\":2", 1);
    let unnamed = long(3).replace("stacks", "other");
    for (input, error) in [
        ("", "it ends in the middle: was it cut off?"),
        ("hello", "it is not JSON: `h` where `{` is due"),
        (
            "{}",
            "it is no export of a profile: `cargo alloc-guard export` writes one",
        ),
        ("{\"a\":1", "it ends in the middle: was it cut off?"),
        (&export[..export.len() / 2], "it is not JSON, or cut off"),
        (
            &unnamed,
            "its allocations come before what they name: keep the order that `export` writes",
        ),
        (&newer, "it is of version 2, and this reads version 1"),
        (
            &long(3).replace("\"stack\":0", "\"stack\":9"),
            "it is no export of a profile, or damaged: IndexError: list index out of range",
        ),
    ] {
        let (text, is_well) = said(input, "");
        assert_eq!((text, is_well), (format!("error: -: {error}\n"), false));
    }
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("no-such-export.json");
    let _ = fs::remove_file(&file);
    let output = Command::new("python3")
        .arg(document(EXAMPLE))
        .arg(&file)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(
        text,
        format!("error: {}: No such file or directory\n", file.display())
    );
    let help = Command::new("python3")
        .arg(document(EXAMPLE))
        .arg("--help")
        .output()
        .unwrap();
    assert!(help.status.success());
    assert!(
        String::from_utf8(help.stdout)
            .unwrap()
            .contains("examples:\n")
    );
}
