//! Owns what is done to text from outside before any form shows it: a panic's message, a name or a
//! title is written by whoever wrote the test, and is data.

use std::iter::Peekable;

/// Text for one line: no line breaks, no control characters, at most `most` characters.
pub(crate) fn one_line(text: &str, most: usize) -> String {
    let line: Vec<_> = visible(text)
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    let line = line.join(" ");
    match line.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// Text for several lines, at most `most` bytes of it, and told if there was more.
pub(super) fn lines(text: &str, most: usize) -> String {
    let mut text = visible(text);
    if text.len() > most {
        let mut end = most;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let more = text.len() - end;
        text.truncate(end);
        text.push_str(&format!("…\n({more} more bytes are not shown)\n"));
    }
    text
}

/// Text without terminal sequences, and with a mark in place of what cannot be seen or turns the
/// direction of what follows (Unicode Technical Report 36, section 3.1).
fn visible(text: &str) -> String {
    let mut visible = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\u{1b}' if rest.next_if_eq(&'[').is_some() => skip_sequence(&mut rest),
            '\r' if rest.peek() == Some(&'\n') => {}
            '\n' | '\t' => visible.push(c),
            '\u{61c}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}' => visible.push('\u{fffd}'),
            c if c.is_control() => visible.push('\u{fffd}'),
            c => visible.push(c),
        }
    }
    visible
}

/// Parameters, then one final byte (ECMA-48, section 5.4).
fn skip_sequence(rest: &mut Peekable<std::str::Chars<'_>>) {
    while rest
        .next_if(|c| ('\u{20}'..='\u{3f}').contains(c))
        .is_some()
    {}
    rest.next_if(|c| ('\u{40}'..='\u{7e}').contains(c));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_has_no_breaks_and_ends_where_it_is_cut() {
        assert_eq!(one_line(" a\r\nb\t c\n", 9), "a b c");
        assert_eq!(one_line("日本語", 3), "日本語");
        assert_eq!(one_line("日本語", 2), "日本…");
    }

    #[test]
    fn lines_keep_their_breaks_and_say_what_was_cut() {
        assert_eq!(lines("a\n\tb\n", 5), "a\n\tb\n");
        assert_eq!(lines("日本", 4), "日…\n(3 more bytes are not shown)\n");
    }

    #[test]
    fn terminal_sequences_are_taken_out_and_other_controls_are_marked() {
        for (text, expected) in [
            ("\u{1b}[31;1mred\u{1b}[0m", "red"),
            ("\u{1b}]0;title\u{7}", "\u{fffd}]0;title\u{fffd}"),
            ("\u{1b}[", ""),
            ("\u{1b}[3", ""),
            ("a\0b\u{7f}\u{85}", "a\u{fffd}b\u{fffd}\u{fffd}"),
            (
                "over\u{202e}\u{2066}\u{200f}",
                "over\u{fffd}\u{fffd}\u{fffd}",
            ),
            ("👩\u{200d}🔬 é", "👩\u{200d}🔬 é"),
            ("a\rb", "a\u{fffd}b"),
        ] {
            assert_eq!(visible(text), expected, "{text:?}");
        }
    }
}
