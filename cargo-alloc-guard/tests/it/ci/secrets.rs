//! No secret of the environment comes into a file that is uploaded: not by tests that print it, not by a profiler
//! that stores it.

use std::{fs, path::PathBuf};

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
fn prints() { std::hint::black_box(option_env!(\"BAKED_TOKEN\")); println!(\"{}\", std::hint::black_box(Box::new(environment()))); }

/// Panicking
#[alloc_guard::alloc_free]
fn panics() { panic!(\"{}\", environment()); }

/// Returning
#[alloc_guard::alloc_free]
fn returns() -> Result<(), String> { Err(environment()) }
";

const CANARY: &str = "canary-5f0e9a4c77";

/// Runs all three jobs, and gives the step with what they wrote.
fn jobs(repository: &Repository, given: &str, token: &str) -> Step {
    let (library, hash) = bytehound::library("attaches");
    let step = Step::new();
    for (job, more, status) in [
        ("verify", "--base main~1", 2),
        ("profile", "--base main~1 --profile dev", 0),
    ] {
        let words = line(job, &step.artifacts(), &format!("{more} {given}"));
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        let mut command = repository.command(&words);
        command
            .env(token, CANARY)
            .env("BYTEHOUND_LIBRARY", &library)
            .env("BYTEHOUND_SHA256", &hash);
        step.run(&mut command).says(status, &[]);
    }
    let artifacts = step.artifacts();
    let words = ["ci", "summary", artifacts.to_str().unwrap()];
    step.run(&mut repository.command(&words))
        .says(2, &["Panicking"]);
    assert!(step.files().len() > 12, "{:?}", step.files());
    step
}

/// The files in which a text stands.
fn holding(step: &Step, text: &str) -> Vec<PathBuf> {
    let holds = |path: &PathBuf| {
        let bytes = fs::read(path).unwrap();
        bytes
            .windows(text.len())
            .any(|part| part == text.as_bytes())
    };
    step.files().into_iter().filter(holds).collect()
}

#[test]
fn no_file_holds_a_secret_whether_tests_were_given_it_or_not() {
    let repository = Repository::make("secrets");
    repository.write("tests/hot.rs", TELLTALES);
    repository.commit("telltales");
    for (given, variable, expected) in [
        ("", "CANARY", "attached"),
        ("--env CANARY", "CANARY", "attached"),
        // It comes into the binary, which ByteHound would copy.
        ("", "BAKED_TOKEN", "not-used"),
    ] {
        let step = jobs(&repository, given, variable);
        assert_eq!(step.outputs()[4], format!("bytehound={expected}"));
        // The tests did print what they were given.
        assert!(!holding(&step, "CARGO_PKG_NAME=story").is_empty());
        let told = holding(&step, &format!("{variable}=***"));
        assert_eq!(told.is_empty(), given.is_empty(), "{told:?}");
        assert_eq!(holding(&step, CANARY), [""; 0].map(PathBuf::from));
    }
}
