//! `profile`: what is recorded, listed and left, and why there may be nothing.

use std::fs;

use crate::workspace::{command, ran, run};

/// The files in a folder, by name.
fn names(folder: &std::path::Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn each_process_that_links_the_guard_is_recorded_and_listed() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("old.agprof"), "").unwrap();
    fs::write(folder.path().join("notes.txt"), "").unwrap();
    let output = folder.path().to_str().unwrap();
    let line = format!("profile -p ring --output {output} sum -- --test expected");
    let ran = run(&line);
    ran.says(0, &["\n1 process: ", " allocations · ", " deallocations\n"]);
    let names = names(folder.path());
    let [recorded, notes, records] = &names[..] else {
        panic!("{names:?}");
    };
    assert_eq!(records, "records");
    assert!(recorded.starts_with("expected-") && recorded.ends_with(".agprof"));
    assert_eq!(notes, "notes.txt");
    assert!(ran.stdout.contains(recorded), "{ran}");
    let bytes = fs::read(folder.path().join(recorded)).unwrap();
    // The guarded test is named; one that did not run is not.
    let names = |name: &[u8]| bytes.windows(name.len()).any(|part| part == name);
    assert!(names(b"sum") && !names(b"doubling"), "{ran}");
}

#[test]
fn a_test_that_fails_is_recorded_and_the_status_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().to_str().unwrap();
    let ran = run(&format!(
        "profile -p ring --output {output} doubled -- --test regressed"
    ));
    ran.says(2, &["regressed-", "\n1 process: "]);
    let warning = "warning: tests/regressed.rs of ring ended with exit status: 101";
    assert!(ran.stderr.contains(warning), "{ran}");
    let records = folder.path().join("records");
    let files = names(&records);
    let file = files.iter().find(|name| name.contains(".jsonl")).unwrap();
    let record = fs::read_to_string(records.join(file)).unwrap();
    assert!(record.contains(r#""outcome":"regressed""#), "{record}");
}

#[test]
fn nothing_recorded_is_an_error_that_says_why() {
    for (arguments, why) in [
        (
            "profile -p plain",
            "error: no profiling data: no test binary that ran links the guard: add `alloc-guard`",
        ),
        (
            "profile -p ring no_such_test -- --test expected",
            "error: no profiling data: no test has `no_such_test` in its name\n",
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let mut command = command(arguments.split(' ').take(3));
        command.arg("--output").arg(folder.path());
        let ran = ran(command.args(arguments.split(' ').skip(3)));
        ran.says(1, &[]);
        assert!(ran.stderr.contains(why), "{ran}");
    }
}

#[test]
fn a_distance_of_no_bytes_is_wrong_usage() {
    run("profile --sample 0").says(3, &[]);
}
