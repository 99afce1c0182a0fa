//! Runs that are too long for what shows them: cut where they may be, counted, and never held in memory.

use std::{borrow::Cow, fs, io::Write};

use alloc_guard_core::report::{Outcome, Record};
use anyhow::Result;

use super::rich;
use crate::{
    format::{
        Format, Look,
        github::{self, Settings},
        markdown, print,
    },
    records::{Iter, Records},
};

/// A run that is made while it is gone through.
struct Made {
    tests: usize,
    one: fn(usize) -> Record,
}

impl Records for Made {
    fn open(&self) -> Result<Iter<'_>> {
        Ok(Box::new(
            (0..self.tests).map(|at| Ok(Cow::Owned((self.one)(at)))),
        ))
    }
}

fn regression(at: usize) -> Record {
    Record {
        title: format!("Operation {at}"),
        reasons: vec!["2 allocations · 128 B".to_owned()],
        sites: vec![rich::site(6, 61)],
        ..rich::test(&format!("operation_{at:06}"), Outcome::Regressed)
    }
}

fn improvement(at: usize) -> Record {
    Record {
        outcome: Outcome::Improved,
        ..regression(at)
    }
}

fn as_expected(at: usize) -> Record {
    rich::test(&format!("operation_{at:06}"), Outcome::AsExpected)
}

