//! Owns what a person reads of a record: one line, and where it failed, the text below it.

use std::path::Path;

use crate::expect::Promise;

use super::{
    Outcome, Record, Style,
    excerpt::{gutter, site_text},
};

/// A number of things: `1 allocation`, `2 allocations`.
#[must_use]
pub fn count(number: u64, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}

/// A size: `128 B`, `3.1 KiB`.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "shown with one decimal place")]
pub fn bytes(size: u64) -> String {
    let units = ["KiB", "MiB", "GiB", "TiB"];
    if size < 1024 {
        return format!("{size} B");
    }
    let mut value = size as f64;
    let mut unit = "B";
    for next in units {
        // As soon as it would print as 1024.0.
        if value < 1023.95 {
            break;
        }
        value /= 1024.0;
        unit = next;
    }
    format!("{value:.1} {unit}")
}

/// The line of a trial: mark, promise, heading and result, the heading padded to `width` columns.
#[must_use]
pub fn line(record: &Record, width: usize, style: Style) -> String {
    let heading = record.heading();
    let pad = " ".repeat(width.saturating_sub(columns(heading)));
    format!(
        "{} {:<10}  {heading}{pad}  {}",
        mark(record),
        // A test that left no record has not said what it promises.
        record.promise.map_or("", Promise::as_str),
        result(record, style)
    )
}

pub(crate) fn mark(record: &Record) -> &'static str {
    match record.outcome {
        Outcome::AsExpected | Outcome::Improved => "✅",
        Outcome::New => "🆕",
        Outcome::Ignored => "⏩",
        _ => "❌",
    }
}

/// How many columns a text takes on a terminal: wide characters and emoji two, marks that combine none.
fn columns(text: &str) -> usize {
    text.chars()
        .map(|c| match u32::from(c) {
            0x300..=0x36f | 0x200b..=0x200f | 0xfe00..=0xfe0f => 0,
            0x1100..=0x115f
            | 0x2e80..=0xa4cf
            | 0xac00..=0xd7a3
            | 0xf900..=0xfaff
            | 0xfe30..=0xfe6f
            | 0xff00..=0xff60
            | 0x1f300..=0x1faff
            | 0x20000..=0x3fffd => 2,
            _ => 1,
        })
        .sum()
}

/// The longest heading's width, for [`line()`].
#[must_use]
pub fn heading_width<'a>(headings: impl Iterator<Item = &'a str>) -> usize {
    headings.map(columns).max().unwrap_or(0).min(60)
}

fn counts(record: &Record) -> String {
    let allocations = record.allocations();
    let mut text = count(allocations, "allocation");
    if allocations > 0 {
        text.push_str(&format!(
            " · {} · peak {}",
            bytes(record.locked.bytes),
            bytes(record.locked.peak_bytes)
        ));
    }
    if record.elsewhere > 0 {
        text.push_str(&format!(
            " · {} on other threads not counted: see `scope = \"process\"`",
            record.elsewhere
        ));
    }
    if let Some(held) = &record.baseline {
        text.push_str(&format!("  (baseline {})", held.counts.allocations));
    }
    for permitted in record
        .permitted
        .iter()
        .filter(|permitted| permitted.allocations > 0)
    {
        text.push_str(&format!(
            " · {} permitted in {} ({})",
            permitted.allocations, permitted.path, permitted.reason
        ));
    }
    text
}

/// What came out, in one line.
pub(crate) fn result(record: &Record, style: Style) -> String {
    match record.outcome {
        Outcome::AsExpected => counts(record),
        Outcome::Improved if record.allocations() == 0 => {
            format!(
                "{}: {}",
                style.green("IMPROVED"),
                now_allocation_free(record)
            )
        }
        Outcome::Improved => format!("{}: {}", style.green("IMPROVED"), record.reasons.join("; ")),
        Outcome::New => format!("{}: {}", style.yellow("NEW"), counts(record)),
        Outcome::Unstable => format!("{}: {}", style.red("UNSTABLE"), record.reasons.join("; ")),
        Outcome::Unreported => {
            format!(
                "{}: {}",
                style.red("DID NOT REPORT"),
                first_line(&record.message)
            )
        }
        Outcome::Regressed => format!("{}: {}", style.red("REGRESSED"), record.reasons.join("; ")),
        Outcome::Panicked => format!("{}: {}", style.red("PANICKED"), first_line(&record.message)),
        Outcome::Failed => format!("{}: {}", style.red("FAILED"), first_line(&record.message)),
        Outcome::DidNotPanic => format!("{}: {}", style.red("DID NOT PANIC"), record.message),
        Outcome::NotInstalled => format!("{}: nothing could be counted", style.red("NO GUARD")),
        Outcome::Ignored if record.message.is_empty() => style.yellow("ignored"),
        Outcome::Ignored => format!("{}, {}", style.yellow("ignored"), record.message),
    }
}

