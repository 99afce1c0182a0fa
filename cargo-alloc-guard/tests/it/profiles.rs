//! Profile files: cut off, hostile, written over, and read by somebody who goes away.

use std::{
    collections::BTreeSet,
    fs,
    io::{Read as _, Write as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::workspace::{Ran, command, ran};

/// Profiles of a known program.
const PROFILES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/profile/tests/bytehound");

pub(crate) fn profile(name: &str) -> PathBuf {
    Path::new(PROFILES).join(name)
}

/// What says how profiles are used.
const GUIDE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/profiles.md");

/// The command with these words, which hold no spaces, and a file after them.
fn with(words: &str, file: &Path) -> Command {
    let mut command = command(words.split_whitespace());
    command.arg(file);
    command
}

fn run(words: &str, file: &Path) -> Ran {
    ran(&mut with(words, file))
}

#[test]
fn a_profile_that_is_cut_off_anywhere_is_read_up_to_there_or_is_one_error() {
    let folder = tempfile::tempdir().unwrap();
    // Three chunks, each of which is read whole or not at all.
    let whole = fs::read(profile("decoded-regressed.dat")).unwrap();
    let file = folder.path().join("cut.dat");
    let (mut read, mut refused) = (0, 0);
    for part in 0..24 {
        let length = whole.len() * part / 24 + part % 7;
        fs::write(&file, &whole[..length]).unwrap();
        let ran = run("report", &file);
        match ran.status {
            Some(0) => {
                assert!(ran.stdout.contains("the file ends in the middle"), "{ran}");
                read += 1;
            }
            Some(1) => {
                assert!(ran.stderr.starts_with("error: "), "{ran}");
                assert!(ran.stderr.contains("cut.dat: "), "{ran}");
                assert_eq!(ran.stderr.lines().count(), 1, "{ran}");
                refused += 1;
            }
            _ => panic!("{ran}"),
        }
    }
    assert!(read > 2 && refused > 0, "{read} {refused}");
}

#[test]
fn a_profile_whose_bytes_were_changed_is_no_panic() {
    let folder = tempfile::tempdir().unwrap();
    let whole = fs::read(profile("decoded-base.dat")).unwrap();
    let file = folder.path().join("changed.dat");
    for part in 0..24 {
        let mut changed = whole.clone();
        changed[whole.len() * part / 24 + part] ^= 0xff;
        fs::write(&file, &changed).unwrap();
        for words in ["export --format heaptrack", "scrub --in-place"] {
            let ran = run(words, &file);
            assert!(matches!(ran.status, Some(0 | 1)), "{words}: {ran}");
        }
    }
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    for format in ["json", "folded", "dhat", "speedscope", "heaptrack"] {
        let words = format!("export --format {format}");
        let mut child = with(&words, &profile("decoded-regressed.dat"))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut first = [0];
        let mut stdout = child.stdout.take().unwrap();
        stdout.read_exact(&mut first).unwrap();
        drop(stdout);
        assert_eq!(child.wait().unwrap().code(), Some(0), "{format}");
    }
}

#[test]
fn every_form_is_the_same_a_second_time_and_replaces_a_file_whole() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("out");
    for format in ["json", "folded", "dhat", "speedscope", "heaptrack"] {
        fs::write(&file, "older and longer ".repeat(100_000)).unwrap();
        let words = format!("export --format {format}");
        let to_file = ran(with(&words, &profile("decoded-base.dat"))
            .arg("--output")
            .arg(&file));
        to_file.says(0, &[]);
        let to_stdout = run(&words, &profile("decoded-base.dat"));
        assert_eq!(
            fs::read_to_string(&file).unwrap(),
            to_stdout.stdout,
            "{format}"
        );
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "{format}");
    }
}

#[test]
fn an_export_that_fails_leaves_the_file_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let (file, empty) = (folder.path().join("out"), folder.path().join("a.dat"));
    fs::write(&file, "before").unwrap();
    fs::write(&empty, "").unwrap();
    ran(with("export", &empty).arg("--output").arg(&file)).says(1, &[]);
    assert_eq!(fs::read_to_string(&file).unwrap(), "before");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[test]
fn scrubbed_in_place_a_profile_says_the_same_without_its_environment() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.dat");
    let original = profile("decoded-base.dat");
    fs::copy(&original, &file).unwrap();
    let ran = run("scrub --in-place", &file);
    ran.says(0, &[]);
    assert!(
        ran.stderr.contains("2 environment variables taken out"),
        "{ran}"
    );
    // Everything that is known of a profile, and what is the matter with it.
    let json = |path: &Path| {
        let ran = run("export", path);
        let mut value: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
        let warnings = value["warnings"].take().to_string();
        (warnings, value)
    };
    let (warned, before) = json(&original);
    let (silent, after) = json(&file);
    assert!(warned.contains("environment"), "{warned}");
    assert_eq!(silent, "[]");
    assert_eq!(before, after);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn two_profiles_differ_by_the_function_that_regressed_and_by_nothing_else() {
    let compare = |before: &str, after: &str| {
        let mut command = with("diff --format json", &profile(before));
        ran(command.arg(profile(after)))
    };
    let worse = compare("decoded-base.dat", "decoded-regressed.dat");
    worse.says(2, &[]);
    let document: serde_json::Value = serde_json::from_str(&worse.stdout).unwrap();
    let changes = document["changes"].as_array().unwrap();
    assert_eq!(changes.len(), 1, "{worse}");
    assert_eq!(changes[0]["function"], "toy::describe_section");
    let of = |side: &str| document[side]["allocations"].as_u64().unwrap();
    assert_eq!(of("after") - of("before"), 2_950);
    compare("decoded-regressed.dat", "decoded-base.dat").says(0, &["\"fallen\""]);
    compare("decoded-base.dat", "decoded-base.dat").says(0, &["\"changes\": []"]);
}

