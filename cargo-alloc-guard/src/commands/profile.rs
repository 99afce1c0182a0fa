//! `profile`: builds and runs the tests of the workspace with the recorder on, and says what was recorded.

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    fs, io,
    io::Write,
    num::NonZeroU64,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use alloc_guard_core::report::{bytes, count};
use anyhow::{Context as _, Result, bail};

use crate::{
    arguments::ProfileArguments,
    cargo::{self, Build, Environment, TestBinary},
    profiles::RECORDS_FOLDER,
    progress::Progress,
    recording::{EXTENSION, Recording, Sums},
    run::RECORDS,
    settings::{self, CargoSettings, TestSettings},
    status::Status,
};

/// Where test processes record, and how.
const FOLDER: &str = "ALLOC_GUARD_PROFILE";
const SAMPLE: &str = "ALLOC_GUARD_PROFILE_SAMPLE";
const DEALLOCATIONS: &str = "ALLOC_GUARD_PROFILE_DEALLOCATIONS";

/// What `profile` is to do.
#[derive(Debug)]
pub(crate) struct ProfileSettings {
    cargo: CargoSettings,
    tests: TestSettings,
    sample: Option<NonZeroU64>,
    deallocations: bool,
    output: Option<PathBuf>,
}

impl ProfileSettings {
    /// What these arguments mean.
    pub(super) fn new(arguments: ProfileArguments) -> Self {
        Self {
            cargo: CargoSettings::new(arguments.cargo),
            tests: TestSettings::new(arguments.tests),
            sample: arguments.sample,
            deallocations: arguments.deallocations,
            output: arguments.output,
        }
    }
}

/// Runs the command.
///
/// # Errors
/// If the build fails, a process cannot be started, or nothing was recorded.
pub(crate) fn run(settings: &ProfileSettings, out: &mut dyn Write) -> Result<Status> {
    let build = cargo::build(&settings.cargo)?;
    let usual = || build.workspace.target.join("alloc-guard").join("profile");
    let folder = settings.output.clone().unwrap_or_else(usual);
    empty(&folder)?;
    // Test processes have folders of their own to start in.
    let folder = fs::canonicalize(&folder)
        .with_context(|| format!("failed to find {}", folder.display()))?;
    let ran = run_tests(settings, &build, &folder)?;
    let recordings = read(&folder)?;
    if recordings.is_empty() {
        bail!(nothing(settings, &build, &ran));
    }
    write(&recordings, &folder, out).context("failed to write what was recorded")?;
    Ok(if ran.failed.is_empty() {
        Status::AsExpected
    } else {
        for failed in &ran.failed {
            let _ = writeln!(io::stderr(), "warning: {failed}");
        }
        Status::Failed
    })
}

/// Makes the folder and one for records in it, and takes earlier profiles and records out of them, and nothing else.
fn empty(folder: &Path) -> Result<()> {
    let records = folder.join(RECORDS_FOLDER);
    fs::create_dir_all(&records)
        .with_context(|| format!("failed to make the folder {}", records.display()))?;
    let earlier = [files(folder, EXTENSION)?, files(&records, "jsonl")?];
    for path in earlier.into_iter().flatten() {
        fs::remove_file(&path).with_context(|| format!("failed to remove {}", path.display()))?;
    }
    Ok(())
}

