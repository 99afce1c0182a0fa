//! Owns how the rows are measured in one build profile.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, ensure};

use super::{data::Measured, packages::Package, sites::sites};
use crate::{
    compare::describe,
    counts::{Counts, Totals},
    operations::{ROWS, Row},
    output::run_all,
    run::FIRST,
    valgrind::mismatched_totals,
};

/// The binaries of one build profile.
#[derive(Clone, Debug)]
pub struct Programs {
    /// With the system allocator.
    pub bare: PathBuf,
    /// With the guard, to be recorded.
    pub recorded: PathBuf,
    /// Counted by the crate `dhat`.
    pub with_dhat: PathBuf,
    /// Counted by us.
    pub with_guard: PathBuf,
}

impl Programs {
    /// Those in one folder.
    #[must_use]
    pub fn in_folder(folder: &Path) -> Self {
        let program = |name| {
            folder
                .join(name)
                .with_extension(std::env::consts::EXE_EXTENSION)
        };
        Self {
            bare: program("bare"),
            recorded: program("recorded"),
            with_dhat: program("with_dhat"),
            with_guard: program("with_guard"),
        }
    }

    /// Refuses if our counts are not those of the crate `dhat` and of valgrind's DHAT, for every operation.
    ///
    /// # Errors
    /// If they are not, or cannot be had.
    pub fn hold_against_valgrind(&self) -> anyhow::Result<()> {
        let folder = tempfile::tempdir()?;
        let ours: Vec<(_, Counts)> = run_all(&self.with_guard)?;
        let mismatches = mismatched_totals(&self.bare, folder.path(), &ours)?;
        ensure!(mismatches.is_empty(), "{}", describe(&mismatches));
        Ok(())
    }
}

/// Measures every row. Refuses if our counts are not those of the crate `dhat`.
///
/// # Errors
/// If they are not, or a program fails.
pub fn measure(
    programs: &Programs,
    packages: &BTreeMap<String, Package>,
) -> anyhow::Result<BTreeMap<String, Measured>> {
    let ours: Vec<(_, Counts)> = run_all(&programs.with_guard)?;
    let theirs: Vec<(_, Totals)> = run_all(&programs.with_dhat)?;
    let mismatches: Vec<_> = ours
        .iter()
        .zip(&theirs)
        .flat_map(|((operation, ours), (_, theirs))| ours.compare_totals(operation, theirs))
        .collect();
    ensure!(mismatches.is_empty(), "{}", describe(&mismatches));

    ROWS.iter()
        .map(|row| {
            let name = row.operation.name;
            let (_, counts) = ours
                .iter()
                .find(|(operation, _)| operation.name == name)
                .context(name)?;
            let first = first(programs, row)?;
            let mut measured = Measured {
                allocations: counts.allocations(),
                bytes: counts.bytes,
                deallocations: counts.deallocs,
                first_allocations: first.allocations(),
                first_bytes: first.bytes,
                sites: Vec::new(),
            };
            if measured.first_allocations > 0 || measured.allocations > 0 {
                let package = packages.get(row.package).context(row.package)?;
                let first = measured.allocations == 0;
                measured.sites = sites(&programs.recorded, row, package, first)?;
            }
            Ok((name.to_owned(), measured))
        })
        .collect()
}

/// What the first run in a process asks for, on which the crate `dhat` must agree.
fn first(programs: &Programs, row: &Row) -> anyhow::Result<Counts> {
    let run = |program: &Path| {
        let output = Command::new(program)
            .args([FIRST, row.operation.name])
            .output()
            .with_context(|| format!("failed to start {}", program.display()))?;
        ensure!(
            output.status.success(),
            "{} failed: {}",
            program.display(),
            String::from_utf8_lossy(&output.stderr)
        );
        let line = String::from_utf8(output.stdout)?;
        let (_, counts) = line.trim_end().split_once(' ').context("no counts")?;
        anyhow::Ok(counts.to_owned())
    };
    let ours: Counts = run(&programs.with_guard)?.parse()?;
    let theirs: Totals = run(&programs.with_dhat)?.parse()?;
    let mismatches = ours.compare_totals(&row.operation, &theirs);
    ensure!(
        mismatches.is_empty(),
        "the first run: {}",
        describe(&mismatches)
    );
    Ok(ours)
}
