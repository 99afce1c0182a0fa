//! `check`: builds and runs every guarded test of the workspace, prints one table, and gates.

use std::{
    fs,
    io::{self, ErrorKind, Write},
};

use anyhow::{Context as _, Result, bail};

use alloc_guard_core::report::{Totals, count};

use crate::{
    cargo::{self, Environment, TestBinary},
    marks,
    progress::Progress,
    run::{self, RunFolder},
    settings::{CheckSettings, IgnoredTests, RecordFiles, Strictness, TestSettings},
    status::Status,
    table::Table,
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
    let mut runs = Vec::new();
    for (binary, names) in &guarded.chosen {
        let tests = count(names.len() as u64, "guarded test");
        progress.running(&format!("{} ({tests})", binary.source));
        let run = run::run_binary(binary, names, &settings.tests, &environment, &folder)?;
        if !run.rows.is_empty() || !run.broken.is_empty() {
            runs.push(run);
        }
    }
    drop(progress);
    if settings.records == RecordFiles::Kept {
        // Where nobody reads it, the folder is still where `--help` says.
        let _ = writeln!(
            io::stderr(),
            "the records are in {}",
            folder.path().display()
        );
    }
    if runs.is_empty() {
        bail!(nothing_to_run(
            &settings.tests,
            guarded.all,
            build.tests.len()
        ));
    }

    let table = Table {
        runs: &runs,
        root: &build.workspace.root,
        style: settings.style,
        strictness: settings.tests.strictness,
    };
    match table.print(out) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            return Err(error).context("failed to write the table");
        }
        _ => {}
    }
    let is_broken = runs.iter().any(|run| !run.broken.is_empty());
    Ok(status(
        &table.totals(),
        is_broken,
        settings.tests.strictness,
    ))
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

fn status(totals: &Totals, is_broken: bool, strictness: Strictness) -> Status {
    if is_broken || totals.regressed + totals.failed + totals.unguarded > 0 {
        Status::Failed
    } else if totals.improved > 0 && strictness == Strictness::Strict {
        Status::Improved
    } else {
        Status::AsExpected
    }
}
