//! Running test binaries: the processes, what their harness prints, the records they leave, and what
//! all that comes to for each guarded test.

mod collate;
mod folder;
mod harness;
mod process;

use alloc_guard_core::report::{Gate, Record};
use anyhow::Result;

pub(crate) use folder::RunFolder;

use crate::{
    cargo::{Environment, TestBinary},
    settings::TestSettings,
};

/// Runs these tests of a binary, and none else.
///
/// # Errors
/// If a process cannot be started or its records cannot be read. What the tests do is no error.
pub(crate) fn run_binary(
    binary: &TestBinary,
    names: &[String],
    (settings, gate): (&TestSettings, Gate),
    environment: &Environment<'_>,
    folder: &RunFolder,
) -> Result<Vec<Record>> {
    let test = process::Test {
        binary,
        settings,
        gate,
        environment,
    };
    let folder = folder.of_binary()?;
    let ends = test.run(names, &folder)?;
    Ok(collate::collate(
        binary,
        names,
        folder::records(&folder)?,
        &ends,
        (settings, gate),
        |listed| test.list(listed),
    ))
}
