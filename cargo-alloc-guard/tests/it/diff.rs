//! What changed between two runs, and between two revisions.

use std::fs;

use alloc_guard_core::{
    Promise,
    report::{Record, VERSION, to_json},
};

use crate::{
    repository::{LIBRARY, Repository},
    workspace::{command, ran},
};

#[test]
fn revisions_are_built_beside_the_checkout_and_compared_with_each_other_and_the_last_run() {
    let repository = Repository::make("revisions");
    repository.write("src/lib.rs", &LIBRARY.replace("0..parts", "0..parts + 1"));
    repository.commit("one box more");
    repository.write("src/lib.rs", "not committed, and not to be touched");

    let worse = repository.run(&["diff", "main~1", "main"]);
    worse.says(
        2,
        &[
            "📈 risen  Parsing  story · hot [debug]  allocations 3 → 4 (+1); bytes 24 → 32 (+8)\n",
            "     = parse (src/lib.rs:5:38): 3 → 4 allocations\n",
            "3 operations: 1 risen, 2 unchanged\n",
        ],
    );
    let better = repository.run(&["diff", "main", "main~1", "--format", "json"]);
    better.says(0, &["\"change\": \"fallen\"", "\"unchanged\": 2"]);
    let same = repository.run(&["diff", "main", "HEAD"]);
    same.says(0, &["3 operations: 3 unchanged\n"]);
    assert_eq!(same.stdout.lines().count(), 1, "{same}");

    let library = fs::read_to_string(repository.0.join("src/lib.rs")).unwrap();
    assert_eq!(library, "not committed, and not to be touched");
    assert_eq!(
        repository.git(&["status", "--porcelain"]),
        " M src/lib.rs\n"
    );

    repository.commit("broken");
    let broken = repository.run(&["diff", "main", "main~1"]);
    broken.says(1, &[]);
    let id = repository.git(&["rev-parse", "main"]);
    let said = format!("error: failed to run the tests of main ({}): ", &id[..12]);
    assert!(broken.stderr.contains(&said), "{broken}");

    repository.git(&["checkout", "--quiet", "--force", "main~2"]);
    compared_with_the_last_run(&repository);
}

/// With the first revision checked out.
fn compared_with_the_last_run(repository: &Repository) {
    repository.write("src/lib.rs", &LIBRARY.replace("0..parts", "0..parts - 1"));
    repository.run(&[]).says(0, &[]);
    repository.run(&["diff", "main~2"]).says(
        0,
        &["📉 fallen  Parsing  story · hot [debug]  allocations 3 → 2 (-1); bytes 24 → 16 (-8)\n"],
    );
    let markdown = repository.run(&["diff", "main~2", "--format", "markdown"]);
    markdown.says(
        0,
        &[
            "### ✅ 3 operations: 1 fallen, 2 unchanged\n",
            "| 📉 fallen | `Parsing` | `story::hot::parses [debug]` | `allocations 3 → 2 (-1); bytes 24 → 16 (-8)` |\n",
        ],
    );
    let report = repository.run(&["report"]);
    report.says(
        0,
        &[
            "✅ allocates   Parsing  2 allocations",
            "3 operations: 3 as expected\n",
        ],
    );
}

#[test]
fn what_is_neither_records_nor_a_revision_is_named() {
    let ran = ran(&mut command(["diff", "no-such-thing", "main"]));
    ran.says(1, &[]);
    assert!(
        ran.stderr.contains(
            "error: `no-such-thing` is neither a file nor a folder with records, nor a revision that git knows"
        ),
        "{ran}"
    );
}

/// It needs no entry in a baseline, so nothing else would notice.
#[test]
fn an_alloc_free_test_that_is_gone_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let write = |file: &str, names: &[&str]| {
        let lines = names.iter().map(|name| {
            let record = Record {
                version: VERSION,
                name: (*name).to_owned(),
                promise: Some(Promise::AllocFree),
                ..Record::default()
            };
            to_json(&record) + "\n"
        });
        fs::write(folder.path().join(file), lines.collect::<String>()).unwrap();
    };
    write("before.jsonl", &["kept", "lost"]);
    write("after.jsonl", &["kept"]);
    let mut diff = command(["diff", "before.jsonl", "after.jsonl"]);
    let ran = ran(diff.current_dir(folder.path()));
    ran.says(0, &["👋 gone  lost", "2 operations: 1 gone, 1 unchanged\n"]);
}
