//! Owns the course of a recording: test binaries run one after the other with the recorder on.

use std::{
    ffi::OsString,
    fs::File,
    io,
    num::{NonZeroU64, NonZeroUsize},
    path::Path,
    process::{Command, ExitStatus, Stdio},
};

use anyhow::{Context as _, Result};

use crate::{
    cargo::{Environment, TestBinary},
    profiles::RECORDS_FOLDER,
    progress::Progress,
    run::RECORDS,
};

/// Where test processes record, and how.
const FOLDER: &str = "ALLOC_GUARD_PROFILE";
const SAMPLE: &str = "ALLOC_GUARD_PROFILE_SAMPLE";
const DEALLOCATIONS: &str = "ALLOC_GUARD_PROFILE_DEALLOCATIONS";

/// How test binaries are recorded.
#[derive(Debug)]
pub(crate) struct Recorder<'a> {
    pub(crate) environment: &'a Environment<'a>,
    pub(crate) options: Options,
    /// Where profiles go, and records below it: absolute, as test processes have folders of their own to start in.
    pub(crate) folder: &'a Path,
    pub(crate) printed: Printed<'a>,
}

/// What is recorded.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    pub(crate) sample: Option<NonZeroU64>,
    pub(crate) deallocations: bool,
    /// How many tests of a binary run at once.
    pub(crate) threads: Option<NonZeroUsize>,
}

/// Where what tests print goes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Printed<'a> {
    /// Standard output is for what was recorded.
    ToStderr,
    /// To a file for each process.
    ToFolder(&'a Path),
}

/// A test binary, and what its harness is told of which tests are to run.
#[derive(Debug)]
pub(crate) struct Selected<'a> {
    pub(crate) binary: &'a TestBinary,
    pub(crate) arguments: Vec<OsString>,
}

/// How a recorded process ended.
#[derive(Debug)]
pub(crate) struct End<'a> {
    pub(crate) binary: &'a TestBinary,
    pub(crate) status: ExitStatus,
}

impl Selected<'_> {
    /// A command that runs these tests, and records nothing.
    ///
    /// # Errors
    /// If a folder's name cannot stand in the loader's search path.
    pub(crate) fn command(&self, environment: &Environment<'_>) -> Result<Command> {
        let mut command = Command::new(&self.binary.executable);
        command.stdin(Stdio::null()).args(&self.arguments);
        environment.apply(&mut command, self.binary)?;
        for variable in [FOLDER, SAMPLE, DEALLOCATIONS] {
            command.env_remove(variable);
        }
        Ok(command)
    }

    /// What a file for what it prints is called.
    pub(crate) fn log(&self, number: usize, kind: &str) -> String {
        let TestBinary {
            package, target, ..
        } = self.binary;
        format!("{number:02}-{}-{target}{kind}.log", package.name)
    }
}

impl Recorder<'_> {
    /// Runs and records these tests.
    ///
    /// # Errors
    /// If a process cannot be started, or a file for what it prints cannot be written.
    pub(crate) fn run<'a>(
        &self,
        selected: &[Selected<'a>],
        progress: &Progress,
    ) -> Result<Vec<End<'a>>> {
        let mut ends = Vec::new();
        for (number, tests) in (1..).zip(selected) {
            let binary = tests.binary;
            progress.running(&format!("{} (recorded)", binary.source));
            let mut command = tests.command(self.environment)?;
            if let Some(threads) = self.options.threads {
                command.arg(format!("--test-threads={threads}"));
            }
            command
                .env(FOLDER, self.folder)
                .env(RECORDS, self.folder.join(RECORDS_FOLDER));
            if let Some(sample) = self.options.sample {
                command.env(SAMPLE, sample.to_string());
            }
            if self.options.deallocations {
                command.env(DEALLOCATIONS, "1");
            }
            match self.printed {
                Printed::ToStderr => {
                    command.stdout(Stdio::from(io::stderr()));
                }
                Printed::ToFolder(folder) => {
                    print_to(&mut command, &folder.join(tests.log(number, "")))?;
                }
            }
            let status = command
                .status()
                .with_context(|| format!("failed to start {}", binary.executable.display()))?;
            ends.push(End { binary, status });
        }
        Ok(ends)
    }
}

/// Sends what a command prints to a file, in the order in which it is printed.
///
/// # Errors
/// If the file cannot be written.
pub(crate) fn print_to(command: &mut Command, path: &Path) -> Result<()> {
    let writing = || format!("failed to write {}", path.display());
    let log = File::create(path).with_context(writing)?;
    let both = log.try_clone().with_context(writing)?;
    command.stdout(log).stderr(both);
    Ok(())
}
