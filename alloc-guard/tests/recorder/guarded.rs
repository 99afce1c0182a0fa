//! Guarded tests are judged alike whether they are recorded or not, and what is recorded says which of
//! them a call belongs to.

use std::{collections::BTreeMap, fs, hint::black_box, path::Path, process::Command};

use crate::{
    PROFILE,
    profile::{Event, Profile},
};

/// Sizes that nothing else asks for, by the phase that they are asked for in.
const INIT: usize = 7_101;
const LOCKED: usize = 7_102;

#[alloc_guard::allocates(max_allocations = 1, warmup = 1)]
fn phases(#[init(vec![0_u8; INIT])] fixture: &[u8]) {
    black_box(Vec::<u8>::with_capacity(LOCKED));
    black_box(fixture);
}

#[alloc_guard::alloc_free]
fn free(#[init(vec![1_u8; 9])] fixture: &[u8]) {
    black_box(fixture.iter().sum::<u8>());
}

#[alloc_guard::allocates(exact_allocations = 3)]
fn resized() {
    let mut text = String::with_capacity(black_box(10));
    text.reserve(black_box(1_000));
    text.shrink_to(black_box(20));
}

#[alloc_guard::allocates(scope = "process", max_allocations = 1_000)]
fn on_every_thread() {
    // Joined, so that all that it calls is within the locked phase.
    let thread = std::thread::spawn(|| drop(black_box(vec![0_u8; 333])));
    thread.join().unwrap();
}

/// The records of these tests, with neither times nor anything else that differs from run to run.
fn records(folder: Option<&Path>) -> BTreeMap<String, Vec<String>> {
    let records = tempfile::tempdir().unwrap();
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["guarded::", "--test-threads=1"])
        .args(["--skip", "guarded_tests_", "--skip", "a_call_says"])
        .env("ALLOC_GUARD_DIR", records.path())
        // Under nextest a process-scoped test needs no process of its own.
        .env_remove("NEXTEST_EXECUTION_MODE")
        .env_remove(PROFILE)
        .envs(folder.map(|folder| (PROFILE, folder)));
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(records.path()).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        for line in text.lines() {
            let parts: Vec<_> = line.split(',').map(str::to_owned).collect();
            let varies = |part: &String| {
                ["unix_milliseconds", "nanoseconds", "binary", "commit"]
                    .iter()
                    .any(|name| part.contains(name))
            };
            let name = parts.iter().find(|part| part.contains("\"name\"")).unwrap();
            let parts = parts.iter().filter(|part| !varies(part)).cloned();
            found.insert(name.clone(), parts.collect());
        }
    }
    found
}

#[test]
fn guarded_tests_are_judged_alike_whether_they_are_recorded_or_not() {
    let folder = tempfile::tempdir().unwrap();
    let plain = records(None);
    assert_eq!(plain.len(), 4, "{plain:#?}");
    assert_eq!(records(Some(folder.path())), plain);
    // The process-scoped test has a process, and so a file, of its own.
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[test]
fn a_call_says_which_operation_and_phase_it_belongs_to() {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "guarded::phases"])
        .env(PROFILE, folder.path())
        .env("ALLOC_GUARD_DIR", "")
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let profile = Profile::only_one_in(folder.path());
    let names: Vec<_> = profile.operations.values().collect();
    assert_eq!(names, ["guarded::phases"]);
    // The phase that a block was asked for in, and that in which it was given back.
    let phases = |size: usize| -> Vec<_> {
        let events = &profile.events;
        let asked = (0..events.len()).filter(|at| events[*at].size == size as u64);
        asked
            .map(|at| {
                let asked = events[at];
                let is_its_end = |event: &&Event| event.tag == 3 && event.address == asked.address;
                let end = events[at..].iter().find(is_its_end).unwrap();
                assert_eq!(profile.operations[&asked.operation], "guarded::phases");
                assert_eq!(end.operation, asked.operation);
                (asked.phase, end.phase)
            })
            .collect()
    };
    // The warm-up is one phase from its beginning to its end.
    assert_eq!(phases(INIT), [(4, 4), (1, 3)]);
    assert_eq!(phases(LOCKED), [(4, 4), (2, 2)]);
    let outside = profile.events.iter().filter(|event| event.operation == 0);
    assert!(outside.clone().count() > 0);
    assert!(outside.into_iter().all(|event| event.phase == 0));
}
