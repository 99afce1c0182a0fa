//! Owns what is written: a file whole, or not at all.

use std::{
    ffi::OsString,
    fmt, fs,
    fs::OpenOptions,
    io::{self, ErrorKind, Write},
    path::{Path, PathBuf},
};

use tempfile::{Builder, NamedTempFile};
use wsc::{PublicKey, SecretKey};
use zeroize::Zeroizing;

use crate::{failure::Failure, status::Status};

/// No secret key that can be read is longer. A longer list of public keys is not kept.
const MAX_KEY_BYTES: u64 = 65_535;

/// Where a command writes to; `-` is standard output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Standard,
    File(PathBuf),
}

impl Target {
    /// Writes all of it, in the place of what is there.
    pub(crate) fn write(&self, bytes: &[u8]) -> Result<(), Failure> {
        let mut outputs = Outputs::default();
        outputs.stage(self, bytes, Kind::Replace)?;
        outputs.commit()
    }
}

impl From<OsString> for Target {
    fn from(argument: OsString) -> Self {
        if argument == "-" {
            return Self::Standard;
        }
        Self::File(argument.into())
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Standard => f.write_str("standard output"),
            Self::File(path) => path.display().fmt(f),
        }
    }
}

/// What a file that is written may do to the one of that name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It may replace it.
    Replace,
    /// There must be none.
    New,
    /// There must be none, and nobody else may read it.
    Secret,
}

/// Files that are to appear together, once all of them could be written.
#[derive(Debug, Default)]
pub(crate) struct Outputs<'a> {
    staged: Vec<Staged<'a>>,
}

#[derive(Debug)]
struct Staged<'a> {
    target: &'a Target,
    way: Way<'a>,
}

#[derive(Debug)]
enum Way<'a> {
    /// Written under another name, to be renamed.
    Rename(NamedTempFile, PathBuf, Kind),
    /// Devices and pipes take the bytes themselves.
    Direct(&'a [u8]),
}

impl<'a> Outputs<'a> {
    /// Puts what `target` shall hold beside it, under a name of its own.
    pub(crate) fn stage(
        &mut self,
        target: &'a Target,
        bytes: &'a [u8],
        kind: Kind,
    ) -> Result<(), Failure> {
        if self.staged.iter().any(|staged| staged.target == target) {
            return Err(twice(target));
        }
        let way = match target {
            Target::Standard => Way::Direct(bytes),
            Target::File(path) => stage_file(path, bytes, kind)?,
        };
        if let Way::Rename(_, path, _) = &way
            && self.staged.iter().any(|staged| staged.is_at(path))
        {
            return Err(twice(target));
        }
        self.staged.push(Staged { target, way });
        Ok(())
    }

    /// Gives the files their names. Where one fails, those that are new go again.
    pub(crate) fn commit(self) -> Result<(), Failure> {
        let mut new = Vec::new();
        for staged in self.staged {
            if let Err(failure) = staged.commit(&mut new) {
                for path in new {
                    // The first failure is the one to report.
                    let _ = fs::remove_file(path);
                }
                return Err(failure);
            }
        }
        Ok(())
    }
}

impl Staged<'_> {
    fn is_at(&self, path: &Path) -> bool {
        matches!(&self.way, Way::Rename(_, other, _) if other == path)
    }

    fn commit(self, new: &mut Vec<PathBuf>) -> Result<(), Failure> {
        let target = self.target;
        let failed = |error: &io::Error| Failure::unwritable(target, error);
        let (file, path, kind) = match (self.way, target) {
            (Way::Rename(file, path, kind), _) => (file, path, kind),
            (Way::Direct(bytes), Target::Standard) => return print(bytes),
            (Way::Direct(bytes), Target::File(path)) => {
                let file = OpenOptions::new().write(true).open(path);
                let written = file.and_then(|mut file| file.write_all(bytes));
                return written.or_else(forgive_closed).map_err(|e| failed(&e));
            }
        };
        let is_new = !path.exists();
        match kind {
            Kind::Replace => file.persist(&path).map_err(|e| failed(&e.error))?,
            Kind::New | Kind::Secret => file.persist_noclobber(&path).map_err(|e| {
                if e.error.kind() == ErrorKind::AlreadyExists {
                    return exists(&path);
                }
                failed(&e.error)
            })?,
        };
        if is_new {
            new.push(path);
        }
        Ok(())
    }
}

