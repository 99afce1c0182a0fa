//! Owns the table of all tests, group by group.

use alloc_guard_core::report::{Record, count};
use anyhow::Result;

use super::{
    escape::text,
    page::{Page, Room, Shown},
};
use crate::{
    format::{
        overview::Overview,
        words::{baseline, group, measured, verdict},
    },
    records::Records,
};

/// A table that is longer is folded.
const LONGEST_UNFOLDED: u64 = 20;

const HEAD: &str = "\
| Operation | Expectation | Measured | Baseline | Verdict |
| --- | --- | --- | --- | --- |
";

/// Puts the table, until there is no more room.
///
/// # Errors
/// If a record cannot be read, or the page cannot be written.
pub(super) fn put(page: &mut Page<'_>, run: &dyn Records, overview: &Overview) -> Result<Shown> {
    let mut rows = Shown {
        all: overview.totals.all(),
        shown: 0,
    };
    let (open, close) = if rows.all > LONGEST_UNFOLDED {
        let all = count(rows.all, "operation");
        (
            format!("\n<details><summary>All {all}</summary>\n"),
            "\n</details>\n",
        )
    } else {
        (String::new(), "")
    };
    page.section((&open, close), &mut |page| {
        let mut last = None;
        for record in run.open()? {
            let record = record?;
            let group = group(&record, " · ", overview.targets);
            let mut piece = String::new();
            if last.as_ref() != Some(&group) {
                piece = format!("\n**{}**\n\n{HEAD}", text(&group));
                last = Some(group);
            }
            piece.push_str(&row(&record));
            if page.put(&piece)? == Room::None {
                break;
            }
            rows.shown += 1;
        }
        Ok(())
    })?;
    Ok(rows)
}

fn row(record: &Record) -> String {
    let (mark, word) = verdict(record.outcome);
    let cell = |content: Option<String>| content.map_or_else(|| "—".to_owned(), |c| text(&c));
    format!(
        "| {} | {} | {} | {} | {mark} {word} |\n",
        text(record.heading()),
        record.promise.map_or("—", |promise| promise.as_str()),
        cell(measured(record)),
        cell(baseline(record))
    )
}
