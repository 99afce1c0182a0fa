//! Owns what this command's own runs leave for `accept`, `report` and `diff`: one file that grows with
//! the number of tests, however often they run.

use std::{
    fs::{self, DirEntry},
    path::{Path, PathBuf},
    time::{Duration, UNIX_EPOCH},
};

use anyhow::{Context as _, Result};

use super::{
    gather::Gathered,
    inputs::record_file,
    last::{Binaries, folder},
    line::Precedence,
    merge::write,
    read::RecordLines,
    replace::is_temporary,
    sort::Limits,
};
use crate::records::Records;

/// What the names of the files begin with. Test processes use their binary's name.
const PREFIX: &str = "check-";

/// As long as test processes keep theirs.
const KEPT_FOR: Duration = Duration::from_hours(7 * 24);

/// Leaves a run where [`last`](super::last()) finds it.
///
/// # Errors
/// If it cannot be written.
pub(crate) fn keep(run: &dyn Records, target: &Path) -> Result<()> {
    let folder = folder(target);
    let keeping = || {
        format!(
            "failed to keep the records of this run in {}",
            folder.display()
        )
    };
    fs::create_dir_all(&folder).with_context(keeping)?;
    let since = UNIX_EPOCH.elapsed().unwrap_or_default().as_millis();
    let path = folder.join(format!("{PREFIX}{}-{since}.jsonl", std::process::id()));
    write(run, &path).with_context(keeping)?;
    // The run is there. What stands in the way of the rest will be named by who reads it.
    let _ = put_together(&folder, &path);
    Ok(())
}

/// Makes one file of all that this command left, and removes what nobody needs.
fn put_together(folder: &Path, path: &Path) -> Result<()> {
    let mut kept: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let file = record_file(&entry);
        if (file.is_some() || is_temporary(&entry.file_name())) && is_old(&entry) {
            // Another process may be removing it, too.
            let _ = fs::remove_file(entry.path());
        } else if let Some(file) = file
            && entry
                .file_name()
                .as_encoded_bytes()
                .starts_with(PREFIX.as_bytes())
        {
            kept.push(file);
        }
    }
    if kept.len() < 2 {
        return Ok(());
    }
    let mut binaries = Binaries::default();
    let mut gathered = Gathered::new(folder, Precedence::Runs, Limits::default());
    for file in &kept {
        // One that is gone was put into another's file before it was removed.
        if let Ok(mut lines) = RecordLines::open(file) {
            gathered.add_file(&mut lines, &mut |record| Ok(binaries.vouch_for(record)))?;
        }
    }
    gathered.finish()?.save(path)?;
    for file in kept.iter().filter(|file| *file != path) {
        let _ = fs::remove_file(file);
    }
    Ok(())
}

fn is_old(entry: &DirEntry) -> bool {
    let modified = entry.metadata().and_then(|metadata| metadata.modified());
    modified.is_ok_and(|modified| modified.elapsed().is_ok_and(|age| age > KEPT_FOR))
}

#[cfg(test)]
mod tests {
    use std::{fs::File, time::SystemTime};

    use alloc_guard_core::report::{Record, VERSION};

    use super::*;
    use crate::store::last;

    fn names(target: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder(target)).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    fn tests(target: &Path) -> Vec<(String, u64)> {
        let mut tests = Vec::new();
        let run = last(target).unwrap();
        run.for_each(&mut |record| {
            tests.push((record.name.clone(), record.nanoseconds));
            Ok(())
        })
        .unwrap();
        tests
    }

    #[test]
    fn many_runs_leave_one_file_with_the_last_record_of_each_test() {
        let target = tempfile::tempdir().unwrap();
        let binary = target.path().join("hot");
        File::create(&binary).unwrap();
        let later = u64::MAX / 2;
        let record = |name: &str, nanoseconds| Record {
            version: VERSION,
            name: name.to_owned(),
            executable: binary.to_str().unwrap().to_owned(),
            nanoseconds,
            unix_milliseconds: later + nanoseconds,
            ..Record::default()
        };
        keep(&vec![record("a", 1), record("b", 1)], target.path()).unwrap();
        // A second process in the same millisecond is one more name.
        let first = folder(target.path()).join(&names(target.path())[0]);
        fs::rename(first, folder(target.path()).join("check-0-0.jsonl")).unwrap();
        keep(&vec![record("b", 2)], target.path()).unwrap();
        let left = names(target.path());
        assert_eq!(left.len(), 1, "{left:?}");
        assert_eq!(
            tests(target.path()),
            [("a".to_owned(), 1), ("b".to_owned(), 2)]
        );
    }

    #[test]
    fn what_is_a_week_old_goes_and_what_others_write_stays() {
        let target = tempfile::tempdir().unwrap();
        let folder = folder(target.path());
        fs::create_dir_all(&folder).unwrap();
        let day = Duration::from_hours(24);
        for (name, days) in [
            ("hot-1.jsonl", 8),
            ("hot-2.jsonl", 6),
            (".alloc-guard-old", 8),
            (".alloc-guard-new", 0),
            ("check-1-1.jsonl", 8),
            ("accept.lock", 8),
        ] {
            let file = File::create(folder.join(name)).unwrap();
            file.set_modified(SystemTime::now() - day * days).unwrap();
        }
        keep(&Vec::new(), target.path()).unwrap();
        let left = names(target.path());
        assert_eq!(left[..2], [".alloc-guard-new", "accept.lock"]);
        assert_eq!(left[3..], ["hot-2.jsonl"]);
    }

    #[test]
    fn a_damaged_file_costs_no_run() {
        let target = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder(target.path())).unwrap();
        fs::write(folder(target.path()).join("check-1-1.jsonl"), "half\n").unwrap();
        keep(&Vec::new(), target.path()).unwrap();
        assert_eq!(names(target.path()).len(), 2);
    }
}
