//! `diff`: says what changed between two runs, or between the runs of two revisions.

use std::{
    fs::{self, File},
    io::Write,
    num::NonZeroUsize,
    path::{Path, PathBuf},
};

use alloc_guard_core::report::{Gate, Record};
use anyhow::{Context as _, Result};

use crate::{
    arguments::{DiffArguments, DiffFormat},
    cargo::Workspace,
    diff::{self, Revision},
    records::Records,
    run,
    settings::{
        CargoSettings, IgnoredTests, Progress, RunSettings, Runner, Sites, TestSettings,
        style_of_stdout,
    },
    status::Status,
    store,
};

/// Runs the command.
///
/// # Errors
/// If a side is neither records nor a revision, a revision does not build, or the changes cannot be
/// written.
pub(crate) fn run(arguments: DiffArguments, out: &mut dyn Write) -> Result<Status> {
    let style = style_of_stdout(arguments.color);
    let cargo = CargoSettings::new(arguments.cargo);
    let before = side(&arguments.before, &cargo)?;
    let after = match &arguments.after {
        Some(after) => side(after, &cargo)?,
        None => Box::new(store::last(&Workspace::read(&cargo)?.target)?),
    };
    let comparison = diff::compare(&*before, &*after)?;
    match arguments.format {
        DiffFormat::Human => diff::print_human(&comparison, style, out),
        DiffFormat::Markdown => diff::print_markdown(&comparison, out),
        DiffFormat::Json => diff::print_json(&comparison, out),
    }
    .context("failed to write the changes")?;
    Ok(if comparison.is_worse() {
        Status::Failed
    } else {
        Status::AsExpected
    })
}

/// One of the two runs: read where there are records, run where there is a revision.
fn side(name: &str, cargo: &CargoSettings) -> Result<Box<dyn Records>> {
    let path = PathBuf::from(name);
    if path.exists() {
        return Ok(Box::new(store::merge(&[path], None, &mut |_| {})?));
    }
    let workspace = Workspace::read(cargo)?;
    let revision = Revision::find(name, &workspace.root)?;
    let folder = store::folder(&workspace.target).join("revisions");
    fs::create_dir_all(&folder)
        .with_context(|| format!("failed to make the folder {}", folder.display()))?;
    // There is one folder for sources, and another `diff` may be using it.
    let lock = folder.join("lock");
    let lock =
        File::create(&lock).with_context(|| format!("failed to write {}", lock.display()))?;
    lock.lock().context("failed to wait for another `diff`")?;
    let sources = revision.check_out(&folder.join("source"), &folder.join("index"))?;
    let records = run_revision(cargo, &sources, &folder)
        .with_context(|| format!("failed to run the tests of {name} ({})", revision.short()))?;
    Ok(Box::new(records))
}

fn run_revision(cargo: &CargoSettings, sources: &Path, folder: &Path) -> Result<Vec<Record>> {
    let settings = RunSettings {
        cargo: CargoSettings {
            manifest_path: Some(sources.join("Cargo.toml")),
            // Not the user's: to cargo the sources there and here are the same package.
            target_dir: Some(folder.join("target")),
            ..cargo.clone()
        },
        tests: TestSettings {
            filters: Vec::new(),
            ignored: IgnoredTests::LeftOut,
            threads: None,
        },
        gate: Gate::default(),
        runner: Runner::Direct,
        repeat: NonZeroUsize::MIN,
        sites: Sites::Always,
        progress: Progress::of_stderr(),
    };
    Ok(run::run(&settings)?.records)
}
