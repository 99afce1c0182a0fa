//! Owns the writing of a file that is there whole or as it was before.

use std::{
    ffi::OsStr,
    fs::{self, Permissions},
    io::{self, BufWriter, IntoInnerError, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail};
use tempfile::{Builder, NamedTempFile, TempPath};

/// What the names of temporary files begin with.
const PREFIX: &str = ".alloc-guard-";

/// What a file is to hold, beside it under another name.
#[derive(Debug)]
pub(crate) struct Replacement {
    file: TempPath,
    path: PathBuf,
}

impl Replacement {
    /// Writes what `content` writes.
    ///
    /// # Errors
    /// If the file is read-only, its folder cannot be written to, or with the error of `content`.
    pub(crate) fn write(
        path: &Path,
        content: impl FnOnce(&mut dyn Write) -> Result<()>,
    ) -> Result<Self> {
        let path = meant(path);
        let permissions = replaceable(&path)?;
        let writing = || failed(&path);
        let file = temporary(folder_of(&path), permissions).with_context(writing)?;
        let mut out = BufWriter::new(file);
        content(&mut out).with_context(writing)?;
        let file = out
            .into_inner()
            .map_err(IntoInnerError::into_error)
            .with_context(writing)?
            .into_temp_path();
        Ok(Self { file, path })
    }

    /// Takes a file that was written to the folder of [`folder_for`] already.
    ///
    /// # Errors
    /// If the file at `path` is read-only.
    pub(super) fn of(file: TempPath, path: &Path) -> Result<Self> {
        let path = meant(path);
        replaceable(&path)?;
        Ok(Self { file, path })
    }

    /// Gives it the file's name, and says where that is.
    ///
    /// # Errors
    /// If the system does not let it.
    pub(crate) fn commit(self) -> Result<PathBuf> {
        let Self { file, path } = self;
        file.persist(&path).with_context(|| failed(&path))?;
        Ok(path)
    }

    /// The same, unless some file has that name.
    ///
    /// # Errors
    /// If one has, or the system does not let it.
    pub(crate) fn commit_new(self) -> Result<PathBuf> {
        let Self { file, path } = self;
        file.persist_noclobber(&path)
            .with_context(|| failed(&path))?;
        Ok(path)
    }
}

/// The folder in which a file must be written that is to replace the one at `path`.
pub(super) fn folder_for(path: &Path) -> PathBuf {
    folder_of(&meant(path)).to_owned()
}

/// Where a link leads is what is meant, and the link stays.
fn meant(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

fn failed(path: &Path) -> String {
    format!("failed to write {}", path.display())
}

/// The permissions of the file at `path`, if there is one, and if it may be replaced.
fn replaceable(path: &Path) -> Result<Option<Permissions>> {
    let Ok(present) = fs::metadata(path) else {
        return Ok(None);
    };
    if present.is_dir() {
        bail!("{}: it is a folder", failed(path));
    }
    // To rename a file over it, the system asks only whether the folder may be written to.
    if present.permissions().readonly() {
        bail!("{}: the file is read-only", failed(path));
    }
    Ok(Some(present.permissions()))
}

/// Whether a file has such a name. One that is old was left by a process that was killed.
pub(super) fn is_temporary(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(PREFIX.as_bytes())
}

/// A file under a hidden name of its own, which goes unless it is given another.
pub(super) fn temporary(
    folder: &Path,
    permissions: Option<Permissions>,
) -> io::Result<NamedTempFile> {
    let mut builder = Builder::new();
    builder.prefix(PREFIX);
    // Without it nobody else could read the file. What the user's mask takes away stays away.
    #[cfg(unix)]
    let permissions = {
        use std::os::unix::fs::PermissionsExt as _;
        Some(permissions.unwrap_or_else(|| Permissions::from_mode(0o666)))
    };
    if let Some(permissions) = permissions {
        builder.permissions(permissions);
    }
    builder.tempfile_in(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replace(path: &Path, text: &str) -> Result<PathBuf> {
        Replacement::write(path, |out| Ok(out.write_all(text.as_bytes())?))?.commit()
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_made_and_replaced_and_nothing_else_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        for text in ["first", "second"] {
            replace(&path, text).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
            assert_eq!(names(folder.path()), ["a"]);
        }
    }

    #[test]
    fn what_is_not_committed_or_fails_half_way_leaves_the_file_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        replace(&path, "first").unwrap();
        drop(Replacement::write(&path, |out| Ok(out.write_all(b"half")?)).unwrap());
        let error = Replacement::write(&path, |_| bail!("no space left")).unwrap_err();
        assert!(
            format!("{error:#}").ends_with("a: no space left"),
            "{error:#}"
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), "first");
        assert_eq!(names(folder.path()), ["a"]);
    }

    #[test]
    fn what_must_not_or_cannot_be_replaced_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let read_only = folder.path().join("b");
        fs::write(&read_only, "").unwrap();
        let mut permissions = fs::metadata(&read_only).unwrap().permissions();
        permissions.set_readonly(true);
        fs::set_permissions(&read_only, permissions).unwrap();
        for (path, expected) in [
            (folder.path().to_owned(), "it is a folder"),
            (read_only, "the file is read-only"),
            (folder.path().join("no/such/a"), "(os error"),
        ] {
            let error = format!("{:#}", replace(&path, "x").unwrap_err());
            assert!(error.starts_with("failed to write "), "{error}");
            assert!(error.contains(expected), "{error}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn others_may_read_it_as_before_and_a_link_stays_one() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};

        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("a"), folder.path().join("b"));
        let mode = || fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        replace(&path, "first").unwrap();
        assert_eq!(mode() & 0o400, 0o400);
        fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
        symlink(&path, &link).unwrap();
        replace(&link, "second").unwrap();
        assert_eq!(mode(), 0o640);
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&path).unwrap(), "second");
    }
}
