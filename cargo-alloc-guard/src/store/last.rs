//! Owns what the target folder knows of the tests as they are built now.

use std::{
    collections::HashMap,
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

use alloc_guard_core::report::Record;
use anyhow::{Context as _, Result, bail};

use super::{
    gather::Gathered, inputs::record_file, line::Precedence, read::RecordLines, run_file::RunFile,
    sort::Limits,
};

/// Where test processes and this command leave records, in cargo's target folder.
const FOLDER: &str = "alloc-guard";

/// The folder for records in a target folder.
pub(crate) fn folder(target: &Path) -> PathBuf {
    target.join(FOLDER)
}

/// What was measured last of each test, by whatever ran it. A record counts only if the test binary that
/// wrote it is still there and was not built again since.
///
/// # Errors
/// If nothing is known, or a record file cannot be read or holds something else.
pub(crate) fn last(target: &Path) -> Result<RunFile> {
    let folder = folder(target);
    let nothing = || {
        format!(
            "no test has left a record in {} since it was built: run `cargo alloc-guard` or `cargo test` first",
            folder.display()
        )
    };
    let entries = match fs::read_dir(&folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => bail!(nothing()),
        entries => entries.with_context(|| listing(&folder))?,
    };
    let mut binaries = Binaries::default();
    let mut gathered = Gathered::new(&folder, Precedence::Runs, Limits::default());
    for entry in entries {
        let entry = entry.with_context(|| listing(&folder))?;
        let Some(path) = record_file(&entry) else {
            continue;
        };
        let mut lines = match RecordLines::open(&path) {
            // Removed just now, being a week old.
            Err(error) if is_gone(&error) => continue,
            lines => lines?,
        };
        gathered.add_file(&mut lines, &mut |record| Ok(binaries.vouch_for(record)))?;
    }
    let run = gathered.finish()?;
    if run.count() == 0 {
        bail!(nothing());
    }
    Ok(run)
}

fn listing(folder: &Path) -> String {
    format!("failed to list the folder {}", folder.display())
}

fn is_gone(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<std::io::Error>()
        .is_some_and(|error| error.kind() == ErrorKind::NotFound)
}

/// When each test binary was built, in milliseconds since 1970; `None` if it is gone.
#[derive(Debug, Default)]
pub(super) struct Binaries(HashMap<String, Option<u128>>);

impl Binaries {
    /// Whether the binary that wrote a record is the one that is there now.
    pub(super) fn vouch_for(&mut self, record: &Record) -> bool {
        let built = match self.0.get(&record.executable) {
            Some(built) => *built,
            None => *self
                .0
                .entry(record.executable.clone())
                .or_insert_with_key(|path| built(Path::new(path))),
        };
        built.is_some_and(|built| built <= record.unix_milliseconds.into())
    }
}

fn built(binary: &Path) -> Option<u128> {
    let modified = fs::metadata(binary).ok()?.modified().ok()?;
    Some(modified.duration_since(UNIX_EPOCH).ok()?.as_millis())
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use alloc_guard_core::report::{VERSION, to_json};

    use super::*;
    use crate::records::Records as _;

    /// A target folder with one test binary, built a minute ago.
    struct Target {
        folder: tempfile::TempDir,
        built: u64,
    }

    impl Target {
        fn new() -> Self {
            let folder_ = tempfile::tempdir().unwrap();
            fs::create_dir_all(folder(folder_.path())).unwrap();
            let built = SystemTime::now() - Duration::from_mins(1);
            let binary = fs::File::create(folder_.path().join("hot")).unwrap();
            binary.set_modified(built).unwrap();
            let since = built.duration_since(UNIX_EPOCH).unwrap();
            Self {
                folder: folder_,
                built: u64::try_from(since.as_millis()).unwrap(),
            }
        }

        fn write(&self, file: &str, text: &str) {
            fs::write(folder(self.folder.path()).join(file), text).unwrap();
        }

        fn line(&self, name: &str, binary: &str, unix_milliseconds: u64) -> String {
            let executable = self.folder.path().join(binary);
            let record = Record {
                version: VERSION,
                name: name.to_owned(),
                executable: executable.to_str().unwrap().to_owned(),
                unix_milliseconds,
                ..Record::default()
            };
            format!("{}\n", to_json(&record))
        }

        fn last(&self) -> Result<Vec<(String, u64)>, String> {
            let run = last(self.folder.path()).map_err(|error| format!("{error:#}"))?;
            let mut found = Vec::new();
            run.for_each(&mut |record| {
                found.push((record.name.clone(), record.unix_milliseconds - self.built));
                Ok(())
            })
            .unwrap();
            Ok(found)
        }
    }

    #[test]
    fn only_records_of_binaries_as_they_are_now_count_and_the_newest_of_each_test() {
        let target = Target::new();
        let now = target.built;
        target.write(
            "hot-1.jsonl",
            &[
                target.line("a", "hot", now - 1),
                target.line("a", "hot", now),
                target.line("b", "hot", now + 5),
                target.line("c", "hot", now - 1),
                target.line("d", "gone", now + 5),
            ]
            .concat(),
        );
        target.write("hot-2.jsonl", &target.line("b", "hot", now + 7));
        target.write("hot-3.jsonl", target.line("b", "hot", now + 9).trim_end());
        target.write(".half.jsonl", "not a record\n");
        target.write(".swept", "");
        assert_eq!(
            target.last().unwrap(),
            [("a".to_owned(), 0), ("b".to_owned(), 7)]
        );
    }

    #[test]
    fn where_nothing_is_known_it_says_what_to_run() {
        let target = Target::new();
        for prepare in [
            (|_| {}) as fn(&Target),
            |target| target.write("hot-1.jsonl", &target.line("a", "hot", 1)),
            |target| fs::remove_dir_all(folder(target.folder.path())).unwrap(),
        ] {
            prepare(&target);
            let error = target.last().unwrap_err();
            assert!(
                error.starts_with("no test has left a record in "),
                "{error}"
            );
            assert!(
                error.ends_with("run `cargo alloc-guard` or `cargo test` first"),
                "{error}"
            );
        }
    }

    #[test]
    fn a_damaged_file_is_named_with_its_remedy() {
        let target = Target::new();
        target.write("hot-1.jsonl", &target.line("a", "hot", target.built));
        target.write("hot-2.jsonl", "half a rec\n");
        let error = target.last().unwrap_err();
        assert!(error.contains("hot-2.jsonl:1: not a record: "), "{error}");
        assert!(error.ends_with("delete the file and run again"), "{error}");
    }
}
