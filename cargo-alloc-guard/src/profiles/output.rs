//! Owns where what is made of a profile goes.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::{Result, bail};

use crate::store::Replacement;

/// Whether standard output is meant.
fn is_stdout(output: &Path) -> bool {
    output == Path::new("-")
}

/// Writes what `content` writes to the file `output`, whole or not at all, or to `out` where that is meant.
///
/// # Errors
/// If the file is one of the inputs or cannot be written, or with the error of `content`.
pub(crate) fn write(
    output: &Path,
    inputs: &[PathBuf],
    out: &mut dyn Write,
    content: impl FnOnce(&mut dyn Write) -> Result<()>,
) -> Result<()> {
    if is_stdout(output) {
        return content(out);
    }
    let same = |input: &PathBuf| match (fs::canonicalize(input), fs::canonicalize(output)) {
        (Ok(input), Ok(output)) => input == output,
        _ => false,
    };
    if inputs.iter().any(same) {
        bail!(
            "failed to write {}: it is the profile that is read; choose another --output",
            output.display()
        );
    }
    Replacement::write(output, content)?.commit()?;
    Ok(())
}
