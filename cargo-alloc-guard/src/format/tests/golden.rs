//! Each form of the rich run, as it is in `tests/formats`. `SNAPSHOTS=overwrite` rewrites the files.

use alloc_guard_core::report::{Outcome, Record, Style};
use snapbox::{Data, assert_data_eq, data::DataFormat};

use super::rich;
use crate::{
    format::{
        Format, Look,
        github::{self, Settings},
        print,
    },
    records::Records,
};

fn printed(format: Format, run: &dyn Records, look: &Look<'_>) -> String {
    let mut out = Vec::new();
    print(format, run, look, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// Without the wildcards that snapbox knows: hostile text may well hold one.
fn golden(name: &str) -> Data {
    Data::read_from(&rich::root().join(name), Some(DataFormat::Text)).raw()
}

#[test]
fn every_form_shows_the_rich_run_as_its_file_has_it() {
    let root = rich::root();
    for (format, name) in [
        (Format::Human, "rich.txt"),
        (Format::Markdown, "rich.md"),
        (Format::Json, "rich.json"),
        (Format::Junit, "rich.xml"),
    ] {
        let printed = printed(format, &rich::run(), &rich::look(&root));
        assert_data_eq!(printed, golden(name));
    }
}

#[test]
fn every_form_shows_a_run_without_a_record() {
    let root = rich::root();
    let run: Vec<Record> = Vec::new();
    for (format, expected) in [
        (Format::Human, "\n0 operations: 0 as expected\n"),
        (Format::Markdown, "### ⚠️ No operation was run\n"),
        (
            Format::Json,
            "{\"version\":1,\"summary\":{\"operations\":0,\"as_expected\":0,\"regressed\":0,\"unstable\":0,\
             \"improved\":0,\"new\":0,\"failed\":0,\"without_guard\":0,\"ignored\":0},\"tests\":[\n]}\n",
        ),
        (
            Format::Junit,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <testsuites tests=\"0\" failures=\"0\" errors=\"0\" time=\"0.000\">\n</testsuites>\n",
        ),
    ] {
        assert_eq!(printed(format, &run, &rich::look(&root)), expected);
    }
}

#[test]
fn the_document_holds_the_records_as_they_are() {
    let root = rich::root();
    let run = rich::run();
    let document = printed(Format::Json, &run, &rich::look(&root));
    let document: serde_json::Value = serde_json::from_str(&document).unwrap();
    assert_eq!(document["version"], 1);
    let records: Vec<Record> = serde_json::from_value(document["tests"].clone()).unwrap();
    assert_eq!(records, run);
    let summary = document["summary"].as_object().unwrap();
    let number = |name: &str| summary[name].as_u64().unwrap();
    assert_eq!(number("operations"), run.len() as u64);
    let sum: u64 = summary.values().filter_map(serde_json::Value::as_u64).sum();
    assert_eq!(sum, 2 * number("operations"));
}

/// A table of what fails and what does not by the gate, in a form that counts both.
#[test]
fn what_fails_depends_on_the_gate_in_every_form() {
    let root = rich::root();
    for (ci, strict, failures, headline) in [
        (
            false,
            false,
            11,
            "### ❌ 6 of 23 operations regressed, 1 unstable, 5 failed, 1 without a guard (",
        ),
        (true, false, 12, "1 without a guard, 1 new ("),
        (false, true, 14, "1 without a guard, 3 improved ("),
    ] {
        let mut look = rich::look(&root);
        (look.gate.ci, look.gate.strict) = (ci, strict);
        let xml = printed(Format::Junit, &rich::run(), &look);
        let attribute = format!("<testsuites tests=\"23\" failures=\"{failures}\" errors=\"2\"");
        assert!(xml.contains(&attribute), "{xml}");
        let markdown = printed(Format::Markdown, &rich::run(), &look);
        assert!(markdown.contains(headline), "{markdown}");
        assert_eq!(markdown.contains("🆕 1 test not in"), ci, "{markdown}");
        assert!(!markdown.contains("Not shown"), "{markdown}");
    }
}

#[test]
fn a_run_without_failures_says_so_and_annotates_only_what_improved() {
    let root = rich::root();
    let mut run = rich::run();
    let look = rich::look(&root);
    run.retain(|record| !record.outcome.is_failure(look.gate));
    let markdown = printed(Format::Markdown, &run, &look);
    assert!(
        markdown.starts_with("### ✅ 9 operations: 4 as expected, 3 improved, 2 ignored\n"),
        "{markdown}"
    );
    let human = printed(Format::Human, &run, &look);
    assert!(!human.contains("──"), "{human}");
}

#[test]
fn shards_of_other_targets_and_compilers_are_kept_apart() {
    let root = rich::root();
    for (format, name) in [
        (Format::Human, "shards.txt"),
        (Format::Markdown, "shards.md"),
        (Format::Junit, "shards.xml"),
    ] {
        let printed = printed(format, &rich::shards(), &rich::look(&root));
        assert_data_eq!(printed, golden(name));
    }
    let annotations = annotations(&rich::shards(), &rich::look(&root));
    assert_data_eq!(annotations, golden("shards.annotations"));
}

/// What a runner would see, the token aside.
fn reported(format: Format, settings: &Settings) -> String {
    let root = rich::root();
    let mut out = Vec::new();
    github::report(settings, format, &rich::run(), &rich::look(&root), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn annotations(run: &dyn Records, look: &Look<'_>) -> String {
    let mut out = Vec::new();
    github::report(&runner(), Format::Human, run, look, &mut out).unwrap();
    let out = String::from_utf8(out).unwrap();
    let token = out.lines().next().unwrap().rsplit("::").next().unwrap();
    let (_, annotations) = out.rsplit_once(&format!("\n::{token}::\n")).unwrap();
    annotations.to_owned()
}

#[test]
fn what_does_not_fail_by_the_gate_is_a_notice() {
    let root = rich::root();
    let mut run = rich::run();
    run.retain(|record| matches!(record.outcome, Outcome::New | Outcome::Improved));
    for (ci, strict, errors, notices) in [
        (false, false, 0, 4),
        (true, false, 1, 3),
        (false, true, 3, 1),
        (true, true, 4, 0),
    ] {
        let mut look = rich::look(&root);
        (look.gate.ci, look.gate.strict) = (ci, strict);
        let annotations = annotations(&run, &look);
        let number = |level| annotations.matches(level).count();
        assert_eq!(
            (number("::error "), number("::notice ")),
            (errors, notices),
            "{annotations}"
        );
    }
}

fn runner() -> Settings {
    Settings {
        output: None,
        is_on: true,
        summary: None,
        repository: rich::root().parent().map(Into::into),
    }
}

#[test]
fn a_runner_is_given_the_table_with_commands_stopped_and_then_the_annotations() {
    let reported = reported(Format::Human, &runner());
    let (first, rest) = reported.split_once('\n').unwrap();
    let token = first.strip_prefix("::stop-commands::").unwrap();
    let (table, annotations) = rest.split_once(&format!("\n::{token}::\n")).unwrap();
    assert_data_eq!(table, golden("rich.txt"));
    assert_data_eq!(annotations, golden("rich.annotations"));
}

#[test]
fn other_forms_and_other_places_are_given_no_command() {
    let root = rich::root();
    for format in [Format::Markdown, Format::Json, Format::Junit] {
        let plain = printed(format, &rich::run(), &rich::look(&root));
        assert_eq!(reported(format, &runner()), plain);
    }
    let plain = printed(Format::Human, &rich::run(), &rich::look(&root));
    assert_eq!(reported(Format::Human, &Settings::default()), plain);
}

/// The rich run's texts are full of what looks like a command.
#[test]
fn a_document_that_is_printed_to_a_log_holds_no_command() {
    let root = rich::root();
    let document = printed(Format::Markdown, &rich::run(), &rich::look(&root));
    assert!(document.contains("set-output") && document.contains("add-mask"));
    for line in document.lines() {
        assert!(!line.trim_start().starts_with("::"), "{line}");
        assert!(!line.contains("##["), "{line}");
    }
}

#[test]
fn colour_is_for_terminals() {
    let root = rich::root();
    let mut look = rich::look(&root);
    assert!(!printed(Format::Human, &rich::run(), &look).contains("\u{1b}[31;1mREGRESSED"));
    look.style = Style::Coloured;
    assert!(printed(Format::Human, &rich::run(), &look).contains("\u{1b}[31;1mREGRESSED"));
    for format in [Format::Markdown, Format::Junit] {
        assert!(!printed(format, &rich::run(), &look).contains('\u{1b}'));
    }
}
