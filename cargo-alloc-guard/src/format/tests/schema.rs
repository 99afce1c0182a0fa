//! `JUnit`'s XML against the schemas of Jenkins' xunit plugin, and against a reader of its own.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use alloc_guard_core::report::{Outcome, Record};
use quick_xml::{Reader, events::Event};

use super::rich;
use crate::format::{Format, print};

/// Set where xmllint has to be there, so that the proof cannot get lost unseen.
const REQUIRE: &str = "ALLOC_GUARD_REQUIRE_XMLLINT";

fn xmllint_is_here() -> bool {
    let here = Command::new("xmllint")
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !here {
        assert!(
            std::env::var_os(REQUIRE).is_none_or(|value| value != "1"),
            "{REQUIRE}=1, but xmllint is not on PATH"
        );
        // Past the capture of libtest, which would hide it in a test that passes.
        let _ = std::io::stderr()
            .write_all(b"\nNOT CHECKED AGAINST A SCHEMA: xmllint is not on PATH\n\n");
    }
    here
}

fn schema(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/schema")
        .join(name)
}

/// What is wrong with a document by a schema; empty if nothing.
fn validated(document: &str, name: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("junit.xml");
    fs::write(&path, document).unwrap();
    let output = Command::new("xmllint")
        .args(["--noout", "--nonet", "--huge", "--schema"])
        .arg(schema(name))
        .arg(&path)
        .output()
        .unwrap();
    if output.status.success() {
        String::new()
    } else {
        String::from_utf8_lossy(&output.stderr).into_owned()
    }
}

fn printed(run: &Vec<Record>) -> String {
    let root = rich::root();
    let mut out = Vec::new();
    print(Format::Junit, run, &rich::look(&root), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn many() -> Vec<Record> {
    (0..5000)
        .map(|at| Record {
            binary: format!("binary_{:02}", at / 500),
            reasons: vec!["2 allocations · 128 B".to_owned()],
            sites: vec![rich::site(6, 61)],
            nanoseconds: 3_000_000_000_000 + at,
            ..rich::test(&format!("operation_{at:06}"), Outcome::Regressed)
        })
        .collect()
}

#[test]
fn every_run_is_valid_by_the_schema_of_jenkins() {
    if !xmllint_is_here() {
        return;
    }
    for run in [Vec::new(), rich::run(), many()] {
        let document = printed(&run);
        assert_eq!(validated(&document, "junit-10-2018.xsd"), "");
        // The schema of today has no place for where a test stands.
        let lines: Vec<_> = document.lines().map(without_place).collect();
        assert_eq!(validated(&lines.join("\n"), "junit-10.xsd"), "");
    }
}

fn without_place(line: &str) -> String {
    match line.split_once("\" file=\"") {
        Some((before, after)) if line.trim_start().starts_with("<testcase ") => {
            let end = if after.ends_with("/>") { "/>" } else { ">" };
            format!("{before}\"{end}")
        }
        _ => line.to_owned(),
    }
}

#[test]
fn a_document_that_breaks_the_schema_is_refused() {
    if !xmllint_is_here() {
        return;
    }
    for name in ["junit-10-2018.xsd", "junit-10.xsd"] {
        let error = validated("<testsuites><testcase name=\"a\"/></testsuites>", name);
        assert!(error.contains("testcase"), "{error}");
    }
}

#[test]
fn the_totals_are_those_of_the_test_cases_and_every_text_comes_back() {
    let document = printed(&rich::run());
    let mut reader = Reader::from_str(&document);
    let (mut declared, mut found) = ([0_u64; 4], [0_u64; 4]);
    loop {
        match reader.read_event().unwrap() {
            Event::Eof => break,
            Event::Start(element) | Event::Empty(element) => {
                let kinds = ["testcase", "failure", "error", "skipped"];
                let name = element.name();
                let name = name.as_ref();
                if let Some(at) = kinds.iter().position(|kind| name == *kind) {
                    found[at] += 1;
                }
                if name == "testsuite" {
                    for (at, key) in ["tests", "failures", "errors", "skipped"]
                        .iter()
                        .enumerate()
                    {
                        let value = element.try_get_attribute(key).unwrap().unwrap();
                        declared[at] += value.value.parse::<u64>().unwrap();
                    }
                }
            }
            _ => {}
        }
    }
    assert_eq!(declared, found);
    assert_eq!(found, [23, 12, 2, 2]);
}
