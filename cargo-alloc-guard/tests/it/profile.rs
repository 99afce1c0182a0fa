//! `profile`: what is recorded, listed and left, and why there may be nothing.

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::Value;

use crate::workspace::{command, ran, run};

/// The files in a folder, by name.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// What the one guarded test of a recording left.
fn record(folder: &Path) -> String {
    let records = folder.join("records");
    let files = names(&records);
    let file = files.iter().find(|name| name.contains(".jsonl")).unwrap();
    fs::read_to_string(records.join(file)).unwrap()
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
    let record = record(folder.path());
    assert!(record.contains(r#""outcome":"regressed""#), "{record}");
}

#[test]
fn what_each_guarded_test_allocated_is_listed_by_its_sites() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().to_str().unwrap();
    let tests = "--test regressed --test expected";
    run(&format!(
        "profile -p ring --output {output} doubled sum -- {tests}"
    ));
    let of = |line| {
        let ran = run(&format!("report --operations {output}{line}"));
        assert_eq!(ran.status, Some(0), "{ran}");
        ran.stdout
    };
    let line = crate::workspace::line_of("ring/src/lib.rs", "values.iter().map");
    // Two tests in two binaries are called `doubled`.
    let place = format!("ring::doubled  ring/src/lib.rs:{line}\n");
    let human = of("");
    assert!(
        human.contains("\n── doubled: 2 allocations · 48 B\n2  48 B  "),
        "{human}"
    );
    assert!(human.contains(&place), "{human}");
    assert!(
        human.ends_with("\n── Allocation-free: 2\nSum beside it\nSum of a slice\n"),
        "{human}"
    );
    let markdown = of(" --format markdown");
    assert!(
        markdown.contains("\n**doubled**: 2 allocations · 48 B\n\n| Allocations |"),
        "{markdown}"
    );
    assert!(
        markdown.contains(&format!("`ring/src/lib.rs:{line}` |\n")),
        "{markdown}"
    );
    assert!(
        markdown.ends_with("\n- Sum beside it\n- Sum of a slice\n"),
        "{markdown}"
    );
}

#[test]
fn a_profile_names_the_sites_that_the_record_names_and_no_test_for_what_its_harness_did() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().to_str().unwrap();
    run(&format!(
        "profile -p ring --output {output} doubled -- --test regressed"
    ));
    let record: Value = serde_json::from_str(&record(folder.path())).unwrap();
    let exported = run(&format!("export {output}"));
    let profile: Value = serde_json::from_str(&exported.stdout).unwrap();
    let of = |value: &Value| value.as_u64().and_then(|index| usize::try_from(index).ok());
    let (mut places, mut others) = (BTreeSet::new(), BTreeSet::new());
    for allocation in profile["allocations"].as_array().unwrap() {
        let stack = &profile["stacks"][of(&allocation["stack"]).unwrap()];
        let Some(site) = of(&stack["site"]) else {
            continue;
        };
        let frame = &profile["frames"][site];
        if allocation["phase"] == "locked" {
            let file = frame["file"].as_str().unwrap();
            places.insert((file.to_owned(), frame["line"].as_u64()));
        } else {
            others.insert(frame["function"].as_str().unwrap().to_owned());
        }
    }
    let sites = record["sites"].as_array().unwrap();
    assert!(!sites.is_empty(), "{record}");
    assert_eq!(places.len(), sites.len(), "{places:?} {record}");
    for ((file, line), site) in places.iter().zip(sites) {
        assert!(file.ends_with(site["file"].as_str().unwrap()), "{file}");
        assert_eq!(*line, site["line"].as_u64());
    }
    // The function that is the harness's entry bears the test's name.
    assert!(!others.contains("regressed::doubled"), "{others:?}");
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
