//! Owns how the tests run a binary that prints a line for each operation, and read it.

use std::{path::Path, process::Command, str::FromStr};

use anyhow::{Context as _, ensure};

use crate::operations::{OPERATIONS, Operation};

/// Runs `binary`, which prints "NAME COUNT COUNT …" for each operation, in the order of the table.
///
/// # Errors
/// If it fails, or leaves out an operation.
pub fn run_all<T: FromStr<Err = anyhow::Error>>(
    binary: &Path,
) -> anyhow::Result<Vec<(&'static Operation, T)>> {
    let output = Command::new(binary)
        .output()
        .with_context(|| format!("failed to start {}", binary.display()))?;
    ensure!(
        output.status.success(),
        "{} failed: {}",
        binary.display(),
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout)?;
    ensure!(
        text.lines().count() == OPERATIONS.len(),
        "{} lines for {} operations",
        text.lines().count(),
        OPERATIONS.len()
    );
    OPERATIONS
        .iter()
        .zip(text.lines())
        .map(|(operation, line)| {
            let counts = line
                .strip_prefix(operation.name)
                .and_then(|rest| rest.strip_prefix(' '))
                .with_context(|| format!("expected {}, not {line:?}", operation.name))?;
            Ok((operation, counts.parse()?))
        })
        .collect()
}
