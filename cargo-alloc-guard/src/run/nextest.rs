//! Owns a run under cargo-nextest: a process for each test, and nextest's own output and configuration.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use alloc_guard_core::report::{Outcome, Record};
use anyhow::{Context as _, Result, bail};

use super::{
    folder,
    guarded::Chosen,
    process::{self, End, Test, chunks},
    results,
};
use crate::{
    cargo::{Build, TestBinary},
    settings::{IgnoredTests, RunSettings, STRICT, Sites},
};

/// "One or more tests failed", as nextest documents its exit codes (nextest-metadata).
const TEST_RUN_FAILED: i32 = 100;

/// How nextest ended, for each time that it was called.
pub(super) type Said = Vec<String>;

/// Runs these tests, with records in `folder`.
///
/// # Errors
/// If nextest cannot be started, or ends otherwise than by saying that tests passed or failed.
pub(super) fn run(
    settings: &RunSettings,
    build: &Build,
    chosen: &[Chosen<'_>],
    sites: Sites,
    folder: &Path,
) -> Result<Said> {
    let terms: Vec<String> = chosen
        .iter()
        .flat_map(|(binary, names)| names.iter().map(|name| term(binary, name)))
        .collect();
    let mut said = Vec::new();
    for chunk in chunks(&terms) {
        let expression = terms.get(chunk).unwrap_or_default().join("|");
        let mut command = command(settings, &expression);
        command.env(process::RECORDS, folder);
        if sites == Sites::Always {
            command.env(process::SITES, "1");
        }
        if settings.gate.strict {
            command.env(STRICT, "1");
        }
        let status = command
            .current_dir(&build.workspace.root)
            .status()
            .with_context(|| format!("failed to start {}", settings.cargo.program.display()))?;
        match status.code() {
            Some(0 | TEST_RUN_FAILED) => said.push(process::how(status)),
            _ => bail!(
                "`cargo nextest run` ended with {}: see what it says above; `cargo install cargo-nextest --locked` installs it",
                process::how(status)
            ),
        }
    }
    Ok(said)
}

fn command(settings: &RunSettings, expression: &str) -> Command {
    let mut command = Command::new(&settings.cargo.program);
    command
        .args(["nextest", "run", "--no-fail-fast", "--no-tests=pass"])
        .args(settings.cargo.for_nextest())
        .arg("--filterset")
        .arg(expression)
        .stdin(Stdio::null())
        // The table is what standard output is for.
        .stdout(Stdio::null());
    match settings.tests.ignored {
        IgnoredTests::LeftOut => {}
        IgnoredTests::Included => {
            command.arg("--run-ignored=all");
        }
        IgnoredTests::Only => {
            command.arg("--run-ignored=only");
        }
    }
    if let Some(threads) = settings.tests.threads {
        command.arg(format!("--test-threads={threads}"));
    }
    command
}

/// One test in nextest's filter language.
fn term(binary: &TestBinary, name: &str) -> String {
    format!(
        "(package(={})&binary(={})&test(={name}))",
        binary.package.name, binary.target
    )
}

/// Puts together what is known.
///
/// # Errors
/// If a record cannot be read.
pub(super) fn collate<'a>(
    chosen: &[Chosen<'a>],
    folder: &Path,
    said: &Said,
    test: impl Fn(&'a TestBinary) -> Test<'a>,
) -> Result<Vec<Record>> {
    let mut known = folder::records(folder)?;
    let how = format!(
        "nextest's {}",
        said.last().map_or("silence", String::as_str)
    );
    let mut records = Vec::new();
    for (binary, names) in chosen {
        let executable = binary.executable.to_string_lossy();
        let (of_binary, others) = known
            .into_iter()
            .partition(|record| record.executable == executable);
        known = others;
        let end = End {
            tests: 0..names.len(),
            is_success: true,
            how: how.clone(),
            stdout: String::new(),
            stderr: String::new(),
        };
        records.extend(results::of(&test(binary), names, of_binary, &[end]));
    }
    let gate = chosen.first().map(|(binary, _)| test(binary).gate);
    let is_explained = records
        .iter()
        .any(|record| gate.is_some_and(|gate| record.outcome.is_failure(gate)));
    let failed = said.iter().find(|said| !said.ends_with(" 0"));
    if let (Some(failed), false) = (failed, is_explained) {
        records.push(Record {
            title: "cargo nextest".to_owned(),
            package: "nextest".to_owned(),
            outcome: Outcome::Failed,
            message: format!(
                "it ended with {failed}, and no test's record says why: see what it says above"
            ),
            ..Record::default()
        });
    }
    Ok(records)
}
