//! Owns what the tests of a binary come to: runs them, and puts together what they left.

use alloc_guard_core::report::Record;
use anyhow::Result;

use super::{
    collate::collate,
    folder::{self, RunFolder},
    process::{End, Test},
};

/// Runs these tests of the binary, and none else.
///
/// # Errors
/// If a process cannot be started or its records cannot be read. What the tests do is no error.
pub(super) fn run(test: &Test<'_>, names: &[String], folder: &RunFolder) -> Result<Vec<Record>> {
    let folder = folder.next()?;
    let ends = test.run(names, &folder)?;
    Ok(of(test, names, folder::records(&folder)?, &ends))
}

/// What these tests' records and processes say.
pub(super) fn of(
    test: &Test<'_>,
    names: &[String],
    records: Vec<Record>,
    ends: &[End],
) -> Vec<Record> {
    let how = (test.settings, test.gate);
    collate(test.binary, names, records, ends, how, |listed| {
        test.list(listed)
    })
}
