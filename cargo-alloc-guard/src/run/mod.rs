//! Running test binaries: the processes, what their harness prints, the records they leave, and what
//! all that comes to for each guarded test.

mod collate;
mod folder;
mod harness;
mod process;

use anyhow::Result;

pub(crate) use collate::{Broken, Row};
pub(crate) use folder::RunFolder;

use crate::{
    cargo::{Environment, TestBinary},
    settings::TestSettings,
};

/// What the guarded tests of one binary came to.
#[derive(Debug)]
pub(crate) struct BinaryRun<'a> {
    pub(crate) binary: &'a TestBinary,
    /// Sorted by name.
    pub(crate) rows: Vec<Row>,
    pub(crate) broken: Vec<Broken>,
}

/// Runs these tests of a binary, and none else.
///
/// # Errors
/// If a process cannot be started or its records cannot be read. What the tests do is no error.
pub(crate) fn run_binary<'a>(
    binary: &'a TestBinary,
    names: &[String],
    settings: &TestSettings,
    environment: &Environment<'_>,
    folder: &RunFolder,
) -> Result<BinaryRun<'a>> {
    let test = process::Test {
        binary,
        settings,
        environment,
    };
    let folder = folder.of_binary()?;
    let ends = test.run(names, &folder)?;
    let collate::Collated { rows, broken } = collate::collate(
        names,
        folder::records(&folder)?,
        &ends,
        settings,
        |listed| test.list(listed),
    );
    Ok(BinaryRun {
        binary,
        rows,
        broken,
    })
}