/// What to do about a test that no longer allocates.
#[must_use]
pub fn now_allocation_free(record: &Record) -> &'static str {
    if record.profile == "release" {
        // The two look alike from here: the call is not there.
        "now allocation-free, or optimised away: hand its results to `black_box`, or promote it to `#[alloc_free]`"
    } else {
        "now allocation-free: promote it to `#[alloc_free]`"
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or("")
}

/// How many sites of a test are shown, worst first.
const MOST_SITES: usize = 10;

/// The text below a line that failed: each place with its source, then what else there is to know.
/// Empty where there is nothing to say. `root` is the folder that the record's paths are relative to.
#[must_use]
pub fn failure_text(record: &Record, root: &Path, style: Style) -> String {
    let shown = match std::env::var_os("RUST_BACKTRACE") {
        Some(value) if value == "full" => usize::MAX,
        _ => MOST_SITES,
    };
    let mut parts: Vec<String> = record
        .sites
        .iter()
        .take(shown)
        .map(|site| {
            let promise = record.promise.unwrap_or(Promise::AllocFree);
            site_text(site, root, promise, style)
        })
        .collect();
    let message = match record.outcome {
        Outcome::Panicked | Outcome::NotInstalled => record.message.as_str(),
        // One line of it stands in the result already.
        Outcome::Failed | Outcome::Unreported if record.message.contains('\n') => {
            record.message.as_str()
        }
        _ => "",
    };
    if !message.is_empty() {
        let word = if record.outcome == Outcome::Panicked {
            "panicked"
        } else {
            "error"
        };
        parts.push(format!("{}: {message}\n", style.red(word)));
    }
    let what = match record.outcome {
        Outcome::Regressed | Outcome::Unstable if record.sites.is_empty() => {
            Some(record.reasons.join("; "))
        }
        Outcome::New => Some("the baseline does not know this test".to_owned()),
        _ => None,
    };
    if let Some(what) = what {
        parts.push(format!(
            "{}: {what}\n  --> {}:{}\n",
            style.red("error"),
            record.file,
            record.line
        ));
    }
    let mut text = parts.join("\n");
    let more = record.sites.len().saturating_sub(shown) as u64;
    if more > 0 {
        text.push_str(&format!(
            "… and {} with fewer allocations: `RUST_BACKTRACE=full` shows all\n",
            count(more, "site")
        ));
    }
    let gutter = record.sites.last().map_or_else(|| "  ".to_owned(), gutter);
    for note in &record.notes {
        text.push_str(&format!("{gutter} = {}: {note}\n", style.dim("note")));
    }
    if let Some(help) = help(record) {
        text.push_str(&format!("{gutter} = {}: {help}\n", style.dim("help")));
    }
    if !text.is_empty() && record.init.allocations() > 0 {
        text.push_str(&format!(
            "{gutter} = {}: init: {}, {}, not counted\n",
            style.dim("note"),
            count(record.init.allocations(), "allocation"),
            bytes(record.init.bytes)
        ));
    }
    text
}

/// What to do about a test that is not as the baseline says.
fn help(record: &Record) -> Option<String> {
    let accept = format!("`cargo alloc-guard accept --only {}`", record.name);
    match (record.outcome, &record.baseline) {
        (Outcome::New, _) => Some(format!("{accept} takes it over")),
        (Outcome::Regressed, Some(_)) => Some(format!("if this is meant, {accept} takes it over")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_one_decimal_place_from_a_kibibyte_on() {
        for (size, text) in [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1.0 KiB"),
            (3174, "3.1 KiB"),
            (1024 * 1024 - 1, "1.0 MiB"),
            (1 << 30, "1.0 GiB"),
            (u64::MAX, "16777216.0 TiB"),
        ] {
            assert_eq!(bytes(size), text);
        }
    }

    #[test]
    fn one_thing_is_singular() {
        assert_eq!(
            (count(1, "block"), count(0, "block")),
            ("1 block".to_owned(), "0 blocks".to_owned())
        );
    }

    #[test]
    fn wide_characters_take_two_columns() {
        assert_eq!(
            (
                columns("abc"),
                columns("日本"),
                columns("é"),
                columns("e\u{301}")
            ),
            (3, 4, 1, 1)
        );
    }
}