fn files(folder: &Path, extension: &str) -> Result<Vec<PathBuf>> {
    let reading = || format!("failed to read the folder {}", folder.display());
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(reading)? {
        let path = entry.with_context(reading)?.path();
        if path.extension() == Some(OsStr::new(extension)) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// What running came to.
#[derive(Debug, Default)]
struct Ran {
    processes: usize,
    /// What is to be said of those that failed.
    failed: Vec<String>,
}

fn run_tests(settings: &ProfileSettings, build: &Build, folder: &Path) -> Result<Ran> {
    let environment = Environment::new(&settings.cargo, build);
    let progress = Progress::new(settings::Progress::of_stderr());
    let mut ran = Ran::default();
    for binary in &build.tests {
        progress.running(&format!("{} (recorded)", binary.source));
        let mut command = command(settings, &environment, binary)?;
        if is_nothing(command.args(["--list", "--format", "terse"])) {
            continue;
        }
        let mut command = self::command(settings, &environment, binary)?;
        if let Some(threads) = settings.tests.threads {
            command.arg(format!("--test-threads={threads}"));
        }
        command
            .env(FOLDER, folder)
            .env(RECORDS, folder.join(RECORDS_FOLDER));
        if let Some(sample) = settings.sample {
            command.env(SAMPLE, sample.to_string());
        }
        if settings.deallocations {
            command.env(DEALLOCATIONS, "1");
        }
        // Standard output is for what was recorded.
        let status = command
            .stdout(Stdio::from(io::stderr()))
            .status()
            .with_context(|| format!("failed to start {}", binary.executable.display()))?;
        ran.processes += 1;
        if !status.success() {
            let (package, source) = (&binary.package.name, &binary.source);
            ran.failed
                .push(format!("{source} of {package} ended with {status}"));
        }
    }
    Ok(ran)
}

/// A command that selects the tests, and records nothing.
fn command(
    settings: &ProfileSettings,
    environment: &Environment<'_>,
    binary: &TestBinary,
) -> Result<Command> {
    let mut command = Command::new(&binary.executable);
    command
        .stdin(Stdio::null())
        .args(&settings.tests.filters)
        .args(settings.tests.ignored.option());
    environment.apply(&mut command, binary)?;
    for variable in [FOLDER, SAMPLE, DEALLOCATIONS] {
        command.env_remove(variable);
    }
    Ok(command)
}

/// Whether a harness lists no test. One that cannot list is run.
fn is_nothing(list: &mut Command) -> bool {
    list.output().is_ok_and(|output| {
        let stdout = String::from_utf8_lossy(&output.stdout);
        output.status.success() && !stdout.lines().any(|line| line.ends_with(": test"))
    })
}

/// Why nothing was recorded.
fn nothing(settings: &ProfileSettings, build: &Build, ran: &Ran) -> String {
    let binaries = count(build.tests.len() as u64, "test target");
    if ran.processes == 0 {
        let filters = settings.tests.filters.join("` or `");
        return match filters.as_str() {
            "" => format!("no profiling data: there is no test in {binaries}"),
            filters => format!("no profiling data: no test has `{filters}` in its name"),
        };
    }
    "no profiling data: no test binary that ran links the guard: add `alloc-guard` to `[dev-dependencies]`, \
     and use it (`use alloc_guard as _;` is enough)"
        .to_owned()
}

fn read(folder: &Path) -> Result<BTreeMap<String, Recording>> {
    let mut recordings = BTreeMap::new();
    for path in files(folder, EXTENSION)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        recordings.insert(name.into_owned(), Recording::read(&path)?);
    }
    Ok(recordings)
}

fn write(
    recordings: &BTreeMap<String, Recording>,
    folder: &Path,
    out: &mut dyn Write,
) -> io::Result<()> {
    let width = recordings.keys().map(String::len).max().unwrap_or(0);
    let mut sums = Sums::default();
    let (mut size, mut lost) = (0, 0);
    for (name, recording) in recordings {
        size += recording.size;
        lost += recording.lost;
        let calls = match recording.sums {
            Some(of_one) => {
                sums.allocations += of_one.allocations;
                sums.bytes += of_one.bytes;
                sums.deallocations += of_one.deallocations;
                calls(of_one)
            }
            None => "did not end well: it has what was written up to then".to_owned(),
        };
        writeln!(out, "{name:width$}  {:>9}  {calls}", bytes(recording.size))?;
    }
    let processes = match recordings.len() {
        1 => "1 process".to_owned(),
        many => format!("{many} processes"),
    };
    writeln!(out, "\n{processes}: {}", calls(sums))?;
    if lost > 0 {
        writeln!(out, "{} could not be recorded", count(lost, "call"))?;
    }
    writeln!(out, "{} in {}", bytes(size), folder.display())?;
    writeln!(
        out,
        "next: `cargo alloc-guard serve` shows it, `cargo alloc-guard report --format html` writes it to a page, while the \
         test binaries are there, which have the names of the functions"
    )
}

fn calls(sums: Sums) -> String {
    format!(
        "{} · {} · {}",
        count(sums.allocations, "allocation"),
        bytes(sums.bytes),
        count(sums.deallocations, "deallocation")
    )
}
