//! `accept`: takes what was measured over into the packages' baselines.

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use alloc_guard_core::{
    baseline::FILE_NAME,
    report::{Gate, Record, count},
};
use anyhow::{Context as _, Result, bail};

use crate::{
    arguments::AcceptArguments,
    baseline::{self, Accepted, Extent, Lock, Measured, Present, Totals},
    cargo::{Package, Workspace},
    progress::Progress,
    settings::{self, CargoSettings, style_of_stdout},
    status::Status,
    store::{self, Replacement},
};

/// Runs the command.
///
/// # Errors
/// If `CI` is set, there is no run, or a file cannot be read or written. Then no baseline is changed.
pub(crate) fn run(arguments: AcceptArguments, out: &mut dyn Write) -> Result<Status> {
    if Gate::from_environment().ci && !arguments.dry_run {
        bail!(
            "nothing writes in CI: run `cargo alloc-guard accept` on your machine and commit {FILE_NAME}, or see what would change with `--dry-run`"
        );
    }
    let style = style_of_stdout(arguments.color);
    let cargo = CargoSettings::of_workspace(arguments.manifest_path, arguments.target_dir);
    let workspace = Workspace::read(&cargo)?;
    for name in &arguments.packages {
        if workspace.member(name).is_none() {
            bail!("there is no package {name} in the workspace");
        }
    }
    let run = if arguments.inputs.is_empty() {
        store::last(&workspace.target)?
    } else {
        let progress = Progress::new(settings::Progress::of_stderr());
        store::merge(&arguments.inputs, None, &mut |path| {
            progress.reading(path);
        })?
    };
    let choice = Choice {
        only: &arguments.only,
        packages: &arguments.packages,
    };
    let measured = baseline::gather(&run, &|record| choice.wants(record))?;

    let mut strangers = Vec::new();
    let mut files = Vec::new();
    // Nobody else writes between the reading and the writing.
    let lock = (!arguments.dry_run).then(|| Lock::take(&workspace.target));
    let _lock = lock.transpose()?;
    for (name, measured) in &measured {
        match workspace.member(name) {
            Some(package) => files.push(File::new(package, measured, &workspace, &choice)?),
            None if measured.has_held() => strangers.push(name.as_str()),
            None => {}
        }
    }
    if !arguments.dry_run {
        write(&files)?;
    }

    let mut totals = Totals::default();
    for file in &files {
        totals.add(file.accepted.changes.totals());
        if !file.accepted.changes.is_silent() {
            let changes = &file.accepted.changes;
            baseline::print(&file.package, &file.shown, changes, style, out)
                .context("failed to write what changed")?;
        }
    }
    for name in strangers {
        writeln!(
            out,
            "{} {name}  left out: it is no package of this workspace",
            style.yellow("!")
        )?;
    }
    let changed = files.iter().filter(|file| file.accepted.text.is_some());
    let changed = count(changed.count() as u64, "baseline");
    let would = if arguments.dry_run { " would be" } else { "" };
    writeln!(out, "{}: {changed}{would} written", totals.words())?;
    out.flush()?;
    Ok(Status::AsExpected)
}

/// What is to be taken over.
struct Choice<'a> {
    only: &'a [String],
    packages: &'a [String],
}

impl Choice<'_> {
    fn wants(&self, record: &Record) -> bool {
        (self.only.is_empty() || self.only.iter().any(|text| record.name.contains(text)))
            && (self.packages.is_empty() || self.packages.contains(&record.package))
    }

    fn extent(&self) -> Extent {
        if self.only.is_empty() {
            Extent::Whole
        } else {
            Extent::Chosen
        }
    }
}

/// A package's baseline as it is to be.
struct File {
    package: String,
    path: PathBuf,
    /// The path as a person reads it.
    shown: String,
    accepted: Accepted,
}

impl File {
    fn new(
        package: &Package,
        measured: &Measured,
        workspace: &Workspace,
        choice: &Choice<'_>,
    ) -> Result<Self> {
        let path = package.folder().join(FILE_NAME);
        let shown = shown(&path, &workspace.root);
        let text = baseline::read(&path)?;
        let present = match (&text, choice.extent()) {
            (Some(_), Extent::Whole) => Present::of(package, measured),
            _ => Present::default(),
        };
        let accepted =
            baseline::accept(&shown, text.as_deref(), measured, &present, choice.extent())?;
        Ok(Self {
            package: package.name.clone(),
            path,
            shown,
            accepted,
        })
    }
}

/// Writes every file beside its place before the first takes its place.
fn write(files: &[File]) -> Result<()> {
    let mut replacements = Vec::new();
    for file in files {
        if let Some(text) = &file.accepted.text {
            let write = |out: &mut dyn Write| Ok(out.write_all(text.as_bytes())?);
            replacements.push(Replacement::write(&file.path, write)?);
        }
    }
    for replacement in replacements {
        replacement.commit()?;
    }
    Ok(())
}

/// A path below the workspace, with `/` between its parts.
fn shown(path: &Path, root: &Path) -> String {
    path.strip_prefix(root)
        .unwrap_or(path)
        .to_string_lossy()
        .replace('\\', "/")
}
