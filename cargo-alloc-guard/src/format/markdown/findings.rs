//! Owns what is said of the tests that are not simply as expected, worst first.

use std::ops::ControlFlow;

use alloc_guard_core::report::{Record, Style, count, failure_text};
use anyhow::Result;

use super::{
    escape::{block, code, text},
    page::{Page, Room, Shown},
};
use crate::{
    format::{
        Look,
        moved::{CURE, moved},
        overview::{MovedTests, Overview, Rank},
        words::{baseline, group, measured, place, test_place, verdict, why},
    },
    records::Records,
};

/// How many bytes of a failure's text are shown: a panic can have megabytes of it.
const LONGEST_TEXT: usize = 16 * 1024;

/// Puts the findings, until there is no more room.
///
/// # Errors
/// If a record cannot be read, or the page cannot be written.
pub(super) fn put(
    page: &mut Page<'_>,
    run: &dyn Records,
    overview: &Overview,
    look: &Look<'_>,
) -> Result<Shown> {
    let mut findings = Shown {
        all: Rank::ALL.iter().map(|rank| overview.count(*rank)).sum(),
        shown: 0,
    };
    // New tests fail where nobody can take them over; elsewhere the table says enough.
    if !look.gate.ci {
        findings.all -= overview.count(Rank::New);
    }
    for rank in Rank::ALL {
        let shown = match rank {
            Rank::Moved => moved_tests(page, run, overview)?,
            Rank::New if !look.gate.ci => continue,
            Rank::New | Rank::Improved => list(page, run, overview, rank)?,
            _ => failures(page, run, overview, (rank, look))?,
        };
        findings.shown += shown;
        // What is better than what had no room is not shown before it.
        if shown < overview.count(rank) {
            break;
        }
    }
    Ok(findings)
}

fn failures(
    page: &mut Page<'_>,
    run: &dyn Records,
    overview: &Overview,
    (rank, look): (Rank, &Look<'_>),
) -> Result<u64> {
    let mut shown = 0;
    overview.each_of(rank, run, &mut |record| {
        let text = failure(record, overview, look);
        put_one(page, &text, &mut shown)
    })?;
    Ok(shown)
}

fn put_one(page: &mut Page<'_>, text: &str, shown: &mut u64) -> Result<ControlFlow<()>> {
    Ok(match page.put(text)? {
        Room::Taken => {
            *shown += 1;
            ControlFlow::Continue(())
        }
        Room::None => ControlFlow::Break(()),
    })
}

fn failure(record: &Record, overview: &Overview, look: &Look<'_>) -> String {
    let (mark, word) = verdict(record.outcome);
    // Foreign text never begins a line or an item, where it could be a heading, a list or a rule.
    let verdict = format!("**{word}** {}", text(&why(record)));
    let mut finding = format!(
        "\n#### {mark} {}\n\n{}\n\n",
        text(record.heading()),
        verdict.trim_end()
    );
    if let Some(place) = place(record).filter(|place| !place.function.is_empty()) {
        finding.push_str(&format!(
            "- at {} in {}\n",
            code(&format!("{}:{}", place.file, place.line)),
            code(place.function)
        ));
    }
    finding.push_str(&format!("- {}\n", test(record, overview)));
    let mut numbers = Vec::new();
    if let Some(promise) = record.promise {
        numbers.push(format!("expected {}", promise.as_str()));
    }
    if let Some(measured) = measured(record) {
        numbers.push(format!("measured {}", text(&measured)));
    }
    if let Some(baseline) = baseline(record) {
        numbers.push(format!("baseline {baseline}"));
    }
    if !numbers.is_empty() {
        finding.push_str(&format!("- {}\n", numbers.join(", ")));
    }
    let details = failure_text(record, look.root, Style::Plain);
    if !details.trim().is_empty() {
        finding.push_str(&format!(
            "\n<details><summary>Details</summary>\n\n{}\n</details>\n",
            block(&details, LONGEST_TEXT)
        ));
    }
    finding
}

/// Which test it is, and where it stands.
fn test(record: &Record, overview: &Overview) -> String {
    let mut test = format!("in {}", text(&group(record, " · ", overview.targets)));
    if !record.name.is_empty() {
        test = format!("test {} {test}", code(&record.name));
    }
    if let Some(place) = test_place(record) {
        let place = code(&format!("{}:{}", place.file, place.line));
        test.push_str(&format!(", {place}"));
    }
    test
}

fn moved_tests(page: &mut Page<'_>, run: &dyn Records, overview: &Overview) -> Result<u64> {
    let mut shown = 0;
    for ((then, now), tests) in &overview.moved {
        let ends = moved_ends((then, now), *tests);
        page.section((&ends.0, &ends.1), &mut |page| {
            overview.each_of(Rank::Moved, run, &mut |record| {
                let Some(moved) = moved(record).filter(|m| (m.then, m.now) == (then, now)) else {
                    return Ok(ControlFlow::Continue(()));
                };
                let row = format!(
                    "| {} | {} | {} |\n",
                    code(&record.name),
                    text(&group(record, " · ", overview.targets)),
                    text(&moved.change)
                );
                put_one(page, &row, &mut shown)
            })
        })?;
    }
    Ok(shown)
}

fn moved_ends((then, now): (&str, &str), tests: MovedTests) -> (String, String) {
    let mark = if tests.failing > 0 { "❌" } else { "✅" };
    let tests = count(tests.all, "test");
    let open = format!(
        "\n#### {mark} {tests} moved with the toolchain: {} → {}\n\n\
         | Test | Binary | Baseline → measured |\n| --- | --- | --- |\n",
        text(then),
        text(now)
    );
    (
        open,
        format!("\nIf this is meant, `{CURE}` takes it over.\n"),
    )
}

/// Tests of which the heading says nearly all there is to say.
fn list(page: &mut Page<'_>, run: &dyn Records, overview: &Overview, rank: Rank) -> Result<u64> {
    let tests = overview.count(rank);
    if tests == 0 {
        return Ok(0);
    }
    let (open, close) = match rank {
        Rank::New => (
            format!("\n#### 🆕 {} not in the baseline\n\n", count(tests, "test")),
            format!("\n`{CURE}` takes over what was measured.\n"),
        ),
        _ => (
            format!("\n#### ✅ {} improved\n\n", count(tests, "test")),
            format!("\n`{CURE}` holds them to it.\n"),
        ),
    };
    let mut shown = 0;
    page.section((&open, &close), &mut |page| {
        overview.each_of(rank, run, &mut |record| {
            let said = match rank {
                Rank::New => measured(record).unwrap_or_default(),
                _ => why(record),
            };
            let line = format!(
                "- **{}**: {} ({})\n",
                text(record.heading()),
                text(&said),
                test(record, overview)
            );
            put_one(page, &line, &mut shown)
        })
    })?;
    Ok(shown)
}
