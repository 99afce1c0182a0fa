//! `check`: builds and runs every guarded test of the workspace, prints one table, and gates.

use std::{
    fs,
    io::{self, ErrorKind, Write},
};

use anyhow::{Context as _, Result, bail};

use alloc_guard_core::report::{Record, count};

use crate::{
    cargo::{self, Environment, TestBinary},
    format::human::{self, Look},
    marks,
    progress::Progress,
    records::{Records as _, order},
    run::{self, RunFolder},
    settings::{CheckSettings, IgnoredTests, RecordFiles, TestSettings},
    status::Status,
};

/// Runs the command.
///
/// # Errors
/// If the build fails, there is no guarded test, a process cannot be started, or the table cannot be
/// written. A reader that has gone is no error.
pub(crate) fn run(settings: &CheckSettings, out: &mut dyn Write) -> Result<Status> {
    let build = cargo::build(&settings.cargo)?;
    let guarded = Guarded::find(&build.tests, &settings.tests)?;
    if guarded.chosen.is_empty() {
        bail!(nothing_to_run(
            &settings.tests,
            guarded.all,
            build.tests.len()
        ));
    }

    let folder = RunFolder::create(&build.workspace.target, settings.records)?;
    let environment = Environment::new(&settings.cargo, &build);
    let progress = Progress::new(settings.progress);
    let mut run: Vec<Record> = Vec::new();
    for (binary, names) in &guarded.chosen {
        let tests = count(names.len() as u64, "guarded test");
        progress.running(&format!("{} ({tests})", binary.source));
        let how = (&settings.tests, settings.gate);
        run.extend(run::run_binary(binary, names, how, &environment, &folder)?);
    }
    drop(progress);
    run.sort_by(order);
    if settings.records == RecordFiles::Kept {
        // Where nobody reads it, the folder is still where `--help` says.
        let _ = writeln!(
            io::stderr(),
            "the records are in {}",
            folder.path().display()
        );
    }
    if run.is_empty() {
        bail!(nothing_to_run(
            &settings.tests,
            guarded.all,
            build.tests.len()
        ));
    }

    let look = Look {
        root: &build.workspace.root,
        style: settings.style,
        gate: settings.gate,
    };
    patient(human::print(&run, &look, out)).context("failed to write the table")?;
    Ok(Status::of(&run.totals()?, settings.gate))
}

/// A reader that has gone is no error.
fn patient(written: Result<()>) -> Result<()> {
    match written {
        Err(error)
            if error
                .downcast_ref::<io::Error>()
                .is_some_and(|error| error.kind() == ErrorKind::BrokenPipe) =>
        {
            Ok(())
        }
        written => written,
    }
}

/// The guarded tests of a build.
struct Guarded<'a> {
    /// Those that are to run, binary by binary.
    chosen: Vec<(&'a TestBinary, Vec<String>)>,
    /// How many there are before the filters.
    all: usize,
}

impl<'a> Guarded<'a> {
    fn find(binaries: &'a [TestBinary], settings: &TestSettings) -> Result<Self> {
        let mut guarded = Self {
            chosen: Vec::new(),
            all: 0,
        };
        for binary in binaries {
            let bytes = fs::read(&binary.executable)
                .with_context(|| format!("failed to read {}", binary.executable.display()))?;
            let names = marks::guarded_tests(&bytes);
            guarded.all += names.len();
            let chosen: Vec<_> = names
                .into_iter()
                .filter(|name| settings.wants(name))
                .collect();
            if !chosen.is_empty() {
                guarded.chosen.push((binary, chosen));
            }
        }
        Ok(guarded)
    }
}

/// Why there is nothing to run, and what to do.
fn nothing_to_run(settings: &TestSettings, guarded: usize, binaries: usize) -> String {
    if guarded == 0 {
        return format!(
            "no guarded test in {}: add `alloc-guard` to `[dev-dependencies]` and `#[alloc_guard::alloc_free]` to a test",
            count(binaries as u64, "test target")
        );
    }
    let mut wanted = Vec::new();
    if !settings.filters.is_empty() {
        let filters: Vec<_> = settings
            .filters
            .iter()
            .map(|filter| format!("`{filter}`"))
            .collect();
        wanted.push(format!("has {} in its name", filters.join(" or ")));
    }
    if settings.ignored == IgnoredTests::Only {
        wanted.push("is ignored".to_owned());
    }
    if wanted.is_empty() {
        wanted
            .push("is run by its harness: a test stands in a module, not in a function".to_owned());
    }
    format!(
        "no guarded test {}; without filters there are {guarded}",
        wanted.join(" and ")
    )
}
