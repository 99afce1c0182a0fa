//! Owns the question whether a program is there.

use std::{
    io::Write as _,
    process::{Command, Stdio},
};

/// Whether `program` can be started. `ALLOC_GUARD_REQUIRE_PROGRAM=1` says that it has to be there.
pub(crate) fn is_here(program: &str, argument: &str) -> bool {
    let here = Command::new(program)
        .arg(argument)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok();
    here || is_spared(program)
}

/// Says that nothing is checked with `what`, unless it is required.
pub(crate) fn is_spared(what: &str) -> bool {
    let require = format!(
        "ALLOC_GUARD_REQUIRE_{}",
        what.to_uppercase().replace('-', "_")
    );
    assert!(
        std::env::var_os(&require).is_none_or(|value| value != "1"),
        "{require}=1, but {what} is not there"
    );
    // Past the capture of libtest, which would hide it in a test that passes.
    let text = format!("\nNOT READ BACK: {what} is not there\n\n");
    let _ = std::io::stderr().write_all(text.as_bytes());
    false
}
