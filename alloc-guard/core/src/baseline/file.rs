//! Owns the finding of a package's baseline from a test process, which reads it once.

use std::{
    io::ErrorKind,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use super::{Baseline, FILE_NAME, Held};

/// What the baseline says of a test.
#[derive(Debug)]
pub(crate) enum Known {
    /// The package has no baseline.
    NoBaseline,
    /// The baseline has no entry for it.
    New,
    /// It was accepted like this.
    Held(Held),
}

/// A package's folder, and its baseline: `None` if it has none, an error if it cannot be read.
type Found = (PathBuf, Result<Option<Baseline>, String>);

/// Looks a test up in its package's baseline.
///
/// # Errors
/// If the baseline cannot be read, naming its path and line.
pub(crate) fn look_up(
    manifest_dir: &str,
    (binary, name): (&str, &str),
    (profile, target): (&str, &str),
) -> Result<Known, String> {
    // The tests of a binary are one package's, so one place will do.
    static FOUND: OnceLock<Found> = OnceLock::new();
    let found = FOUND.get_or_init(|| {
        let folder = folder(manifest_dir);
        let read = read(&folder.join(FILE_NAME));
        (folder, read)
    });
    match &found.1 {
        Err(error) => Err(error.clone()),
        Ok(None) => Ok(Known::NoBaseline),
        Ok(Some(baseline)) => Ok(baseline
            .held(binary, name, profile, target)
            .map_or(Known::New, Known::Held)),
    }
}

/// The package's folder: where it was built, or where cargo and nextest say it is now.
fn folder(manifest_dir: &str) -> PathBuf {
    let built = Path::new(manifest_dir);
    if built.is_dir() {
        return built.to_owned();
    }
    std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| built.to_owned(), PathBuf::from)
}

fn read(path: &Path) -> Result<Option<Baseline>, String> {
    match std::fs::read_to_string(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(format!("failed to read {}: {error}", path.display())),
        Ok(text) => Baseline::parse(&text)
            .map(Some)
            .map_err(|error| format!("{}:{}: {error}", path.display(), error.line)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_where_it_was_built_or_where_cargo_says_it_is_now() {
        let here = env!("CARGO_MANIFEST_DIR");
        assert_eq!(folder(here), Path::new(here));
        let moved = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| "/gone".into());
        assert_eq!(folder("/gone"), PathBuf::from(moved));
    }

    #[test]
    fn a_file_is_missing_or_read_or_an_error_with_its_place() {
        let package = Path::new(env!("CARGO_MANIFEST_DIR"));
        assert!(matches!(read(&package.join("none.toml")), Ok(None)));
        // A folder cannot be read as a file.
        let error = read(package).unwrap_err();
        assert!(error.starts_with("failed to read "), "{error}");
        let error = read(&package.join("Cargo.toml")).unwrap_err();
        assert!(error.contains("Cargo.toml:1: "), "{error}");
    }
}
