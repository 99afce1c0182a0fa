//! Owns the step's outputs: lines `name=value` at the end of a file that other programs of the step write
//! to, too.

use std::{fs::OpenOptions, io::Write as _, path::Path};

use anyhow::{Context as _, Result};

/// Appends outputs to this file. Values are words of ours, on one line.
///
/// # Errors
/// If the file cannot be written.
pub(crate) fn outputs(path: &Path, outputs: &[(&str, &str)]) -> Result<()> {
    let mut lines = String::new();
    for (name, value) in outputs {
        lines.push_str(&format!("{name}={value}\n"));
    }
    OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .and_then(|mut file| file.write_all(lines.as_bytes()))
        .with_context(|| format!("failed to write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn outputs_are_added_to_those_that_are_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("output");
        outputs(&path, &[("a", "1"), ("b", "2")]).unwrap();
        outputs(&path, &[("c", "3")]).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "a=1\nb=2\nc=3\n");
    }
}
