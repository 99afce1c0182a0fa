//! Owns the way from a `#[test]` stub of the standard harness to a trial and back.

use std::{fmt, path::Path, process::Command};

use crate::{
    backtrace::site::workspace_root,
    harness,
    registry::Registration,
    report::{self, Gate, Outcome, Record, Style},
    trial::{self, Finding},
};

/// What a stub returns: the standard harness prints a failure after `Error: `.
pub type Stub = Result<(), Failure>;

/// Why a guarded test failed, as text.
pub struct Failure(String);

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Runs a guarded test under the standard harness.
///
/// # Errors
/// If the test fails otherwise than by a panic.
///
/// # Panics
/// With the body's own panic.
pub fn libtest(registration: &Registration) -> Stub {
    if registration.process && !harness::is_alone() {
        return run_alone(registration);
    }
    let finding = trial::run(registration);
    let record = report::build(registration, &finding);
    report::append(&record);
    let failed = record.outcome.is_failure(Gate::from_environment());
    if record.outcome == Outcome::Panicked
        && let Finding::Ran { first, .. } = finding
        && let Some(payload) = first.panic
    {
        // The standard harness knows panics, and the hook has printed this one.
        eprintln!("{}", whole_text(&record, registration));
        std::panic::resume_unwind(payload);
    }
    if failed {
        return Err(Failure(whole_text(&record, registration)));
    }
    println!("{}", report::line(&record, 0, Style::Plain));
    Ok(())
}

/// The line of a record, and what stands below it.
fn whole_text(record: &Record, registration: &Registration) -> String {
    let root = workspace_root(Path::new(registration.manifest_dir));
    let mut text = report::line(record, 0, Style::Plain);
    text.push_str(&format!(" [{}]\n", record.profile));
    text.push_str(&report::failure_text(record, &root, Style::Plain));
    text.truncate(text.trim_end().len());
    text
}

/// Runs the test in a process of its own: this binary, with this test alone.
fn run_alone(registration: &Registration) -> Stub {
    let failed = |why: String| Failure(format!("{}: {why}", registration.name()));
    let binary = std::env::current_exe()
        .map_err(|error| failed(format!("failed to find this test's binary: {error}")))?;
    let output = Command::new(&binary)
        .args([
            registration.name(),
            "--exact",
            "--nocapture",
            "--include-ignored",
            "--test-threads=1",
        ])
        .env(harness::ALONE, "1")
        .output()
        .map_err(|error| failed(format!("failed to start {}: {error}", binary.display())))?;
    let stdout = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    if output.status.success() {
        // A name that matched nothing would be a pass of nothing.
        if !stdout.contains("running 1 test") {
            return Err(failed(format!(
                "its own process ran no test:\n{stdout}{stderr}"
            )));
        }
        print!("{stdout}");
        return Ok(());
    }
    match stderr.split_once("Error: ") {
        Some((before, text)) => {
            eprint!("{before}");
            Err(Failure(text.trim_end().to_owned()))
        }
        None => Err(failed(format!(
            "its own process ended with {}:\n{stderr}",
            output.status
        ))),
    }
}
