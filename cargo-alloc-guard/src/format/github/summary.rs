//! Owns the step's summary: Markdown at the end of a file that other programs of the step write to, too.

use std::{
    fs::OpenOptions,
    io::{BufWriter, Write},
    path::Path,
};

use anyhow::{Context as _, Result};

/// How large a step's summary may be. A larger one is not shown at all.
const LIMIT: usize = 1024 * 1024;

/// Appends what `content` writes to this file; it is told how many bytes there is room for.
///
/// # Errors
/// If the file cannot be written, or with the error of `content`.
pub(crate) fn append(
    path: &Path,
    content: impl FnOnce(usize, &mut dyn Write) -> Result<()>,
) -> Result<()> {
    append_to(path, content).with_context(|| format!("failed to write {}", path.display()))
}

fn append_to(path: &Path, content: impl FnOnce(usize, &mut dyn Write) -> Result<()>) -> Result<()> {
    let file = OpenOptions::new().create(true).append(true).open(path)?;
    let size = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX);
    // A heading needs an empty line before it, whatever the last line was.
    let gap = if size > 0 { "\n\n" } else { "" };
    let Some(room) = LIMIT.checked_sub(size.saturating_add(gap.len())) else {
        return Ok(());
    };
    let mut file = BufWriter::new(file);
    file.write_all(gap.as_bytes())?;
    content(room, &mut file)?;
    file.flush()?;
    Ok(())
}

/// As many whole lines of a document as there is room for, and, where that is not all of it, a last one
/// that says so.
pub(crate) fn fitting(text: &str, room: usize) -> String {
    const MORE: &str = "\n**Cut here for want of room. The log of this step has it all.**\n";
    if text.len() <= room {
        return text.to_owned();
    }
    let mut end = room.saturating_sub(MORE.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let lines = text[..end].rfind('\n').map_or(0, |at| at + 1);
    format!("{}{MORE}", &text[..lines])
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_is_appended_stands_apart_and_knows_its_room() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("summary.md");
        for (text, room) in [("one", LIMIT), ("two", LIMIT - 5)] {
            append(&path, |given, out| {
                assert_eq!(given, room);
                Ok(out.write_all(text.as_bytes())?)
            })
            .unwrap();
        }
        assert_eq!(fs::read_to_string(&path).unwrap(), "one\n\ntwo");
        fs::write(&path, "x".repeat(LIMIT)).unwrap();
        append(&path, |_, _| panic!("there is no room")).unwrap();
    }

    #[test]
    fn a_document_is_cut_between_lines_and_says_so() {
        assert_eq!(fitting("a\nb\n", 4), "a\nb\n");
        let long = "ä\n".repeat(100);
        let cut = fitting(&long, 103);
        assert!(cut.len() <= 103, "{}", cut.len());
        assert!(cut.starts_with("ä\nä\n"), "{cut}");
        assert!(cut.ends_with("has it all.**\n"), "{cut}");
    }
}
