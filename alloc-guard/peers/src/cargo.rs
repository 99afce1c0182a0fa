//! Owns crates that are written for a measurement and built by cargo, offline.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};

use crate::clock;

/// What a command took.
#[derive(Clone, Copy, Debug)]
pub struct Taken {
    /// CPU time of it and of what it started.
    pub cpu: Duration,
    /// Time on the wall.
    pub wall: Duration,
}

/// The root of this repository.
#[must_use]
pub fn repository() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}

/// Writes the files of a package in `folder`, with this repository's lock file: what it builds is
/// what is tested here.
///
/// # Errors
/// If a file cannot be written.
pub fn write(folder: &Path, files: &[(&str, &str)]) -> Result<()> {
    for (name, text) in files {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(&path, text).with_context(|| format!("failed to write {}", path.display()))?;
    }
    fs::copy(repository().join("Cargo.lock"), folder.join("Cargo.lock"))
        .context("failed to copy the lock file")?;
    Ok(())
}

/// `cargo ARGUMENTS` in `folder`, offline, with a target directory of its own there.
#[must_use]
pub fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command
        .args(arguments)
        .current_dir(folder)
        .env("CARGO_NET_OFFLINE", "true")
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .env("CARGO_INCREMENTAL", "0")
        .env_remove("RUSTFLAGS");
    command
}

/// Has cargo download what the package in `folder` needs, so that it can be built offline.
///
/// # Errors
/// If it cannot.
pub fn fetch(folder: &Path) -> Result<()> {
    run(command(folder, &["fetch", "--quiet"]).env_remove("CARGO_NET_OFFLINE"))?;
    Ok(())
}

/// Runs a command to its end, and returns what it took and printed, errors and progress last.
///
/// # Errors
/// If it cannot be started or fails.
pub fn run(command: &mut Command) -> Result<(Taken, String)> {
    let (cpu, wall) = (clock::children(), Instant::now());
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("failed to start {command:?}"))?;
    let taken = Taken {
        cpu: clock::children().saturating_sub(cpu),
        wall: wall.elapsed(),
    };
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.push_str(&String::from_utf8_lossy(&output.stderr));
    if !output.status.success() {
        bail!("{command:?} ended with {}:\n{text}", output.status);
    }
    Ok((taken, text))
}
