//! Owns what a person reads of a record: one line, and where it failed, the text below it.

use std::path::Path;

use crate::expect::Promise;

use super::{Outcome, Record, Site, Style};

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
                "now allocation-free: promote it to `#[alloc_free]`"
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

fn title(site: &Site, promise: Promise) -> &'static str {
    match promise {
        _ if site.leaked_blocks > 0 => "block leaked from a locked phase",
        _ if site.allocations == 0 && site.deallocations > 0 => "deallocation in a locked phase",
        _ if site.allocations == 0 && site.failed > 0 => "refused allocation in a locked phase",
        Promise::AllocFree => "allocation in a locked phase",
        Promise::Allocates => "allocation in a locked phase over its limit",
    }
}

fn label(site: &Site) -> String {
    let mut parts = Vec::new();
    if site.leaked_blocks > 0 {
        parts.push(format!(
            "{}, {} leaked",
            count(site.leaked_blocks, "block"),
            bytes(site.leaked_bytes)
        ));
    }
    if site.allocations > 0 {
        parts.push(format!(
            "{}, {}",
            count(site.allocations, "allocation"),
            bytes(site.bytes)
        ));
    }
    if site.deallocations > 0 {
        parts.push(count(site.deallocations, "deallocation"));
    }
    if site.failed > 0 {
        parts.push(format!("{} refused", count(site.failed, "request")));
    }
    parts.join("; ")
}

/// What stands left of a note, so that its `=` is below the excerpt's bar.
fn gutter(site: &Site) -> String {
    " ".repeat(site.line.max(1).to_string().len())
}

/// One site in rustc's look, with its source where it can be read.
pub(crate) fn site_text(site: &Site, root: &Path, promise: Promise, style: Style) -> String {
    let mut notes = Vec::new();
    if !site.via.is_empty() {
        notes.push(format!("via {}", site.via));
    }
    if site.in_dependency {
        notes.push("in a dependency: no frame of this workspace is on the stack".to_owned());
    }
    if !site.called_from.is_empty() {
        notes.push(format!("called from {}", site.called_from));
    }
    let mut text = excerpt(site, root, title(site, promise), style);
    for note in notes {
        text.push_str(&format!("{} = {note}\n", gutter(site)));
    }
    if std::env::var_os("RUST_BACKTRACE").is_some_and(|value| value == "full") {
        for frame in &site.frames {
            text.push_str(&format!(
                "     at {} ({}:{}:{})\n",
                frame.function, frame.file, frame.line, frame.column
            ));
        }
    }
    text
}

/// The header and the source excerpt.
fn excerpt(site: &Site, root: &Path, title: &str, style: Style) -> String {
    #[cfg(feature = "snippets")]
    if let Some(text) = snippet(site, root, title, style) {
        return text;
    }
    let _ = root;
    let place = if site.line > 0 {
        format!("{}:{}:{}", site.file, site.line, site.column)
    } else if site.function.is_empty() {
        "an unknown place".to_owned()
    } else {
        site.function.clone()
    };
    format!(
        "{}: {title}\n{}--> {place}\n{} = {}\n",
        style.red("error"),
        gutter(site),
        gutter(site),
        label(site)
    )
}

#[cfg(feature = "snippets")]
fn snippet(site: &Site, root: &Path, title: &str, style: Style) -> Option<String> {
    use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

    let source = std::fs::read_to_string(root.join(&site.file)).ok()?;
    let line = usize::try_from(site.line).ok()?.checked_sub(1)?;
    let text = source.lines().nth(line)?;
    let start = offset_of_column(text, usize::try_from(site.column).ok()?.saturating_sub(1));
    let end = start + expression_length(text.get(start..)?);
    let label = label(site);
    let report = [Level::ERROR.primary_title(title).element(
        Snippet::source(text)
            .line_start(line + 1)
            .path(site.file.as_str())
            .annotation(
                AnnotationKind::Primary
                    .span(start..end)
                    .label(label.as_str()),
            ),
    )];
    let renderer = match style {
        Style::Coloured => Renderer::styled(),
        Style::Plain => Renderer::plain(),
    };
    Some(format!("{}\n", renderer.render(&report)))
}

