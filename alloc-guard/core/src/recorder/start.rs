//! Owns the start: whether this process records, how, and into which file.

use std::{
    env,
    ffi::{OsStr, OsString},
    fmt::Display,
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::OnceLock,
    time::{SystemTime, UNIX_EPOCH},
};

use crate::switch;

use super::{
    clock,
    encode::Short,
    end,
    file::{self, Kind},
    sample,
};

/// The folder to record into.
const PROFILE: &str = "ALLOC_GUARD_PROFILE";
/// Record one byte of so many, on average; every call without it.
const SAMPLE: &str = "ALLOC_GUARD_PROFILE_SAMPLE";
/// Record the stacks of deallocations too.
const DEALLOCATIONS: &str = "ALLOC_GUARD_PROFILE_DEALLOCATIONS";

const MAGIC: [u8; 8] = *b"AGPROF\x1a\n";
const VERSION: u32 = 2;

/// How a process records.
#[derive(Debug)]
pub(super) struct Settings {
    /// One byte in so many is drawn, and its call recorded; 0 if every call is.
    pub(super) sample: u64,
    /// With the stacks of deallocations.
    pub(super) deallocations: bool,
}

static SETTINGS: OnceLock<Settings> = OnceLock::new();

/// How this process records.
#[inline]
pub(super) fn settings() -> &'static Settings {
    const OFF: Settings = Settings {
        sample: 0,
        deallocations: false,
    };
    SETTINGS.get().unwrap_or(&OFF)
}

static EXECUTABLE: OnceLock<PathBuf> = OnceLock::new();

/// The path of this process's executable; empty if the system did not say.
#[cfg(own_walk)]
pub(super) fn executable() -> &'static [u8] {
    let path = EXECUTABLE.get().map(|path| path.as_os_str());
    path.map(OsStr::as_encoded_bytes).unwrap_or_default()
}

/// Starts recording, if this process is asked to. Called inside the hook, at the process's first
/// call; what this allocates passes through unseen. If it cannot record it says so, and that is all.
#[cold]
pub(crate) fn start() {
    let Some(folder) = env::var_os(PROFILE).filter(|folder| !folder.is_empty()) else {
        return;
    };
    if let Err(why) = start_in(Path::new(&folder)) {
        file::say(&["this process is not recorded: ", &why]);
    }
}

fn start_in(folder: &Path) -> Result<(), String> {
    let settings = Settings {
        sample: sample(),
        deallocations: env::var_os(DEALLOCATIONS)
            .is_some_and(|value| !value.is_empty() && value != "0"),
    };
    clock::start();
    let ticks = clock::ticks();
    let binary = env::current_exe().unwrap_or_default();
    let name = binary.file_name().unwrap_or(OsStr::new("process"));
    let file = create(folder, name)
        .map_err(|why| format!("failed to create a file in {}: {why}", folder.display()))?;
    let head = head(&settings, ticks, &binary);
    let written = (&file).write(&head);
    if written.as_ref().ok() != Some(&head.len()) {
        let why = written
            .err()
            .map_or("no space is left".to_owned(), |why| why.to_string());
        return Err(format!("failed to write to {}: {why}", folder.display()));
    }
    if settings.sample != 0 {
        sample::reserve().ok_or("the system has no memory for it")?;
    }
    file::adopt(file);
    let _ = SETTINGS.set(settings);
    let _ = EXECUTABLE.set(binary);
    end::plan();
    switch::start_recording();
    Ok(())
}

/// The mean distance between bytes that are drawn.
fn sample() -> u64 {
    let Some(text) = env::var_os(SAMPLE).filter(|text| !text.is_empty()) else {
        return 0;
    };
    let bytes = text.to_str().and_then(|text| text.parse().ok());
    bytes.unwrap_or_else(|| {
        let text = text.to_string_lossy();
        file::say(&[
            "every call is recorded: ",
            SAMPLE,
            " is no number of bytes: ",
            &text,
        ]);
        0
    })
}

/// Creates a file that did not exist: another process may have had the same id.
fn create(folder: &Path, binary: &OsStr) -> io::Result<File> {
    fs::create_dir_all(folder)?;
    let pid = std::process::id();
    let try_name = |suffix: &dyn Display| {
        let mut name = OsString::from(binary);
        name.push(format!("-{pid}{suffix}.agprof"));
        let mut options = OpenOptions::new();
        options
            .append(true)
            .create_new(true)
            .open(folder.join(name))
    };
    let mut created = try_name(&"");
    for number in 2..1000 {
        match created {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                created = try_name(&format_args!("-{number}"));
            }
            created => return created,
        }
    }
    created
}

/// The magic number, the version and the first block.
fn head(settings: &Settings, ticks: u64, binary: &Path) -> Vec<u8> {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH);
    let since_1970 = since_1970.unwrap_or_default().as_nanos();
    let mut numbers = Short::new();
    numbers.number(std::process::id().into());
    numbers.number(u64::try_from(since_1970).unwrap_or(u64::MAX));
    numbers.number(ticks);
    numbers.number(usize::BITS.into());
    numbers.number(settings.sample);
    numbers.number(settings.deallocations.into());
    let mut payload = numbers.bytes().to_vec();
    let profile = if cfg!(debug_assertions) {
        "debug"
    } else {
        "release"
    };
    let texts = [
        binary.as_os_str().as_encoded_bytes(),
        env!("ALLOC_GUARD_TARGET").as_bytes(),
        env!("ALLOC_GUARD_TOOLCHAIN").as_bytes(),
        profile.as_bytes(),
    ];
    for text in texts {
        let mut len = Short::new();
        len.number(text.len() as u64);
        payload.extend(len.bytes());
        payload.extend(text);
    }
    let mut head = MAGIC.to_vec();
    head.extend(VERSION.to_le_bytes());
    head.extend(file::head(Kind::Process, payload.len()));
    head.extend(payload);
    head
}
