//! A process that ends otherwise than by returning has written down what it could, and one that
//! cannot record runs as ever.

use std::fs;

use crate::{
    PROFILE, output,
    profile::Profile,
    record,
    scenario::{NAME, ODD},
};

fn odd(profile: &Profile) -> usize {
    let events = profile.events.iter();
    events.filter(|event| event.size == ODD as u64).count()
}

#[test]
fn an_exit_in_the_middle_loses_nothing() {
    let profile = record("exit");
    assert_eq!((odd(&profile), profile.end.is_some()), (1, true));
}

#[test]
fn an_abort_loses_the_last_block_of_each_thread_and_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let output = output("abort", folder.path());
    assert!(!output.status.success());
    let profile = Profile::only_one_in(folder.path());
    assert_eq!((profile.end, profile.cut_off), (None, 0));
    assert_ne!(profile.pid, 0);
}

#[test]
fn what_was_written_before_a_process_was_killed_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    assert!(!output("killed", folder.path()).status.success());
    let profile = Profile::only_one_in(folder.path());
    assert_eq!(profile.end, None);
    // A block holds some seven thousand of 100,000.
    let events = profile.of(NAME);
    assert!(odd(&profile) > 40_000, "{}", odd(&profile));
    for event in events.iter().filter(|event| event.tag == 0) {
        assert!(!profile.stack(event).is_empty());
    }
}

#[test]
fn a_fork_writes_nothing_into_its_parents_file() {
    let profile = record("fork");
    assert_eq!((odd(&profile), profile.end.is_some()), (1, true));
    let many = profile.events.len();
    assert!(many < 100_000, "{many} events are the child's too");
}

#[test]
fn a_folder_that_cannot_be_written_to_is_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let output = output("exit", &file.join("below"));
    assert!(output.status.success());
    let stderr = String::from_utf8(output.stderr).unwrap();
    let line = "alloc-guard: warning: this process is not recorded: failed to create a file in ";
    assert!(stderr.starts_with(line), "{stderr}");
    assert_eq!(stderr.lines().count(), 1);
}

#[test]
fn a_full_disk_is_a_warning() {
    // Where there is such a device.
    if !fs::exists("/dev/full").unwrap() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let limited = format!(
        "ulimit -f 100; trap '' XFSZ; exec {:?} --exact {NAME}",
        std::env::current_exe().unwrap()
    );
    let mut shell = std::process::Command::new("sh");
    let output = shell
        .args(["-c", &limited])
        .env(crate::scenario::VARIABLE, "million")
        .env(PROFILE, folder.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.contains("the recording ended early"), "{stderr}");
}

#[test]
fn a_second_process_of_the_same_number_has_a_file_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let script = format!(
        "for ending in '' -2; do touch \"$0/$(basename {0:?})-$$$ending.agprof\"; done; exec {0:?} --exact {NAME}",
        std::env::current_exe().unwrap()
    );
    let mut shell = std::process::Command::new("sh");
    let status = shell
        .args(["-c", &script])
        .arg(folder.path())
        .env(crate::scenario::VARIABLE, "exit")
        .env(PROFILE, folder.path())
        .output()
        .unwrap()
        .status;
    assert!(status.success());
    let written: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| fs::metadata(path).unwrap().len() > 0)
        .collect();
    assert_eq!(written.len(), 1, "{written:?}");
    assert!(written[0].to_str().unwrap().ends_with("-3.agprof"));
    assert_eq!(odd(&Profile::read(&written[0])), 1);
}