/// The byte at a column; debug information counts columns in bytes. At most the line's end.
#[cfg(feature = "snippets")]
fn offset_of_column(text: &str, column: usize) -> usize {
    let mut offset = column.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

/// How much of `text` the expression at its start takes: debug information has no end, so it is a
/// path and the call's name, up to the first character that cannot be part of one.
#[cfg(feature = "snippets")]
fn expression_length(text: &str) -> usize {
    let length = text
        .char_indices()
        .find(|(_, c)| !(c.is_alphanumeric() || matches!(c, '_' | ':' | '!' | '#' | '.')))
        .map_or(text.len(), |(at, _)| at);
    length.max(text.chars().next().map_or(0, char::len_utf8))
}

/// How many trials came out how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// As expected.
    pub expected: u64,
    /// Regressed.
    pub regressed: u64,
    /// Improved.
    pub improved: u64,
    /// Not in the baseline.
    pub new: u64,
    /// Different from run to run.
    pub unstable: u64,
    /// Panicked, failed, should have panicked, or did not report.
    pub failed: u64,
    /// Without a guard.
    pub unguarded: u64,
    /// Ignored.
    pub ignored: u64,
}

impl Totals {
    /// Adds one trial.
    pub fn add(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::AsExpected => self.expected += 1,
            Outcome::Improved => self.improved += 1,
            Outcome::New => self.new += 1,
            Outcome::Unstable => self.unstable += 1,
            Outcome::Regressed => self.regressed += 1,
            Outcome::Panicked | Outcome::Failed | Outcome::DidNotPanic | Outcome::Unreported => {
                self.failed += 1;
            }
            Outcome::NotInstalled => self.unguarded += 1,
            Outcome::Ignored => self.ignored += 1,
        }
    }

    /// All of them.
    #[must_use]
    pub const fn all(&self) -> u64 {
        self.expected
            + self.regressed
            + self.improved
            + self.new
            + self.unstable
            + self.failed
            + self.unguarded
            + self.ignored
    }
}

/// The last line: `3 operations: 2 as expected, 1 regressed`.
#[must_use]
pub fn summary(totals: &Totals, style: Style) -> String {
    let mut parts = vec![format!("{} as expected", totals.expected)];
    for (number, word, bad) in [
        (totals.regressed, "regressed", true),
        (totals.unstable, "unstable", true),
        (totals.improved, "improved", false),
        (totals.new, "new", false),
        (totals.failed, "failed", true),
        (totals.unguarded, "without a guard", true),
        (totals.ignored, "ignored", false),
    ] {
        if number > 0 {
            let part = format!("{number} {word}");
            parts.push(if bad { style.red(&part) } else { part });
        }
    }
    format!("{}: {}", count(totals.all(), "operation"), parts.join(", "))
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

    #[cfg(feature = "snippets")]
    #[test]
    fn an_expression_ends_where_its_name_does() {
        for (text, length) in [
            ("to_vec()", 6),
            ("Vec::with_capacity(9)", 18),
            ("self.keys.iter()", 14),
            ("+ 1", 1),
            ("é(", 2),
            ("", 0),
        ] {
            assert_eq!(expression_length(text), length, "{text}");
        }
    }

    #[cfg(feature = "snippets")]
    #[test]
    fn a_column_inside_a_character_or_past_the_line_is_no_panic() {
        assert_eq!(
            (offset_of_column("aé", 2), offset_of_column("aé", 99)),
            (1, 3)
        );
    }

    #[test]
    fn the_summary_names_only_what_there_is() {
        let totals = Totals {
            expected: 2,
            regressed: 1,
            ..Totals::default()
        };
        assert_eq!(
            summary(&totals, Style::Plain),
            "3 operations: 2 as expected, 1 regressed"
        );
        assert_eq!(
            summary(&Totals::default(), Style::Plain),
            "0 operations: 0 as expected"
        );
    }
}
