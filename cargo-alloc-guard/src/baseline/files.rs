//! Owns the baseline files as files: their content, and that no two commands write them at once.

use std::{
    fs::{self, File, TryLockError},
    io::{self, ErrorKind, Write as _},
    path::Path,
};

use anyhow::{Context as _, Result};

use crate::store;

/// Lies in the target folder: beside the manifest it would be committed some day.
const LOCK: &str = "accept.lock";

/// While it lives, no other command changes a baseline of this workspace.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

impl Lock {
    /// Waits for others, and says so.
    ///
    /// # Errors
    /// If the lock file cannot be made or locked.
    pub(crate) fn take(target: &Path) -> Result<Self> {
        let folder = store::folder(target);
        let path = folder.join(LOCK);
        let locking = || format!("failed to lock {}", path.display());
        fs::create_dir_all(&folder).with_context(locking)?;
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .with_context(locking)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                // Where nobody reads it, the wait is the same.
                let _ = writeln!(
                    io::stderr(),
                    "waiting for another `cargo alloc-guard accept`"
                );
                file.lock().with_context(locking)?;
            }
            Err(TryLockError::Error(error)) => return Err(error).with_context(locking),
        }
        Ok(Self { _file: file })
    }
}

/// The text of a baseline; `None` if there is no such file.
///
/// # Errors
/// If there is one that cannot be read.
pub(crate) fn read(path: &Path) -> Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("failed to read {}", path.display())),
    }
}