#[test]
fn a_page_is_written_beside_its_profile() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a <b>.dat");
    fs::copy(profile("decoded-base.dat"), &file).unwrap();
    let ran = run("report --format html", &file);
    ran.says(0, &["a <b>.dat.html"]);
    let page = fs::read_to_string(folder.path().join("a <b>.dat.html")).unwrap();
    assert!(page.starts_with("<!doctype html>") || page.starts_with("<!DOCTYPE html>"));
    assert!(
        !page.contains("a <b>.dat"),
        "the name is markup in the page"
    );
}

#[test]
fn a_page_of_two_profiles_is_written_beside_the_second_one_or_where_it_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("after.dat");
    fs::copy(profile("decoded-regressed.dat"), &file).unwrap();
    let diff = |words: &str| ran(with(words, &profile("decoded-base.dat")).arg(&file));
    let beside = folder.path().join("after.dat.diff.html");
    let written = diff("diff --format html");
    written.says(2, &[]);
    assert_eq!(written.stdout, format!("wrote {}\n", beside.display()));
    let page = fs::read_to_string(&beside).unwrap();
    let printed = diff("diff --format html --output -");
    printed.says(2, &[]);
    assert_eq!(printed.stdout, page);
    let other = folder.path().join("other");
    let json = format!("diff --format json --output {}", other.display());
    assert_eq!(diff(&json).stdout, "");
    assert!(fs::read_to_string(&other).unwrap().starts_with('{'));
}

#[test]
fn the_guide_names_every_field_of_the_documents() {
    fn fields(value: &serde_json::Value, found: &mut BTreeSet<String>) {
        match value {
            serde_json::Value::Object(object) => {
                for (name, value) in object {
                    found.insert(name.clone());
                    fields(value, found);
                }
            }
            serde_json::Value::Array(rows) => rows.iter().for_each(|row| fields(row, found)),
            _ => {}
        }
    }
    let guide = fs::read_to_string(GUIDE).unwrap();
    let exported = run("export", &profile("decoded-base.dat")).stdout;
    let mut diff = with("diff --format json", &profile("decoded-base.dat"));
    let compared = ran(diff.arg(profile("decoded-regressed.dat"))).stdout;
    let mut found = BTreeSet::new();
    for document in [exported, compared] {
        fields(&serde_json::from_str(&document).unwrap(), &mut found);
    }
    assert!(found.len() > 40, "{found:?}");
    for field in found {
        // As code, or within the one list of a document's fields.
        let is_named = ["`", " ", "{"].iter().any(|before| {
            ["`", ",", "}"]
                .iter()
                .any(|after| guide.contains(&format!("{before}{field}{after}")))
        });
        assert!(is_named, "{field} is missing in docs/profiles.md");
    }
}

#[test]
fn the_guides_queries_are_answered_by_jq() {
    if Command::new("jq").arg("--version").output().is_err() {
        assert!(
            std::env::var_os("ALLOC_GUARD_REQUIRE_JQ").is_none_or(|value| value != "1"),
            "ALLOC_GUARD_REQUIRE_JQ=1, but jq is not on PATH"
        );
        // Past the capture of libtest, which would hide it in a test that passes.
        let _ = std::io::stderr().write_all(b"\nNOT QUERIED: jq is not on PATH\n\n");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("app.json");
    ran(with("export", &profile("decoded-base.dat"))
        .arg("-o")
        .arg(&file))
    .says(0, &[]);
    let guide = fs::read_to_string(GUIDE).unwrap();
    let mut answers = Vec::new();
    let commands = guide.lines().filter_map(|line| line.strip_prefix("$ "));
    for line in commands.filter(|command| command.starts_with("jq ")) {
        let output = Command::new("sh")
            .args(["-c", line])
            .current_dir(folder.path())
            .output();
        let output = output.unwrap();
        assert!(output.status.success(), "{line}: {output:?}");
        answers.push(String::from_utf8(output.stdout).unwrap());
    }
    let [totals, peak, leaks, grown] = &answers[..] else {
        panic!("{answers:?}");
    };
    assert!(totals.contains("\"allocations\": 2285"), "{totals}");
    assert!(peak.contains("\"peak_bytes\": 1048576"), "{peak}");
    assert!(leaks.contains("409600 toy::deliberate_leak"), "{leaks}");
    assert!(grown.trim().parse::<u64>().unwrap() > 1_000_000, "{grown}");
}
