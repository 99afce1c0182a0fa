//! Owns the processes of one test binary: how they are started, and how they ended.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    ops::Range,
    path::Path,
    process::{Command, ExitStatus, Stdio},
};

use alloc_guard_core::report::Gate;
use anyhow::{Context as _, Result};

use super::harness;
use crate::{
    cargo::{Environment, TestBinary},
    settings::{STRICT, Sites, TestSettings},
};

/// Where test processes write their records.
pub(crate) const RECORDS: &str = "ALLOC_GUARD_DIR";

/// Asks test processes for the sites of tests that keep their promise, too.
pub(super) const SITES: &str = "ALLOC_GUARD_SITES";

/// How long a command line may be. Windows takes 32,767 characters in all, Linux 128 kB for each
/// argument and some 2 MB for all, macOS 1 MB with the environment.
const LONGEST_COMMAND_LINE: usize = if cfg!(windows) { 30_000 } else { 100_000 };

/// A test binary, and how to run it.
#[derive(Debug)]
pub(super) struct Test<'a> {
    pub(super) binary: &'a TestBinary,
    pub(super) settings: &'a TestSettings,
    pub(super) gate: Gate,
    pub(super) environment: &'a Environment<'a>,
    pub(super) sites: Sites,
}

/// How a process ended.
#[derive(Debug)]
pub(super) struct End {
    /// The tests that it was to run, among all that were asked for.
    pub(super) tests: Range<usize>,
    pub(super) is_success: bool,
    /// `signal 6 (SIGABRT)`, `exit status 101`.
    pub(super) how: String,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

/// What to list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Listed {
    All,
    Ignored,
}

impl Test<'_> {
    /// Runs these tests, in as many processes as the length of a command line asks for.
    ///
    /// # Errors
    /// If a process cannot be started.
    pub(super) fn run(&self, names: &[String], folder: &Path) -> Result<Vec<End>> {
        chunks(names)
            .into_iter()
            .map(|tests| self.run_chunk(names, tests, folder))
            .collect()
    }

    fn run_chunk(&self, names: &[String], tests: Range<usize>, folder: &Path) -> Result<End> {
        // To files: a pipe would have to be read while the process runs, and would stay open for
        // as long as a child that a test has left behind.
        let stdout_path = folder.join(format!("stdout-{}", tests.start));
        let stderr_path = folder.join(format!("stderr-{}", tests.start));
        let mut command = self.command()?;
        command
            .arg("--exact")
            .args(names.get(tests.clone()).unwrap_or_default())
            .args(self.settings.ignored.option())
            .env(RECORDS, folder)
            .stdout(create(&stdout_path)?)
            .stderr(create(&stderr_path)?);
        if let Some(threads) = self.settings.threads {
            command.arg(format!("--test-threads={threads}"));
        }
        if self.sites == Sites::Always {
            command.env(SITES, "1");
        }
        if self.gate.strict {
            command.env(STRICT, "1");
        }
        let status = command
            .status()
            .with_context(|| format!("failed to start {}", self.binary.executable.display()))?;
        Ok(End {
            tests,
            is_success: status.success(),
            how: how(status),
            stdout: read(&stdout_path)?,
            stderr: read(&stderr_path)?,
        })
    }

    /// The names that the binary's harness lists; `None` if it knows of no such thing.
    pub(super) fn list(&self, listed: Listed) -> Option<BTreeSet<String>> {
        let mut command = self.command().ok()?;
        command.args(["--list", "--format", "terse"]);
        if listed == Listed::Ignored {
            command.arg("--ignored");
        }
        let output = command.output().ok()?;
        output
            .status
            .success()
            .then(|| harness::listed(&String::from_utf8_lossy(&output.stdout)))
    }

    fn command(&self) -> Result<Command> {
        let mut command = Command::new(&self.binary.executable);
        command.stdin(Stdio::null());
        self.environment.apply(&mut command, self.binary)?;
        Ok(command)
    }
}

fn create(path: &Path) -> Result<File> {
    File::create(path).with_context(|| format!("failed to write {}", path.display()))
}

fn read(path: &Path) -> Result<String> {
    let bytes = fs::read(path).with_context(|| format!("failed to read {}", path.display()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// How a process ended, in words.
pub(crate) fn how(status: ExitStatus) -> String {
    let text = status.to_string();
    text.trim_end_matches(" (core dumped)")
        .replacen(": ", " ", 1)
}

/// Cuts the names where a command line would become too long.
pub(crate) fn chunks(names: &[String]) -> Vec<Range<usize>> {
    let mut chunks = Vec::new();
    let (mut start, mut length) = (0, 0);
    for (index, name) in names.iter().enumerate() {
        // A space, or the zero at its end.
        let added = name.len() + 1;
        if length + added > LONGEST_COMMAND_LINE && index > start {
            chunks.push(start..index);
            (start, length) = (index, 0);
        }
        length += added;
    }
    if start < names.len() {
        chunks.push(start..names.len());
    }
    chunks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_in_one_chunk_and_no_chunk_is_too_long() {
        let names: Vec<_> = (0..20_000).map(|n| format!("module::test_{n}")).collect();
        let chunks = chunks(&names);
        assert!(chunks.len() > 1);
        let mut next = 0;
        for chunk in chunks {
            assert_eq!(chunk.start, next);
            let length: usize = names[chunk.clone()].iter().map(|name| name.len() + 1).sum();
            assert!(length <= LONGEST_COMMAND_LINE);
            next = chunk.end;
        }
        assert_eq!(next, names.len());
    }

    #[test]
    fn one_name_that_is_too_long_has_a_chunk_of_its_own() {
        let names = [
            "a".to_owned(),
            "b".repeat(LONGEST_COMMAND_LINE + 1),
            "c".to_owned(),
        ];
        assert_eq!(chunks(&names), [0..1, 1..2, 2..3]);
        assert_eq!(chunks(&[]), []);
    }

    #[cfg(unix)]
    #[test]
    fn an_end_is_named_as_the_system_names_it() {
        use std::os::unix::process::ExitStatusExt;

        for (raw, text) in [
            (6, "signal 6 (SIGABRT)"),
            (0x8b, "signal 11 (SIGSEGV)"),
            (101 << 8, "exit status 101"),
        ] {
            assert_eq!(how(ExitStatus::from_raw(raw)), text);
        }
    }
}
