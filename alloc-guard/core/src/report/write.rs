//! Owns the writing of records: one file per process, one line per trial, appended whole, so that a
//! process that is killed leaves every line before it readable.

use std::{
    env, fs,
    fs::{File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Once, OnceLock},
    time::Duration,
};

use super::{Record, to_json};

/// The variable that names the folder for records. Empty, none are written.
const DIRECTORY: &str = "ALLOC_GUARD_DIR";

/// The folder for records in cargo's target folder.
const FOLDER: &str = "alloc-guard";

/// What marks cargo's target folder: the first for backup programs (bford.info/cachedir), though not where
/// the folder was there before cargo, as a mounted volume is; the second is what cargo knows of rustc.
const MARKS: [&str; 2] = ["CACHEDIR.TAG", ".rustc_info.json"];

/// The file whose age says when old records were last removed.
const SWEPT: &str = ".swept";

const DAY: Duration = Duration::from_hours(24);

/// How long records are kept.
const KEPT_FOR: Duration = Duration::from_hours(7 * 24);

/// Appends a record to this process's file. One that cannot be written is said on standard error: it
/// must not change what the test itself says.
pub(crate) fn append(record: &Record) {
    // Opened once: ten thousand tests of a process need not look for it each.
    static OPENED: OnceLock<Option<(PathBuf, io::Result<File>)>> = OnceLock::new();
    let opened = OPENED.get_or_init(|| {
        let folder = folder()?;
        let path = folder.join(format!("{}-{}.jsonl", record.binary, std::process::id()));
        let file = open(&folder, &path);
        Some((path, file))
    });
    let Some((path, file)) = opened else {
        return;
    };
    let mut line = to_json(record);
    line.push('\n');
    let written = match file {
        // One call, and the system appends it as a whole.
        Ok(file) => (&*file)
            .write_all(line.as_bytes())
            .map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    if let Err(error) = written {
        // Once: a disk that is full for one test is full for all.
        static SAID: Once = Once::new();
        SAID.call_once(|| {
            eprintln!(
                "alloc-guard: failed to write the record of {} to {}: {error}",
                record.name,
                path.display()
            );
        });
    }
}

/// Where records go: the folder that was asked for, else one in the target folder that this binary
/// lies in. A binary that lies elsewhere writes none.
fn folder() -> Option<PathBuf> {
    if let Some(asked) = env::var_os(DIRECTORY) {
        return (!asked.is_empty()).then(|| asked.into());
    }
    let binary = env::current_exe().ok()?;
    let is_target = |folder: &&Path| MARKS.iter().any(|mark| folder.join(mark).is_file());
    let target = binary.ancestors().skip(1).find(is_target)?;
    Some(target.join(FOLDER))
}

fn open(folder: &Path, path: &Path) -> io::Result<File> {
    fs::create_dir_all(folder)?;
    sweep(folder);
    OpenOptions::new().create(true).append(true).open(path)
}

/// Removes old records, at most once a day: under nextest each test is a process.
fn sweep(folder: &Path) {
    let stamp = folder.join(SWEPT);
    if age(&stamp).is_some_and(|age| age < DAY) {
        return;
    }
    // What cannot be removed now is removed another day, or by another process.
    if File::create(&stamp).is_err() {
        return;
    }
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let is_records = path
            .extension()
            .is_some_and(|extension| extension == "jsonl");
        if is_records && age(&path).is_some_and(|age| age > KEPT_FOR) {
            let _ = fs::remove_file(path);
        }
    }
}

fn age(path: &Path) -> Option<Duration> {
    fs::metadata(path).ok()?.modified().ok()?.elapsed().ok()
}
