//! `accept` where the run is given: which files it writes, and when it writes none.

use std::{
    fs,
    path::PathBuf,
    process::{Command, Stdio},
};

use alloc_guard_core::{
    Promise, Tally,
    baseline::Baseline,
    report::{Outcome, Record, VERSION, to_json},
};

use crate::workspace::{Ran, command, ran};

/// A workspace of which nothing is ever built, and records as if it had been.
struct Workspace(tempfile::TempDir);

impl Workspace {
    fn new() -> Self {
        let workspace = Self(tempfile::tempdir().unwrap());
        workspace.write(
            "Cargo.toml",
            "[workspace]\nresolver = \"3\"\nmembers = [\"a\", \"b\"]\n",
        );
        for name in ["a", "b"] {
            let manifest =
                format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n");
            workspace.write(&format!("{name}/Cargo.toml"), &manifest);
            workspace.write(&format!("{name}/src/lib.rs"), "");
            workspace.write(&format!("{name}/tests/hot.rs"), "");
        }
        workspace
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn text(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    /// Writes a run in which these tests, `PACKAGE NAME`, made so many allocations.
    fn run(&self, tests: &[(&str, u64)]) {
        let lines: Vec<_> = tests
            .iter()
            .map(|(test, allocations)| to_json(&record(test, *allocations)))
            .collect();
        self.write("run.jsonl", &(lines.join("\n") + "\n"));
    }

    fn command(&self, arguments: &str) -> Command {
        let mut command = command(arguments.split_whitespace());
        command
            .current_dir(self.0.path())
            .env("CARGO_TARGET_DIR", self.path("target"));
        command
    }

    fn accept(&self, arguments: &str) -> Ran {
        ran(&mut self.command(&format!("accept {arguments}")))
    }

    /// Every file in the packages' folders.
    fn files(&self) -> Vec<PathBuf> {
        let entries = ["a", "b"].map(|name| fs::read_dir(self.path(name)).unwrap());
        let mut files: Vec<_> = entries
            .into_iter()
            .flatten()
            .map(|entry| entry.unwrap().path())
            .collect();
        files.sort();
        files
    }
}

fn record(test: &str, allocations: u64) -> Record {
    let (package, name) = test.split_once(' ').unwrap();
    Record {
        version: VERSION,
        name: name.to_owned(),
        package: package.to_owned(),
        binary: "hot".to_owned(),
        file: format!("{package}/tests/hot.rs"),
        promise: Some(Promise::Allocates),
        held: true,
        profile: "debug".to_owned(),
        target: "linux".to_owned(),
        toolchain: "1.96.0".to_owned(),
        executable: "/no/such/binary".to_owned(),
        outcome: Outcome::New,
        locked: Tally {
            allocs: allocations,
            ..Tally::default()
        },
        ..Record::default()
    }
}

const HELD: &str =
    "version = 1\n\n[test.hot.t]\ndebug = { allocations = 1, bytes = 0, peak_bytes = 0 }\n";

#[test]
fn one_baseline_that_cannot_be_read_or_written_and_none_is_changed() {
    for (prepare, expected) in [
        (
            (|workspace| workspace.write("b/alloc-guard.toml", "version = 1\n<<<<<<< HEAD\n"))
                as fn(&Workspace),
            "error: b/alloc-guard.toml:2: `<<<<<<<` is the mark of a merge conflict",
        ),
        (
            |workspace| workspace.write("b/alloc-guard.toml", "version = 1\nsize = 2\n"),
            "error: b/alloc-guard.toml:2: an unknown key `size`",
        ),
        (
            |workspace| fs::create_dir(workspace.path("b/alloc-guard.toml")).unwrap(),
            "b/alloc-guard.toml: Is a directory",
        ),
        (
            |workspace| {
                workspace.write("b/alloc-guard.toml", "version = 1\n");
                let path = workspace.path("b/alloc-guard.toml");
                let mut permissions = fs::metadata(&path).unwrap().permissions();
                permissions.set_readonly(true);
                fs::set_permissions(path, permissions).unwrap();
            },
            "b/alloc-guard.toml: the file is read-only",
        ),
    ] {
        let workspace = Workspace::new();
        workspace.write("a/alloc-guard.toml", HELD);
        workspace.run(&[("a t", 2), ("b t", 2)]);
        prepare(&workspace);
        let files = workspace.files();
        let ran = workspace.accept("run.jsonl");
        ran.says(1, &[]);
        assert!(ran.stderr.contains(expected), "{ran}");
        assert_eq!(workspace.text("a/alloc-guard.toml"), HELD);
        assert_eq!(workspace.files(), files);
        assert_eq!(ran.stdout, "");
    }
}

#[cfg(unix)]
#[test]
fn a_full_disk_leaves_every_file_as_it_was() {
    let workspace = Workspace::new();
    workspace.write("a/alloc-guard.toml", HELD);
    workspace.run(&[("a t", 2), ("b t", 2)]);
    let files = workspace.files();
    let accept = workspace.command("accept run.jsonl");
    // A limit of no bytes to a file does what a full disk does.
    let mut shell = Command::new("sh");
    shell
        .arg("-c")
        .arg("trap '' XFSZ; ulimit -f 0; exec \"$0\" \"$@\"")
        .arg(accept.get_program())
        .args(accept.get_args())
        .current_dir(workspace.0.path());
    for (name, value) in accept.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    let ran = ran(&mut shell);
    ran.says(1, &[]);
    assert!(
        ran.stderr.contains("alloc-guard.toml: File too large"),
        "{ran}"
    );
    assert_eq!(workspace.text("a/alloc-guard.toml"), HELD);
    assert_eq!(workspace.files(), files);
}

#[test]
fn two_at_once_lose_nothing() {
    let workspace = Workspace::new();
    let names: Vec<_> = (0..8).map(|number| format!("a t{number}")).collect();
    let tests: Vec<_> = names.iter().map(|name| (name.as_str(), 3)).collect();
    workspace.run(&tests);
    let running: Vec<_> = (0..8)
        .map(|number| {
            workspace
                .command(&format!("accept run.jsonl --only t{number}"))
                .stdout(Stdio::null())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    for child in running {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{output:?}");
    }
    let baseline = Baseline::parse(&workspace.text("a/alloc-guard.toml")).unwrap();
    assert_eq!(baseline.tests["hot"].len(), 8);
    assert!(!workspace.path("a/accept.lock").exists());
}

#[test]
fn nothing_writes_in_ci_and_a_dry_run_says_what_would() {
    let workspace = Workspace::new();
    workspace.run(&[("a t", 2)]);
    let in_ci = |arguments: &str| ran(workspace.command(arguments).env("CI", "true"));
    let refused = in_ci("accept run.jsonl");
    refused.says(1, &[]);
    assert!(
        refused.stderr.contains("error: nothing writes in CI"),
        "{refused}"
    );
    in_ci("accept run.jsonl --dry-run").says(
        0,
        &[
            "+ hot · t (debug)  2 allocations",
            "1 baseline would be written\n",
        ],
    );
    assert!(!workspace.path("a/alloc-guard.toml").exists());
    assert!(!workspace.path("target").exists());
}

#[test]
fn packages_are_chosen_and_strangers_named() {
    let workspace = Workspace::new();
    workspace.run(&[("a t", 2), ("b t", 2), ("elsewhere t", 2)]);
    let ran = workspace.accept("run.jsonl -p b");
    ran.says(
        0,
        &["b · b/alloc-guard.toml\n", "1 new: 1 baseline written\n"],
    );
    assert!(!ran.stdout.contains("elsewhere"), "{ran}");
    assert!(!workspace.path("a/alloc-guard.toml").exists());
    let ran = workspace.accept("run.jsonl");
    ran.says(
        0,
        &[
            "a · a/alloc-guard.toml\n",
            "! elsewhere  left out: it is no package of this workspace\n",
            "1 new, 1 unchanged: 1 baseline written\n",
        ],
    );
    let ran = workspace.accept("run.jsonl -p c");
    ran.says(1, &[]);
    assert!(
        ran.stderr
            .contains("there is no package c in the workspace"),
        "{ran}"
    );
}

#[test]
fn a_test_is_gone_only_where_its_binary_says_so() {
    let workspace = Workspace::new();
    workspace.write("a/alloc-guard.toml", &format!("{HELD}\n[test.cold.t]\n"));
    let binary = workspace.path("binary");
    let with_run = |test: &str| {
        let record = Record {
            executable: binary.to_str().unwrap().to_owned(),
            ..record("a other", 1)
        };
        workspace.write("run.jsonl", &format!("{}\n", to_json(&record)));
        // As the attributes mark a test in its binary.
        fs::write(&binary, format!("\u{1}alloc-guard:1\u{1}hot::{test}\u{1}")).unwrap();
    };
    with_run("t");
    // The target `cold` is no more, and `t` is there and did not run.
    let ran = workspace.accept("run.jsonl");
    ran.says(
        0,
        &[
            "- cold · t  there is no such test any more\n",
            "1 new, 1 gone: 1",
        ],
    );
    with_run("other");
    workspace
        .accept("run.jsonl --only other")
        .says(0, &["1 unchanged: 0"]);
    workspace
        .accept("run.jsonl")
        .says(0, &["- hot · t  there is no such test any more\n"]);
    let text = workspace.text("a/alloc-guard.toml");
    assert!(
        text.contains("[test.hot.other]") && !text.contains(".t]"),
        "{text}"
    );
}

#[test]
fn two_tests_of_one_name_with_different_counts_are_an_error_that_names_both_files() {
    let workspace = Workspace::new();
    let other = Record {
        file: "a/src/main.rs".to_owned(),
        ..record("a t", 3)
    };
    let lines = format!("{}\n{}\n", to_json(&record("a t", 2)), to_json(&other));
    workspace.write("run.jsonl", &lines);
    let ran = workspace.accept("run.jsonl");
    ran.says(1, &[]);
    assert!(
        ran.stderr.contains("in a/src/main.rs and a/tests/hot.rs"),
        "{ran}"
    );
}

#[test]
fn where_there_is_nothing_to_accept_it_says_so() {
    let workspace = Workspace::new();
    let budgeted = Record {
        held: false,
        ..record("a t", 2)
    };
    workspace.write("run.jsonl", &format!("{}\n", to_json(&budgeted)));
    workspace
        .accept("run.jsonl")
        .says(0, &["nothing to accept: 0 baselines written\n"]);
    let help = workspace.accept("--help");
    help.says(0, &["Examples:\n", "Exit status:\n"]);
}
