//! Files that are no profiles, or that claim what they do not hold: each command says so, in one line.

use std::{fs, path::Path};

use tempfile::TempDir;

use crate::{
    agprof::{Events, File, Payload},
    workspace::{Ran, command, ran},
};

/// What reads one profile. A page that is served is made first.
const COMMANDS: [&str; 5] = [
    "report",
    "report --format html --output -",
    "export",
    "export --format dhat",
    "serve --port 0",
];

fn run(words: &str, files: &[&Path]) -> Ran {
    ran(command(words.split_whitespace()).args(files))
}

/// A process that allocated, in few bytes.
fn small() -> Vec<u8> {
    let mut file = File::new();
    file.process(0, 0);
    file.block(3, &Payload::default().number(2).number(0).number(0x5001));
    file.block(4, &Payload::default().number(1).text("parse::module"));
    file.block(5, &Payload::default().number(1).text("main"));
    let mut events = Events::new(0, 0, 1, 1, 2);
    events.allocation(10, 0x1000, 64, 2, false);
    events.deallocation(20, 0x1000, None);
    file.block(6, &events.payload);
    let mut end = Payload::default().number(30).number(30);
    for number in [1, 64, 1, 0, 1] {
        end = end.number(number);
    }
    file.block(8, &end);
    file.0
}

/// What was said of a file that is not read.
fn is_refused(ran: &Ran, file: &str, why: &str) {
    ran.says(1, &[]);
    assert_eq!(ran.stdout, "", "{ran}");
    let start = format!("{file}: {why}");
    let (_, error) = ran.stderr.split_once("error: ").expect(&ran.stderr);
    let name = error.find(file).expect(error);
    assert!(error[name..].starts_with(&start), "{ran}");
    assert_eq!(ran.stderr.lines().count(), 1, "{ran}");
}

fn written(name: &str, content: &[u8]) -> (TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(name);
    fs::write(&file, content).unwrap();
    (folder, file)
}

#[test]
fn a_recording_that_is_cut_off_at_any_byte_is_read_up_to_there_or_is_one_error() {
    let whole = small();
    let (_folder, file) = written("cut.agprof", &whole);
    let mut read = 0;
    for length in 0..=whole.len() {
        fs::write(&file, &whole[..length]).unwrap();
        let words = COMMANDS[length % 4];
        let ran = run(words, &[&file]);
        if ran.status == Some(0) {
            let is_said = format!("{}{}", ran.stdout, ran.stderr).contains("ends in the middle");
            // In a page it is packed.
            let is_packed = words.contains("html");
            assert_eq!(
                is_said,
                length < whole.len() && !is_packed,
                "{length}: {ran}"
            );
            read += 1;
        } else {
            is_refused(&ran, "cut.agprof", "");
        }
    }
    assert!(read > whole.len() / 4, "{read}");
}

#[test]
fn what_is_no_profile_is_said_to_be_none_by_every_command() {
    let claims = |kind: u8, length: u32| {
        let mut file = small();
        file.push(kind);
        file.extend(length.to_le_bytes());
        file
    };
    let mut newer = small();
    newer[8] = 3;
    for (name, content, why) in [
        (
            "a.png",
            &b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..],
            "not a profile; ",
        ),
        ("a.gz", b"\x1f\x8b\x08\0\0\0\0\0", "compressed with gzip"),
        ("a.dat", b"", "the file is empty; record again; "),
        ("a.agprof", b"{\"a\":1}", "JSON, but not DHAT's; "),
        ("newer.agprof", &newer, "byte 8: a profile of version 3, "),
        (
            "block.agprof",
            &claims(6, u32::MAX),
            &format!(
                "byte {}: damaged profile: a block of 4294967295 bytes",
                small().len()
            ),
        ),
        (
            "chunk.dat",
            b"\x01\xff\xff\xff\xff\0\0",
            "byte 0: damaged ByteHound file: a chunk of 4294967295 bytes",
        ),
    ] {
        let (_folder, file) = written(name, content);
        for words in COMMANDS {
            is_refused(&run(words, &[&file]), name, why);
        }
        is_refused(&run("diff", &[&file, &file]), name, why);
    }
}

#[test]
fn a_folder_without_profiles_is_no_profile() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty");
    fs::create_dir(&empty).unwrap();
    for words in ["export", "serve --port 0"] {
        let why = "there is no .agprof file in this folder; record with";
        is_refused(&run(words, &[&empty]), "empty", why);
    }
    let why = "a folder; name the files in it";
    is_refused(&run("scrub --in-place", &[&empty]), "empty", why);
    let ran = run("diff", &[&empty, &empty]);
    ran.says(1, &[]);
    assert!(ran.stderr.contains("error: no record in "), "{ran}");
}

#[cfg(unix)]
#[test]
fn a_pipe_that_would_be_read_twice_is_refused_and_nobody_waits_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    for (words, files) in [
        ("report", &[&*pipe][..]),
        ("diff", &[&pipe, &pipe]),
        ("scrub --in-place", &[&pipe]),
    ] {
        is_refused(&run(words, files), "pipe", "a pipe or a device");
    }
}

#[test]
fn what_makes_figures_mislead_is_said_of_both_sides_of_a_comparison() {
    let whole = small();
    let (folder, cut) = written("cut.agprof", &whole[..whole.len() - 5]);
    let after = folder.path().join("after.agprof");
    fs::write(&after, &whole).unwrap();
    let ran = run("diff", &[&cut, &after]);
    ran.says(0, &["whole process: the same counts"]);
    let said = |file: &str, what: &str| {
        let mut lines = ran.stderr.lines();
        lines.any(|line| line.contains(&format!("{file}: {what}")))
    };
    assert!(said("cut.agprof", "the file ends in the middle"), "{ran}");
    assert!(
        !said("after.agprof", "the file ends in the middle"),
        "{ran}"
    );
    assert!(said("after.agprof", "no function has a name"), "{ran}");
}

#[test]
fn paths_in_a_circle_and_very_many_threads_are_shown() {
    let threads = 30_000;
    let mut file = File::new();
    file.process(0, 0);
    let mut paths = Payload::default();
    for (id, caller) in [(2, 3), (3, 2), (4, 4)] {
        paths = paths.number(id).number(caller).number(0x100 * id);
    }
    file.block(3, &paths);
    for thread in 1..=threads {
        let mut events = Events::new(thread, thread, thread, 0, 0);
        events.allocation(thread, thread * 16, 8, 2 + thread % 3, false);
        file.block(6, &events.payload);
    }
    let (_folder, file) = written("many.agprof", &file.0);
    run("report", &[&file]).says(0, &["30000 allocations · "]);
    let ran = run("report --format html --output -", &[&file]);
    ran.says(0, &[]);
    assert!(ran.stdout.len() < 2_000_000, "{}", ran.stdout.len());
}
