//! No secret of the environment comes into a file that is uploaded: not by tests that print it, not by a profiler
//! that stores it.

use std::fs;

use super::{
    bytehound,
    job::{Step, line},
};
use crate::repository::Repository;

/// Tests that do their worst: they print the whole environment, pass and fail with it.
const TELLTALES: &str = "
fn environment() -> String {
    alloc_guard::permit(|| {
        let variables: Vec<String> = std::env::vars().map(|(name, value)| format!(\"{name}={value}\")).collect();
        variables.join(\"\\n\")
    })
}

/// Printing
#[alloc_guard::allocates]
fn prints() { println!(\"{}\", std::hint::black_box(Box::new(environment()))); }

/// Panicking
#[alloc_guard::alloc_free]
fn panics() { panic!(\"{}\", environment()); }

/// Returning
#[alloc_guard::alloc_free]
fn returns() -> Result<(), String> { Err(environment()) }
";

const CANARY: &str = "canary-5f0e9a4c77";

#[test]
fn no_file_holds_what_tests_were_not_given() {
    let repository = Repository::make("secrets");
    repository.write("tests/hot.rs", TELLTALES);
    repository.commit("telltales");
    let (library, hash) = bytehound::library("attaches");
    for (given, holds_it) in [("", false), ("--env TOKEN", true)] {
        let step = Step::new();
        for (job, more) in [
            ("verify", "--base main~1"),
            ("profile", "--base main~1 --profile dev"),
        ] {
            let words = line(job, &step.artifacts(), &format!("{more} {given}"));
            let words: Vec<_> = words.iter().map(String::as_str).collect();
            let mut command = repository.command(&words);
            command
                .env("TOKEN", CANARY)
                .env("BYTEHOUND_LIBRARY", &library)
                .env("BYTEHOUND_SHA256", &hash);
            let ran = step.run(&mut command);
            assert_eq!(
                ran.status,
                Some(if job == "verify" { 2 } else { 0 }),
                "{ran}"
            );
        }
        assert_eq!(step.outputs()[4], "bytehound=attached");
        let artifacts = step.artifacts();
        let mut words = vec!["ci", "summary"];
        words.push(artifacts.to_str().unwrap());
        step.run(&mut repository.command(&words))
            .says(2, &["Panicking"]);
        let files = step.files();
        assert!(files.len() > 12, "{files:?}");
        let mut holding = Vec::new();
        // The tests did print what they were given.
        let mut is_told = false;
        for file in &files {
            let bytes = fs::read(file).unwrap();
            let holds = |text: &str| {
                bytes
                    .windows(text.len())
                    .any(|part| part == text.as_bytes())
            };
            is_told |= holds("CARGO_PKG_NAME=story");
            if holds(CANARY) {
                holding.push(file);
            }
        }
        assert!(is_told);
        assert_eq!(!holding.is_empty(), holds_it, "{holding:?}");
        // Whatever tests were given, ByteHound's files hold no variable.
        assert!(
            holding
                .iter()
                .all(|file| file.extension().unwrap() != "dat"),
            "{holding:?}"
        );
    }
}
