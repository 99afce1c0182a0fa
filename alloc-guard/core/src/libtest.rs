//! Owns the way from a `#[test]` stub of the standard harness to a trial and back.

use std::{cell::Cell, fmt, path::Path, process::Command, ptr};

use crate::{
    backtrace::site::workspace_root,
    expect::Expectation,
    harness,
    registry::{Body, Registration},
    report::{self, Outcome, Record, Style},
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
    let failed = record.outcome.is_failure(harness::is_strict());
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

thread_local! {
    /// The text of the plain test whose trial this thread is in.
    static INSIDE: Cell<*const u8> = const { Cell::new(ptr::null()) };
}

/// A plain `#[alloc_free]` under the standard harness calls this first. The function is stub and body
/// in one, for two of them and a static take the compiler half as long again: true asks for the body, and
/// false says that the stub is done.
///
/// `text` is what [`Registration::from_text`] reads.
#[must_use]
pub fn alloc_free(text: &'static str, body: fn()) -> bool {
    is_body(text, body, Expectation::ALLOC_FREE)
}

/// The same for a plain `#[allocates]`.
#[must_use]
pub fn allocates(text: &'static str, body: fn()) -> bool {
    is_body(text, body, Expectation::ALLOCATES)
}

fn is_body(text: &'static str, body: fn(), expectation: Expectation) -> bool {
    // A body that calls its own name means itself, so until the trial ends every call is one of the body.
    if INSIDE.get() == text.as_ptr() {
        return true;
    }
    let _inside = Inside(INSIDE.replace(text.as_ptr()));
    let registration = Registration::from_text(text, expectation, Body::Plain(body));
    if let Err(failure) = libtest(&registration) {
        // As the standard harness prints what a test returns. The hook has nothing to add to it.
        eprintln!("Error: {failure:?}");
        std::panic::resume_unwind(Box::new("a guarded test failed"));
    }
    false
}

/// Restores what the thread was inside of, also where a test panics.
struct Inside(*const u8);

impl Drop for Inside {
    fn drop(&mut self) {
        INSIDE.set(self.0);
    }
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
