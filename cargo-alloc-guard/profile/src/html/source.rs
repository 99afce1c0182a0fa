//! Owns lines of source: reads those that are needed, where the files are there.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// Longer files are generated, and not read.
const MAX_FILE: u64 = 4 << 20;
/// More of a line does not fit anywhere.
const MAX_LINE: usize = 160;

/// Where source files are looked for, to show a frame's line.
///
/// Paths come out of the profile, so only files that end in `.rs` are read: a profile that somebody else made must not bring
/// other files of this machine into a page that is then given on.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    folders: Option<Vec<PathBuf>>,
}

impl Sources {
    /// Reads none.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Reads files where the profile says they are; relative ones below one of `folders`, the first that has it.
    #[must_use]
    pub fn below(folders: impl IntoIterator<Item = PathBuf>) -> Self {
        Self {
            folders: Some(folders.into_iter().collect()),
        }
    }

    /// The lines of a file, counted from 1; those that are not there are left out.
    pub(super) fn lines(&self, path: &str, wanted: &BTreeSet<u32>) -> BTreeMap<u32, String> {
        let text = self.text(Path::new(path)).unwrap_or_default();
        let mut wanted = wanted.iter().copied().peekable();
        let mut found = BTreeMap::new();
        for (line, number) in text.lines().zip(1..) {
            match wanted.peek() {
                None => break,
                Some(next) if *next == number => {
                    wanted.next();
                    found.insert(number, shortened(line.trim()));
                }
                Some(_) => {}
            }
        }
        found
    }

    fn text(&self, path: &Path) -> Option<String> {
        let folders = self.folders.as_ref()?;
        if path.extension().is_none_or(|extension| extension != "rs") {
            return None;
        }
        if path.is_absolute() {
            return read(path);
        }
        folders.iter().find_map(|folder| read(&folder.join(path)))
    }
}

fn read(path: &Path) -> Option<String> {
    let about = fs::metadata(path).ok()?;
    if !about.is_file() || about.len() > MAX_FILE {
        return None;
    }
    fs::read_to_string(path).ok()
}

fn shortened(line: &str) -> String {
    match line.char_indices().nth(MAX_LINE) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lines_that_are_wanted_and_there_are_read_and_only_from_rust_files() {
        let folder = tempfile::tempdir().expect("a folder");
        let long = "x".repeat(200);
        let text = format!("first\n  second();\n\n{long}\n");
        for name in ["a.rs", "secret.txt"] {
            fs::write(folder.path().join(name), &text).expect("a file");
        }
        let sources = Sources::below([folder.path().join("absent"), folder.path().to_owned()]);
        let wanted = BTreeSet::from([2, 4, 9]);
        let found = sources.lines("a.rs", &wanted);
        assert_eq!(found[&2], "second();");
        assert_eq!(found[&4].chars().count(), MAX_LINE + 1);
        assert_eq!(found.len(), 2);
        let absolute = folder.path().join("a.rs");
        assert_eq!(sources.lines(&absolute.to_string_lossy(), &wanted), found);
        assert!(sources.lines("secret.txt", &wanted).is_empty());
        assert!(sources.lines("none.rs", &wanted).is_empty());
        assert!(
            Sources::none()
                .lines(&absolute.to_string_lossy(), &wanted)
                .is_empty()
        );
    }

    #[test]
    fn neither_folders_nor_huge_files_are_read() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir(folder.path().join("dir.rs")).expect("a folder");
        let huge = fs::File::create(folder.path().join("huge.rs")).expect("a file");
        huge.set_len(MAX_FILE + 1).expect("a length");
        let sources = Sources::below([folder.path().to_owned()]);
        for name in ["dir.rs", "huge.rs"] {
            assert!(
                sources.lines(name, &BTreeSet::from([1])).is_empty(),
                "{name}"
            );
        }
    }
}
