//! Owns the text of a site: where it is, with its source in rustc's look.

use std::path::Path;

use crate::expect::Promise;

use super::{Site, Style, bytes, count};

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
pub(super) fn gutter(site: &Site) -> String {
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

#[cfg(all(test, feature = "snippets"))]
mod tests {
    use super::*;

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

    #[test]
    fn a_column_inside_a_character_or_past_the_line_is_no_panic() {
        assert_eq!(
            (offset_of_column("aé", 2), offset_of_column("aé", 99)),
            (1, 3)
        );
    }
}
