//! Owns the step's summary: Markdown at the end of a file that other programs of the step write to, too.

use std::{
    fs::OpenOptions,
    io::{BufWriter, Write},
    path::Path,
};

use anyhow::{Context as _, Result};

use crate::{
    format::{Look, markdown},
    records::Records,
};

/// How large a step's summary may be. A larger one is not shown at all.
const LIMIT: usize = 1024 * 1024;

/// Appends the summary of a run to this file.
///
/// # Errors
/// If a record cannot be read, or the file cannot be written.
pub(super) fn summary(run: &dyn Records, look: &Look<'_>, path: &Path) -> Result<()> {
    append(run, look, path).with_context(|| format!("failed to write {}", path.display()))
}

fn append(run: &dyn Records, look: &Look<'_>, path: &Path) -> Result<()> {
    let file = OpenOptions::new().create(true).append(true).open(path)?;
    let size = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX);
    // A heading needs an empty line before it, whatever the last line was.
    let gap = if size > 0 { "\n\n" } else { "" };
    let Some(room) = LIMIT.checked_sub(size.saturating_add(gap.len())) else {
        return Ok(());
    };
    let mut file = BufWriter::new(file);
    file.write_all(gap.as_bytes())?;
    markdown::print(run, look, Some(room), &mut file)?;
    file.flush()?;
    Ok(())
}