fn markdown(run: &dyn Records, look: &Look<'_>, limit: Option<usize>) -> String {
    let mut out = Vec::new();
    markdown::print(run, look, limit, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn annotations(run: &dyn Records, look: &Look<'_>) -> Vec<String> {
    let settings = Settings {
        is_on: true,
        ..Settings::default()
    };
    let mut out = Vec::new();
    github::report(&settings, Format::Human, run, look, &mut out).unwrap();
    let out = String::from_utf8(out).unwrap();
    out.lines()
        .filter(|line| line.starts_with("::error ") || line.starts_with("::notice "))
        .map(str::to_owned)
        .collect()
}

/// Nothing is open at the end of a document: no block, no fold, no row.
fn assert_whole(document: &str) {
    let mut fence = None;
    let mut open = 0;
    for line in document.lines() {
        if let Some(end) = fence {
            if line == end {
                fence = None;
            }
        } else if let Some(start) = line
            .strip_suffix("text")
            .filter(|line| line.starts_with("```"))
        {
            fence = Some(start);
        } else if line.starts_with("<details>") {
            open += 1;
        } else if line == "</details>" {
            open -= 1;
        } else if line.starts_with("| ") {
            assert!(line.ends_with(" |"), "{line}");
        }
    }
    assert_eq!((fence, open), (None, 0), "{document}");
    assert!(document.ends_with('\n'));
}

#[test]
fn a_summary_of_5000_regressions_is_cut_below_the_limit_and_says_how_much_is_missing() {
    let root = rich::root();
    let run = Made {
        tests: 5000,
        one: regression,
    };
    let whole = markdown(&run, &rich::look(&root), None);
    assert!(whole.len() > 1024 * 1024, "{}", whole.len());
    assert!(!whole.contains("Not shown"));
    assert_whole(&whole);
    let cut = markdown(&run, &rich::look(&root), Some(1024 * 1024));
    assert!(
        cut.len() <= 1024 * 1024 && cut.len() > 900 * 1024,
        "{}",
        cut.len()
    );
    assert!(cut.starts_with("### ❌ 5000 of 5000 operations regressed\n"));
    assert_whole(&cut);
    let findings = cut.matches("\n#### ").count();
    let rows = cut.matches("❌ regressed |\n").count();
    let missing: Vec<_> = [(findings, "findings"), (rows, "rows")]
        .into_iter()
        .filter(|(shown, _)| *shown < 5000)
        .map(|(shown, what)| format!("{} of 5000 {what}", 5000 - shown))
        .collect();
    let closing = format!(
        "\n**Not shown here for want of room: {}. The log",
        missing.join(", ")
    );
    assert!(
        cut.contains(&closing),
        "{closing}\n{}",
        &cut[cut.len() - 300..]
    );
    assert!(findings > 1000 && rows > 1000, "{findings} {rows}");
}

#[test]
fn nothing_better_is_shown_before_what_is_worse() {
    let root = rich::root();
    let run = Made {
        tests: 100,
        one: |at| match at % 2 {
            0 => regression(at),
            _ => improvement(at),
        },
    };
    for limit in (2_000..30_000).step_by(97) {
        let cut = markdown(&run, &rich::look(&root), Some(limit));
        let regressions = cut.matches("\n#### ❌ ").count();
        assert!(
            regressions == 50 || !cut.contains("improved\n\n- "),
            "{cut}"
        );
    }
}

#[test]
fn every_limit_is_kept_and_leaves_a_whole_document() {
    let root = rich::root();
    let rich = rich::run();
    let whole = markdown(&rich, &rich::look(&root), None);
    for limit in (0..whole.len() + 600).step_by(37) {
        let cut = markdown(&rich, &rich::look(&root), Some(limit));
        assert!(cut.len() <= limit, "{} of {limit}", cut.len());
        if !cut.is_empty() {
            assert_whole(&cut);
            assert!(cut.starts_with("### ❌ "), "{cut}");
        }
        let is_whole = cut == whole;
        let room_for_its_end = limit >= 700;
        if room_for_its_end {
            assert_ne!(is_whole, cut.contains("Not shown here"), "{limit}");
        }
    }
}

#[test]
fn there_are_ten_annotations_of_a_level_and_the_last_says_how_many_more() {
    let root = rich::root();
    for one in [regression, improvement] as [fn(usize) -> Record; 2] {
        for (tests, lines, last) in [
            (1, 1, "title=Operation 0"),
            (10, 10, "title=Operation 9"),
            (11, 10, "title=and 2 more"),
            (5000, 10, "title=and 4991 more"),
        ] {
            let run = Made { tests, one };
            let annotations = annotations(&run, &rich::look(&root));
            assert_eq!(annotations.len(), lines);
            assert!(annotations[lines - 1].contains(last), "{annotations:?}");
        }
    }
}

#[test]
fn a_summary_is_appended_to_what_is_there_and_counts_it() {
    let root = rich::root();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("summary.md");
    let settings = Settings {
        summary: Some(path.clone()),
        ..Settings::default()
    };
    let run = Made {
        tests: 5000,
        one: regression,
    };
    for before in [
        0,
        1,
        600_000,
        1024 * 1024 - 300,
        1024 * 1024 - 1,
        1024 * 1024,
        2_000_000,
    ] {
        let theirs = "x".repeat(before);
        fs::write(&path, &theirs).unwrap();
        let report = github::report(
            &settings,
            Format::Json,
            &run,
            &rich::look(&root),
            &mut std::io::sink(),
        );
        report.unwrap();
        let now = fs::read_to_string(&path).unwrap();
        let ours = now.strip_prefix(&theirs).unwrap();
        assert!(
            now.len() <= before.max(1024 * 1024),
            "{before}: {}",
            now.len()
        );
        if before <= 600_000 {
            let gap = if before == 0 { "" } else { "\n\n" };
            let headline = format!("{gap}### ❌ 5000 of 5000 operations regressed\n");
            assert!(ours.starts_with(&headline), "{before}");
            assert!(now.len() > 1024 * 1024 - 1024, "{before}: {}", now.len());
        }
    }
}

#[test]
fn a_summary_file_that_cannot_be_written_is_named() {
    let root = rich::root();
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings {
        summary: Some(folder.path().to_owned()),
        ..Settings::default()
    };
    let run: Vec<Record> = Vec::new();
    let report = github::report(
        &settings,
        Format::Json,
        &run,
        &rich::look(&root),
        &mut std::io::sink(),
    );
    let error = format!("{:#}", report.unwrap_err());
    assert!(
        error.starts_with(&format!("failed to write {}: ", folder.path().display())),
        "{error}"
    );
}

/// Counts what is written and keeps none of it.
#[derive(Default)]
struct Counted {
    bytes: usize,
    longest: usize,
}

impl Write for Counted {
    fn write(&mut self, piece: &[u8]) -> std::io::Result<usize> {
        self.bytes += piece.len();
        self.longest = self.longest.max(piece.len());
        Ok(piece.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn each_form_is_written_record_by_record() {
    let root = rich::root();
    let run = Made {
        tests: 20_000,
        one: as_expected,
    };
    for format in [Format::Human, Format::Markdown, Format::Json, Format::Junit] {
        let mut out = Counted::default();
        print(format, &run, &rich::look(&root), &mut out).unwrap();
        assert!(out.bytes > 20_000 * 20, "{format:?} {}", out.bytes);
        assert!(out.longest < 2_000, "{format:?} {}", out.longest);
    }
}