fn stage_file<'a>(path: &'a Path, bytes: &'a [u8], kind: Kind) -> Result<Way<'a>, Failure> {
    let failed = |error: io::Error| Failure::unwritable(path.display(), &without_path(error));
    let meant = meant(path);
    let mut permissions = None;
    if let Ok(present) = fs::metadata(path) {
        if kind != Kind::Replace {
            return Err(exists(path));
        }
        if present.is_dir() {
            return Err(failed(ErrorKind::IsADirectory.into()));
        }
        if !present.is_file() {
            return Ok(Way::Direct(bytes));
        }
        // To rename a file over it, the system asks only whether the folder may be written to.
        if present.permissions().readonly() {
            return Err(failed(ErrorKind::PermissionDenied.into()));
        }
        if holds_key(path, &present) {
            return Err(exists(path));
        }
        permissions = Some(present.permissions());
    }
    let folder = folder_of(&meant);
    // That there is no such folder, in the words of the system.
    fs::metadata(folder).map_err(failed)?;
    let mut builder = Builder::new();
    builder.prefix(".wsc-");
    // A temporary file is its owner's only, unless told otherwise. What the user's mask takes away stays away.
    #[cfg(unix)]
    if kind != Kind::Secret {
        use std::os::unix::fs::PermissionsExt as _;
        permissions = permissions.or(Some(fs::Permissions::from_mode(0o666)));
    }
    if let Some(permissions) = permissions {
        builder.permissions(permissions);
    }
    let mut file = builder.tempfile_in(folder).map_err(failed)?;
    let written = file
        .as_file_mut()
        .write_all(bytes)
        .and_then(|()| file.as_file().sync_all());
    written.map_err(failed)?;
    Ok(Way::Rename(file, meant, kind))
}

/// Where a link leads is what is meant, and the link stays. One file has one such path.
fn meant(path: &Path) -> PathBuf {
    let in_folder = || {
        let folder = fs::canonicalize(folder_of(path)).ok()?;
        Some(folder.join(path.file_name()?))
    };
    let present = fs::canonicalize(path).ok().or_else(in_folder);
    present.unwrap_or_else(|| path.to_owned())
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Whether a file is one that nobody wants to have lost, because of a slip in the options.
fn holds_key(path: &Path, present: &fs::Metadata) -> bool {
    if present.len() > MAX_KEY_BYTES {
        return false;
    }
    let Ok(bytes) = fs::read(path).map(Zeroizing::new) else {
        return false;
    };
    let secret = SecretKey::parse(&bytes).map_err(|error| error.kind());
    matches!(secret, Ok(_) | Err(wsc::ErrorKind::EncryptedKey)) || PublicKey::parse(&bytes).is_ok()
}

/// What went wrong, without the name of the temporary file.
fn without_path(error: io::Error) -> io::Error {
    match error.get_ref() {
        Some(_) => error.kind().into(),
        None => error,
    }
}

/// Writes to standard output.
pub(crate) fn print(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let written = out.write_all(bytes).and_then(|()| out.flush());
    written
        .or_else(forgive_closed)
        .map_err(|error| Failure::unwritable(Target::Standard, &error))
}

/// A reader that has seen enough is no error.
fn forgive_closed(error: io::Error) -> io::Result<()> {
    match error.kind() {
        ErrorKind::BrokenPipe => Ok(()),
        _ => Err(error),
    }
}

fn twice(target: &Target) -> Failure {
    let twice = format!("{target}: would be written twice");
    Failure::new(Status::WrongUsage, twice)
}

fn exists(path: &Path) -> Failure {
    Failure::new(
        Status::Refused,
        format!(
            "{} exists, and keys are never overwritten: choose another name",
            path.display()
        ),
    )
}
