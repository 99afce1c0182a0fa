//! `merge`: shards come to what one run of everything would, and what is wrong with one is named.

use std::{fs, path::Path};

use alloc_guard_core::{
    Promise, Tally,
    report::{Outcome, Record, VERSION, to_json},
};

use crate::workspace::{Ran, command, ran, run};

fn record(name: &str, outcome: Outcome, unix_milliseconds: u64) -> Record {
    Record {
        version: VERSION,
        name: name.to_owned(),
        package: "ring".to_owned(),
        binary: "hot".to_owned(),
        file: "ring/tests/hot.rs".to_owned(),
        line: 1,
        promise: Some(Promise::Allocates),
        profile: "debug".to_owned(),
        target: "t".to_owned(),
        scope: "thread".to_owned(),
        outcome,
        locked: Tally {
            allocs: 1,
            bytes: 8,
            peak_bytes: 8,
            ..Tally::default()
        },
        unix_milliseconds,
        ..Record::default()
    }
}

fn write(path: &Path, records: &[Record]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let lines: Vec<_> = records.iter().map(to_json).collect();
    fs::write(path, lines.join("\n") + "\n").unwrap();
}

fn merge(folder: &Path, arguments: &str) -> Ran {
    let arguments = ["merge"].into_iter().chain(arguments.split_whitespace());
    ran(command(arguments).current_dir(folder))
}

#[test]
fn shards_come_to_the_table_the_file_and_the_status_of_one_run() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let all = [
        record("m::a", Outcome::AsExpected, 5),
        record("m::b", Outcome::Regressed, 6),
        record("m::c", Outcome::Improved, 7),
        record("m::d", Outcome::Ignored, 8),
    ];
    write(&path("whole.jsonl"), &all);
    write(&path("shards/1/alloc-guard/hot-1.jsonl"), &all[2..3]);
    write(&path("shards/2/alloc-guard/hot-1.jsonl"), &all[..1]);
    write(&path("shards/2/alloc-guard/hot-2.jsonl"), &all[3..]);
    write(
        &path("shards/3/hot-1.jsonl"),
        &[
            record("m::b", Outcome::AsExpected, 5),
            all[1].clone(),
            // Left out here, and later; it ran in another shard.
            record("m::a", Outcome::Ignored, 9),
        ],
    );
    let whole = merge(folder.path(), "whole.jsonl");
    let shards = merge(folder.path(), "shards -o run.jsonl");
    whole.says(2, &["REGRESSED"]);
    shards.says(2, &[&whole.stdout]);
    assert_eq!(
        shards.summary(),
        "4 operations: 1 as expected, 1 regressed, 1 improved, 1 ignored",
        "{shards}"
    );
    assert_eq!(
        fs::read_to_string(path("run.jsonl")).unwrap(),
        fs::read_to_string(path("whole.jsonl")).unwrap()
    );
    // The same again, from the files in another order and the whole besides.
    let again = merge(folder.path(), "run.jsonl shards/3 shards/2 shards/1");
    assert_eq!(again.stdout, whole.stdout);
}

#[test]
fn what_real_processes_left_is_merged_and_gated() {
    let folder = tempfile::tempdir().unwrap();
    let written = |file: &str, arguments: &str| {
        let path = folder.path().join(file);
        run(&format!("--output {} {arguments}", path.display()));
        path.to_str().unwrap().to_owned()
    };
    let shards = [
        written("a.jsonl", "-p ring -- --test regressed"),
        written("b.jsonl", "-p beta -- --test own"),
    ];
    let good = run(&format!("merge {}", shards[1]));
    good.says(0, &["beta · own  [debug]\n", "✅ allocates   One box"]);
    let both = run(&format!("merge {} {}", shards[0], shards[1]));
    both.says(
        2,
        &[
            "beta · own  [debug]\n",
            "ring · regressed  [debug]\n",
            // The source is found where the command runs inside the workspace.
            "values.iter().map(|value| value * 2).collect()",
        ],
    );
}

#[test]
fn an_improvement_fails_where_that_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    write(
        &folder.path().join("a.jsonl"),
        &[record("a", Outcome::Improved, 1)],
    );
    merge(folder.path(), "a.jsonl").says(0, &[]);
    merge(folder.path(), "a.jsonl --strict").says(4, &[]);
}

#[test]
fn what_cannot_be_merged_is_named_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let good = record("a", Outcome::AsExpected, 1);
    write(&path("good.jsonl"), std::slice::from_ref(&good));
    write(&path("newer.jsonl"), &[Record { version: 9, ..good }]);
    fs::write(path("damaged.jsonl"), "{\"version\":1}\n").unwrap();
    fs::create_dir(path("empty")).unwrap();
    for (arguments, expected) in [
        ("good.jsonl no-such.jsonl", "failed to read no-such.jsonl: "),
        ("good.jsonl no-such/", "failed to read no-such/: "),
        (
            "good.jsonl damaged.jsonl",
            "damaged.jsonl:1: not a record: ",
        ),
        ("good.jsonl newer.jsonl", "update cargo-alloc-guard"),
        ("empty", "no record in 1 input"),
    ] {
        let ran = merge(folder.path(), &format!("{arguments} -o out.jsonl"));
        ran.says(1, &[]);
        assert!(ran.stderr.starts_with("error: "), "{ran}");
        assert!(ran.stderr.contains(expected), "{ran}");
        assert_eq!(ran.stdout, "");
        assert!(!path("out.jsonl").exists(), "{ran}");
    }
    for (output, expected) in [
        ("empty", "failed to write "),
        ("no/such/out.jsonl", "failed to write no/such/out.jsonl: "),
    ] {
        let ran = merge(folder.path(), &format!("good.jsonl -o {output}"));
        ran.says(1, &[]);
        assert!(ran.stderr.contains(expected), "{ran}");
    }
    merge(folder.path(), "").says(3, &[]);
}

#[test]
fn an_output_on_a_disk_that_is_full_is_named() {
    // Writing to it fails as on a disk without space left.
    let full = Path::new("/dev/full");
    if !full.exists() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    write(
        &folder.path().join("a.jsonl"),
        &[record("a", Outcome::AsExpected, 1)],
    );
    let mut command = command(["merge", "a.jsonl"]);
    let full = fs::OpenOptions::new().write(true).open(full).unwrap();
    let ran = ran_into(command.current_dir(folder.path()), full);
    assert_eq!(ran.0, Some(1), "{}", ran.1);
    assert!(ran.1.contains("failed to write the report"), "{}", ran.1);
}

/// Runs a command whose standard output goes to a file; its status, and what it wrote to standard error.
fn ran_into(command: &mut std::process::Command, out: fs::File) -> (Option<i32>, String) {
    let child = command
        .stdout(out)
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let output = child.wait_with_output().unwrap();
    (
        output.status.code(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    )
}
