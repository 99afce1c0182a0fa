//! What the operations of wsc allocate: the tables of the findings are what the command says of a recording now. Where
//! `SNAPSHOTS=overwrite` is set, they are written anew.

use std::{collections::BTreeSet, env, fs, path::Path};

use crate::{
    document,
    workspace::{command, ran},
};

const PAGE: &str = "docs/allocation-free-findings.md";
const BEGIN: &str = "<!-- written by SNAPSHOTS=overwrite cargo test -p cargo-alloc-guard --test guides findings -->\n";
const END: &str = "<!-- end -->\n";

/// What the command says of a recording of the suite.
fn recorded() -> String {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("findings");
    let folder = folder.to_str().unwrap();
    let here = |arguments: &[&str]| {
        let mut command = command(arguments);
        command
            .current_dir(document(""))
            .env_remove("CARGO_TARGET_DIR");
        if let Some(target) = env::var_os("CARGO_TARGET_DIR") {
            command.env("CARGO_TARGET_DIR", target);
        }
        let ran = ran(&mut command);
        assert_eq!(ran.status, Some(0), "{ran}");
        ran.stdout
    };
    here(&["profile", "-p", "real-world", "--output", folder]);
    here(&["report", "--operations", folder, "--format", "markdown"])
}

/// The page up to the tables, the tables, and what follows them.
fn parts(page: &str) -> [&str; 3] {
    let (before, rest) = page.split_once(BEGIN).unwrap();
    let (tables, after) = rest.split_once(END).unwrap();
    [before, tables.trim(), after]
}

#[test]
fn the_tables_of_the_findings_are_what_is_recorded_now() {
    let path = document(PAGE);
    let page = fs::read_to_string(&path).unwrap();
    let [before, written, after] = parts(&page);
    let recorded = recorded();
    if env::var_os("SNAPSHOTS").is_some_and(|what| what == "overwrite") {
        let page = format!("{before}{BEGIN}\n{}\n\n{END}{after}", recorded.trim());
        fs::write(&path, page).unwrap();
    }
    if written != recorded.trim() {
        snapbox::assert_data_eq!(recorded.trim().to_owned(), written.to_owned());
    }
}

#[test]
fn the_findings_explain_each_operation_that_allocates_and_no_other() {
    let page = fs::read_to_string(document(PAGE)).unwrap();
    let [before, tables, _] = parts(&page);
    let explained: BTreeSet<_> = before
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split(" | ").next())
        .filter(|title| !["Operation", "---"].contains(title))
        .collect();
    let allocating: BTreeSet<_> = tables
        .lines()
        .filter_map(|line| Some(line.strip_prefix("✅ **")?.split_once("**:")?.0))
        .collect();
    assert!(!allocating.is_empty());
    assert_eq!(explained, allocating);
}
