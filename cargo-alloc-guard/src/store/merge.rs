//! Owns what makes one run of many record files, and writes it.

use std::path::{Path, PathBuf};

use alloc_guard_core::report::to_json;
use anyhow::Result;

use super::{
    gather::Gathered,
    inputs,
    line::Precedence,
    read::RecordLines,
    replace::{Replacement, folder_for},
    run_file::RunFile,
    sort::Limits,
};
use crate::records::Records;

/// Puts the shards of one run together: record files, and folders that hold some, however deep. The
/// lines stay as they are, so that what later versions add to them is kept.
///
/// With `output` the run is written there, whole or not at all, and not if it is empty. `read` is told
/// of each file.
///
/// # Errors
/// If an input is not there, cannot be read or holds something else, or the run cannot be written.
pub(crate) fn merge(
    inputs: &[PathBuf],
    output: Option<&Path>,
    read: &mut dyn FnMut(&Path),
) -> Result<RunFile> {
    let folder = output.map_or_else(std::env::temp_dir, folder_for);
    let mut gathered = Gathered::new(&folder, Precedence::Shards, Limits::default());
    for input in inputs {
        inputs::for_each_file(input, &mut |path| {
            read(path);
            gathered.add_file(&mut RecordLines::open(path)?, &mut |_| Ok(true))
        })?;
        gathered.next_input();
    }
    let run = gathered.finish()?;
    match output {
        Some(path) if run.count() > 0 => run.save(path),
        _ => Ok(run),
    }
}

/// Writes a run to a record file, whole or not at all.
///
/// # Errors
/// If a record cannot be read or the file cannot be written.
pub(crate) fn write(run: &dyn Records, path: &Path) -> Result<()> {
    let replacement = Replacement::write(path, |out| {
        run.for_each(&mut |record| Ok(writeln!(out, "{}", to_json(record))?))
    })?;
    replacement.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use alloc_guard_core::report::{Record, VERSION};

    use super::*;

    fn line(name: &str) -> String {
        to_json(&Record {
            version: VERSION,
            name: name.to_owned(),
            ..Record::default()
        })
    }

    #[test]
    fn folders_are_searched_and_what_later_versions_add_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let at = |path: &str| folder.path().join(path);
        let later = line("a").replace("{\"version\"", "{\"later\":[1],\"version\"");
        fs::create_dir_all(at("shard-1/alloc-guard")).unwrap();
        fs::create_dir_all(at("shard-2.jsonl")).unwrap();
        for (path, text) in [
            (
                "shard-1/alloc-guard/b-1.jsonl",
                format!("{later}\n{}", line("cut")),
            ),
            ("shard-1/.half.jsonl", "not a record\n".to_owned()),
            ("shard-1/log.txt", "not a record\n".to_owned()),
            ("shard-2.jsonl/b-2.jsonl", format!("{}\n", line("b"))),
        ] {
            fs::write(at(path), text).unwrap();
        }
        #[cfg(unix)]
        std::os::unix::fs::symlink(folder.path(), at("shard-1/back")).unwrap();
        let output = at("out.jsonl");
        let mut read = Vec::new();
        let run = merge(&[folder.path().to_owned()], Some(&output), &mut |path| {
            read.push(path.to_owned());
        })
        .unwrap();
        assert_eq!((run.count(), read.len()), (2, 2), "{read:?}");
        let expected = format!("{later}\n{}\n", line("b"));
        assert_eq!(fs::read_to_string(&output).unwrap(), expected);

        // What was written can be read, and comes to the same.
        merge(std::slice::from_ref(&output), Some(&output), &mut |_| {}).unwrap();
        assert_eq!(fs::read_to_string(&output).unwrap(), expected);
        write(&run, &output).unwrap();
        assert_eq!(
            fs::read_to_string(&output).unwrap(),
            format!("{}\n{}\n", line("a"), line("b"))
        );
    }

    #[test]
    fn what_is_not_there_or_damaged_is_named_and_nothing_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let output = folder.path().join("out.jsonl");
        fs::write(folder.path().join("bad.jsonl"), "{}\n").unwrap();
        for (input, expected) in [
            ("missing", "failed to read "),
            ("bad.jsonl", "bad.jsonl:1: not a record: "),
            ("", "bad.jsonl:1: not a record: "),
        ] {
            let error =
                merge(&[folder.path().join(input)], Some(&output), &mut |_| {}).unwrap_err();
            let error = format!("{error:#}");
            assert!(error.contains(expected), "{error}");
        }
        assert!(!output.exists());
    }
}
