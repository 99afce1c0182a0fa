//! What a process that is asked to record writes down: read back, and compared with what the program
//! knows of itself.
//!
//! Each test runs this binary again with one [`scenario`] and the recorder on.

#![cfg(unix)]

mod ends;
mod guarded;
mod options;
mod profile;
mod scenario;
mod sums;

use std::{
    path::Path,
    process::{Command, Output},
};

use alloc_guard as _;

use crate::profile::Profile;

/// The folder to record into.
const PROFILE: &str = "ALLOC_GUARD_PROFILE";

/// A command that runs `scenario` in a process of its own.
fn command(scenario: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", scenario::NAME, "--nocapture", "--test-threads=1"])
        .env(scenario::VARIABLE, scenario)
        .env_remove(PROFILE);
    command
}

fn output(scenario: &str, folder: &Path) -> Output {
    command(scenario).env(PROFILE, folder).output().unwrap()
}

/// What the process that ran `scenario` wrote down.
fn record(scenario: &str) -> Profile {
    let folder = tempfile::tempdir().unwrap();
    let output = output(scenario, folder.path());
    assert!(output.status.success(), "{output:?}");
    let profile = Profile::only_one_in(folder.path());
    assert_eq!((profile.cut_off, profile.lost.0), (0, 0));
    profile
}
