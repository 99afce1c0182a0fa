//! Every guarded test that runs leaves a record in the target folder, whichever harness runs it.

use std::{collections::BTreeMap, fs, path::Path, process::Command};

use crate::{
    EXPECTED,
    workspace::{cargo, workspace},
};

/// The lines of each record file in a folder.
pub(crate) fn records(folder: &Path) -> BTreeMap<String, Vec<String>> {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "jsonl")
        })
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            assert!(text.ends_with('\n'), "{text}");
            let lines = text.lines().map(str::to_owned).collect();
            (
                path.file_name().unwrap().to_str().unwrap().to_owned(),
                lines,
            )
        })
        .collect()
}

/// The names in some lines, sorted.
pub(crate) fn names(lines: &[String]) -> Vec<&str> {
    let mut names: Vec<_> = lines
        .iter()
        .map(|line| {
            let (_, rest) = line.split_once(r#""name":""#).unwrap();
            rest.split_once('"').unwrap().0
        })
        .collect();
    names.sort_unstable();
    names
}

/// Runs cargo's tests of an adopter with records in a fresh folder.
fn run(adopter: &str, arguments: &[&str]) -> BTreeMap<String, Vec<String>> {
    let folder = tempfile::tempdir().unwrap();
    let mut command: Command = cargo(workspace(), arguments);
    command
        .args(["-p", adopter])
        .env("ALLOC_GUARD_DIR", folder.path())
        .output()
        .unwrap();
    records(folder.path())
}

/// All but the ignored one.
pub(crate) fn expected() -> Vec<&'static str> {
    let names = EXPECTED.iter().map(|(name, _)| *name);
    names.filter(|name| *name != "ignored").collect()
}

#[test]
fn a_process_has_a_file_with_a_line_for_each_of_its_tests() {
    for (adopter, processes) in [("edition-2021", 2), ("own-runner", 1)] {
        let files = run(adopter, &["test"]);
        // Under libtest a test that counts every thread runs in a process of its own.
        assert_eq!(files.len(), processes, "{adopter}: {files:?}");
        assert!(
            files.keys().all(|file| file.starts_with("hot-")),
            "{files:?}"
        );
        let lines: Vec<_> = files.into_values().flatten().collect();
        assert_eq!(names(&lines), expected(), "{adopter}");
        for line in lines {
            for said in [
                r#""version":1,"#,
                r#""module":"hot","#,
                r#""profile":"debug","#,
                r#""features":null,"#,
                concat!(r#""target":"#, "\""),
            ] {
                assert!(line.contains(said), "{said} in {line}");
            }
            assert!(!line.contains(r#""target":"""#), "{line}");
            assert!(!line.contains(r#""toolchain":"""#), "{line}");
            assert!(!line.contains(r#""unix_milliseconds":0"#), "{line}");
        }
    }
}

/// Runs a test that no other test here runs, and returns the records of it that are new
/// in the target folder.
fn added_to_target_folder(directory: Option<&str>) -> Vec<String> {
    let folder = workspace().join("target/alloc-guard");
    let present = || {
        let files = if folder.exists() {
            records(&folder)
        } else {
            BTreeMap::new()
        };
        let lines = files.into_values().flatten();
        lines
            .filter(|line| line.contains(r#""package":"recorded""#))
            .collect::<Vec<_>>()
    };
    let before = present();
    cargo(workspace(), &["test", "-p", "recorded"])
        .envs(directory.map(|directory| ("ALLOC_GUARD_DIR", directory)))
        .output()
        .unwrap();
    let mut added = present();
    added.retain(|line| !before.contains(line));
    added
}

#[test]
fn without_a_folder_that_is_asked_for_records_are_in_the_target_folder() {
    assert_eq!(added_to_target_folder(Some("")), [""; 0]);
    let added = added_to_target_folder(None);
    assert_eq!(added.len(), 1, "{added:?}");
    // Cargo does not mark a target folder that was there before it.
    let mark = workspace().join("target/CACHEDIR.TAG");
    let moved = mark.with_extension("moved");
    fs::rename(&mark, &moved).unwrap();
    let added_unmarked = added_to_target_folder(None);
    fs::rename(&moved, &mark).unwrap();
    assert_eq!(added_unmarked.len(), 1, "{added_unmarked:?}");
    let target = workspace().join("target");
    let executable = format!(r#""executable":"{}"#, target.display());
    assert!(
        added[0].contains(&executable),
        "{executable} in {}",
        added[0]
    );
}

#[test]
fn a_folder_that_cannot_be_written_to_is_said_once_and_changes_no_verdict() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let output = cargo(workspace(), &["test", "-p", "own-runner"])
        .env("ALLOC_GUARD_DIR", file.join("below"))
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(
        stderr.matches("failed to write the record of").count(),
        1,
        "{stderr}"
    );
    assert_eq!(
        crate::verdicts(&String::from_utf8_lossy(&output.stdout)),
        crate::expected()
    );
}
