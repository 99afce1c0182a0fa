//! What has misled other tools, each with a test named after it: a lock that deadlocks, a check that
//! passes when it should not, a suite that fails for what the harness did.
//!
//! A guarded test that must regress cannot stand in a suite that must pass, so most tests here make
//! a registration by hand and look at what the standard harness would be told.

mod threads;
mod verdicts;
mod what_counts;

use alloc_guard::__private::{Body, Expectation, Registration};

/// What the attribute would have registered for `body`.
fn registration(expectation: Expectation, body: Body) -> Registration {
    Registration {
        marked_name: "pitfalls::by_hand",
        title: "",
        file: file!(),
        line: line!(),
        package: env!("CARGO_PKG_NAME"),
        manifest_dir: env!("CARGO_MANIFEST_DIR"),
        debug: cfg!(debug_assertions),
        expectation,
        process: false,
        warmup: 0,
        ignored: None,
        should_panic: None,
        body,
    }
}

/// Runs a registration as its `#[test]` stub would. `Err` holds the text of the failure.
fn verdict(registration: Registration) -> Result<(), String> {
    // A registration is a static; a test's process is short.
    alloc_guard::__private::libtest(Box::leak(Box::new(registration)))
        .map_err(|failure| format!("{failure:?}"))
}

/// Runs `body` as `#[alloc_free]`.
fn alloc_free(body: fn()) -> Result<(), String> {
    verdict(registration(Expectation::ALLOC_FREE, Body::Plain(body)))
}

/// Asserts that `#[alloc_free]` on `body` regresses with `allocations`, and that a line of this
/// folder is named. Returns the text.
#[track_caller]
fn regresses(body: fn(), allocations: &str) -> String {
    let text = alloc_free(body).expect_err("it allocates, so it must regress");
    assert!(
        text.contains(&format!("REGRESSED: {allocations}")),
        "{text}"
    );
    assert!(text.contains("--> alloc-guard/tests/pitfalls/"), "{text}");
    text
}

/// Runs one test of this binary in a process of its own, and returns whether it passed and what it
/// printed.
fn in_own_process(test: &str, arguments: &[&str], variables: &[(&str, &str)]) -> (bool, String) {
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test])
        .args(arguments)
        // What decides how much is captured and printed is the caller's to say.
        .env_remove("RUST_BACKTRACE")
        .env_remove("NEXTEST_EXECUTION_MODE")
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    let bytes = [output.stdout, output.stderr].concat();
    let printed = String::from_utf8_lossy(&bytes).into_owned();
    assert!(
        printed.contains("running 1 test"),
        "{test} is no test of this binary:\n{printed}"
    );
    (output.status.success(), printed)
}
