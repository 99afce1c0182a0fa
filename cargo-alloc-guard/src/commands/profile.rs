//! `profile`: builds and runs the tests of the workspace with the recorder on, and says what was recorded.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs, io,
    io::Write,
    path::{Path, PathBuf},
    process::Command,
};

use alloc_guard_core::report::{bytes, count};
use anyhow::{Context as _, Result, bail};

use crate::{
    arguments::ProfileArguments,
    cargo::{self, Build, Environment, Variables},
    progress::Progress,
    recording::{self, End, Options, Printed, Recorder, Recording, Selected, Sums},
    settings::{self, CargoSettings, TestSettings},
    status::Status,
};

/// What `profile` is to do.
#[derive(Debug)]
pub(crate) struct ProfileSettings {
    cargo: CargoSettings,
    tests: TestSettings,
    options: Options,
    output: Option<PathBuf>,
}

impl ProfileSettings {
    /// What these arguments mean.
    pub(super) fn new(arguments: ProfileArguments) -> Self {
        let tests = TestSettings::new(arguments.tests);
        Self {
            cargo: CargoSettings::new(arguments.cargo).with_optimised_guard(),
            options: Options {
                sample: arguments.sample,
                deallocations: arguments.deallocations,
                threads: tests.threads,
            },
            tests,
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
    recording::empty(&folder)?;
    // Test processes have folders of their own to start in.
    let folder = fs::canonicalize(&folder)
        .with_context(|| format!("failed to find {}", folder.display()))?;
    let environment = Environment::new(&settings.cargo, &build, &Variables::All);
    let progress = Progress::new(settings::Progress::of_stderr());
    let selected = select(settings, &build, &environment, &progress)?;
    let recorder = Recorder {
        environment: &environment,
        options: settings.options.clone(),
        folder: &folder,
        printed: Printed::ToStderr,
    };
    let ends = recorder.run(&selected, &progress)?;
    drop(progress);
    let recordings = recording::recordings(&folder)?;
    if recordings.is_empty() {
        bail!(nothing(settings, &build, ends.len()));
    }
    write(&recordings, &folder, out).context("failed to write what was recorded")?;
    let mut status = Status::AsExpected;
    for End {
        binary,
        status: end,
    } in &ends
    {
        if !end.success() {
            let (package, source) = (&binary.package.name, &binary.source);
            let _ = writeln!(
                io::stderr(),
                "warning: {source} of {package} ended with {end}"
            );
            status = Status::Failed;
        }
    }
    Ok(status)
}

/// The binaries that have such a test.
fn select<'a>(
    settings: &ProfileSettings,
    build: &'a Build,
    environment: &Environment<'_>,
    progress: &Progress,
) -> Result<Vec<Selected<'a>>> {
    let mut selected = Vec::new();
    for binary in &build.tests {
        progress.running(&format!("{} (listed)", binary.source));
        let filters = settings.tests.filters.iter().map(OsString::from);
        let ignored = settings.tests.ignored.option().map(OsString::from);
        let tests = Selected {
            binary,
            arguments: filters.chain(ignored).collect(),
        };
        let mut list = tests.command(environment)?;
        if !is_nothing(list.args(["--list", "--format", "terse"])) {
            selected.push(tests);
        }
    }
    Ok(selected)
}

/// Whether a harness lists no test. One that cannot list is run.
fn is_nothing(list: &mut Command) -> bool {
    list.output().is_ok_and(|output| {
        let stdout = String::from_utf8_lossy(&output.stdout);
        output.status.success() && !stdout.lines().any(|line| line.ends_with(": test"))
    })
}

/// Why nothing was recorded.
fn nothing(settings: &ProfileSettings, build: &Build, processes: usize) -> String {
    let binaries = count(build.tests.len() as u64, "test target");
    if processes == 0 {
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
