//! `accept`: what was measured becomes what the tests are held to, and nothing else is changed.

use std::fs;

use crate::{
    project::{Project, files, with_repository},
    workspace::{Ran, ran},
};

/// The command in a project with a target folder of its own: other projects' records are not its last run.
/// Cargo makes the folder, and so marks it.
fn in_project(project: &Project, arguments: &str, number: u32) -> Ran {
    ran(project
        .command(arguments)
        .env("CARGO_TARGET_DIR", project.root.join("build"))
        .env("NUMBER", number.to_string()))
}

/// The lines of `new` that are not in `old`.
fn added<'a>(old: &str, new: &'a str) -> Vec<&'a str> {
    let is_new = |line: &&str| !old.lines().any(|other| other == *line);
    new.lines().filter(is_new).collect()
}

#[expect(
    clippy::too_many_lines,
    reason = "each step starts from the one before it"
)]
#[test]
fn from_the_first_run_to_a_test_that_is_gone() {
    let files = files! { "accept":
        "Cargo.toml" from "workspace.toml",
        "codec/Cargo.toml" from "codec/package.toml",
        "codec/src/lib.rs" from "codec/src/lib.rs",
        "codec/tests/hot.rs" from "codec/tests/hot.rs",
        "free/Cargo.toml" from "free/package.toml",
        "free/src/lib.rs" from "free/src/lib.rs",
        "free/tests/own.rs" from "free/tests/own.rs",
    };
    let project = Project::lasting("accepted", &files);
    let baseline = project.root.join("codec/alloc-guard.toml");
    let _ = fs::remove_file(&baseline);
    let _ = fs::remove_dir_all(project.root.join("build/alloc-guard"));
    let text = || fs::read_to_string(&baseline).unwrap();

    let nothing = in_project(&project, "accept", 2);
    nothing.says(1, &[]);
    assert!(
        nothing
            .stderr
            .contains("run `cargo alloc-guard` or `cargo test` first"),
        "{nothing}"
    );

    // What plain `cargo test` leaves will do, and a dry run changes nothing.
    let mut tests = project.cargo("test");
    tests.env("CARGO_TARGET_DIR", project.root.join("build"));
    let tests = ran(&mut tests);
    assert_eq!(tests.status, Some(0), "{tests}");
    let dry = in_project(&project, "accept --dry-run", 2);
    dry.says(
        0,
        &[
            "codec · codec/alloc-guard.toml\n",
            "3 new: 1 baseline would be written\n",
        ],
    );
    assert!(!baseline.exists());
    let first = in_project(&project, "accept", 2);
    first.says(
        0,
        &[
            "+ hot · boxes (debug)  2 allocations · 16 B · peak 8 B\n",
            "+ hot · gone (debug)  1 allocation · 4 B · peak 4 B\n",
            "3 new: 1 baseline written\n",
        ],
    );
    assert!(!first.stdout.contains("budgeted"), "{first}");
    assert!(!project.root.join("free/alloc-guard.toml").exists());

    // The command's own run knows the features besides; then there is nothing left to accept.
    in_project(&project, "", 2).says(0, &["(baseline 2)"]);
    in_project(&project, "accept", 2).says(0, &["features not known → ``"]);
    let old = text();
    in_project(&project, "accept", 2).says(
        0,
        &["= 3 unchanged\n", "3 unchanged: 0 baselines written\n"],
    );
    assert_eq!(text(), old);

    in_project(&project, "", 3).says(2, &["allocations 2 → 3"]);
    let accepted = in_project(&project, "accept", 3);
    accepted.says(
        0,
        &[
            "~ hot · boxes (debug)  allocations 2 → 3, bytes 16 → 24\n",
            "1 changed, 2 unchanged",
        ],
    );
    let new = text();
    assert_eq!(
        (added(&old, &new).len(), added(&new, &old).len()),
        (1, 1),
        "{new}"
    );
    in_project(&project, "", 3).says(0, &[]);

    // A test that panics has no sound counts, also if it had.
    in_project(&project, "", 9).says(2, &[]);
    let panicked = in_project(&project, "accept", 9);
    panicked.says(
        0,
        &[
            "! hot · panics (debug)  left as it was: it panicked\n",
            "1 changed, 1 left as it was, 1 unchanged",
        ],
    );

    // What a filter leaves out is there still, and what is gone is taken out.
    let source = project.root.join("codec/tests/hot.rs");
    let whole = with_repository(files[3].1);
    let (start, end) = (
        whole.find("/// Gone").unwrap(),
        whole.find("/// Its").unwrap(),
    );
    fs::write(&source, format!("{}{}", &whole[..start], &whole[end..])).unwrap();
    let stale = in_project(&project, "boxes", 2);
    assert!(
        stale
            .stderr
            .contains("`cargo alloc-guard accept` removes its entry"),
        "{stale}"
    );
    in_project(&project, "accept --only boxes", 2).says(0, &["1 changed: 1 baseline written\n"]);
    assert!(text().contains("[test.hot.gone]") && text().contains("[test.hot.panics]"));
    in_project(&project, "accept", 2).says(
        0,
        &[
            "- hot · gone  there is no such test any more\n",
            "1 gone, 1 unchanged: 1 baseline written\n",
        ],
    );
    assert!(!text().contains("gone") && text().contains("[test.hot.panics]"));
    fs::write(&source, whole).unwrap();
}
