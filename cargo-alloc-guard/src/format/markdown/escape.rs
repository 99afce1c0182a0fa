//! Owns the way of foreign text into Markdown as GitHub reads it: there it is shown as it is, and
//! neither formats, links, mentions nor commands anything.

use crate::format::text;

/// What breaks a word in two for GitHub's eyes only.
const SPACE_OF_NO_WIDTH: &str = "&#8203;";

/// How much of a name, a title or a reason is shown.
const LONGEST_LINE: usize = 300;

/// How much of a sentence is.
const LONGEST_PROSE: usize = 600;

/// Text within a line or a table's cell.
pub(crate) fn text(foreign: &str) -> String {
    escaped(&text::one_line(foreign, LONGEST_LINE))
}

/// Words of ours, in which what stands between backticks is code, and the rest may hold foreign text.
pub(crate) fn prose(words: &str) -> String {
    let line = text::one_line(words, LONGEST_PROSE);
    let pieces: Vec<&str> = line.split('`').collect();
    if pieces.len().is_multiple_of(2) {
        return escaped(&line);
    }
    let pieces = pieces.iter().enumerate().map(|(at, piece)| {
        if at % 2 == 1 {
            code(piece)
        } else {
            escaped(piece)
        }
    });
    pieces.collect()
}

/// A name, as code.
pub(crate) fn code(foreign: &str) -> String {
    let name = text::one_line(foreign, LONGEST_LINE);
    // Between backticks nothing can be escaped, and a table cuts its cells before it looks for them.
    if name.is_empty() || name.contains(['`', '|', '\\', '#']) {
        format!("<code>{}</code>", escaped(&name))
    } else {
        format!("`{name}`")
    }
}

/// A block of text, at most `most` bytes of it, between fences that nothing in it can close.
pub(super) fn block(foreign: &str, most: usize) -> String {
    let text = quiet(text::lines(foreign, most).trim_end());
    let longest = text
        .split(|c| c != '`')
        .map(str::len)
        .max()
        .unwrap_or_default();
    let fence = "`".repeat(3.max(longest + 1));
    format!("{fence}text\n{text}\n{fence}\n")
}

fn escaped(line: &str) -> String {
    let mut escaped = String::with_capacity(line.len());
    let mut rest = line.chars().peekable();
    let mut last = ' ';
    while let Some(c) = rest.next() {
        let next = rest.peek().copied().unwrap_or(' ');
        let before = std::mem::replace(&mut last, c);
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            // A backslash would do in a paragraph, but in a table's cell it depends on what is before.
            '|' => escaped.push_str("&#124;"),
            // Within a word an underscore is nothing but that, and a bracket is a link's by what follows.
            '_' if before.is_alphanumeric() && next.is_alphanumeric() => escaped.push(c),
            ']' if !matches!(next, '(' | '[') => escaped.push(c),
            '\\' | '`' | '*' | '_' | ']' | '~' | '$' => {
                escaped.push('\\');
                escaped.push(c);
            }
            // `@name` mentions and `#1` refers, whatever the characters were written as.
            '@' if next.is_alphanumeric() => {
                escaped.push(c);
                escaped.push_str(SPACE_OF_NO_WIDTH);
            }
            '#' if next.is_ascii_digit() || next == '#' => {
                escaped.push(c);
                escaped.push_str(SPACE_OF_NO_WIDTH);
            }
            // Links that need no brackets: `https://` and `www.`
            ':' if next == '/' => {
                escaped.push(c);
                escaped.push_str(SPACE_OF_NO_WIDTH);
            }
            '.' if escaped.to_ascii_lowercase().ends_with("www") => escaped.push_str("&#46;"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Text in which GitHub's runner finds no command, should the document be printed to a log: one is
/// `::name::` at the start of a line, or `##[name]` anywhere (actions/runner, `ActionCommand.cs`).
fn quiet(text: &str) -> String {
    let quiet: Vec<_> = text
        .split('\n')
        .map(|line| {
            let line = line.replace("##[", "#\u{200b}#[");
            let start = line.len() - line.trim_start().len();
            match line[start..].strip_prefix("::") {
                Some(rest) => format!("{}:\u{200b}:{rest}", &line[..start]),
                None => line,
            }
        })
        .collect();
    quiet.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_our_words_only_what_stands_between_backticks_is_code() {
        for (words, expected) in [
            (
                "set `--base` or `A|B` here",
                "set `--base` or <code>A&#124;B</code> here",
            ),
            ("*no* code", "\\*no\\* code"),
            ("one ` alone", "one \\` alone"),
        ] {
            assert_eq!(prose(words), expected);
        }
    }

    #[test]
    fn text_formats_links_and_mentions_nothing() {
        for (foreign, expected) in [
            ("SHA-256 hashing (4 KiB)", "SHA-256 hashing (4 KiB)"),
            ("a|b", "a&#124;b"),
            ("a\\|b", "a\\\\&#124;b"),
            (
                "`x` *b* _i_ a_b ~s~ $m$",
                "\\`x\\` \\*b\\* \\_i\\_ a_b \\~s\\~ \\$m\\$",
            ),
            (
                "[l](u) [l][u] ![i](u) [n]",
                "[l\\](u) [l\\][u] ![i\\](u) [n]",
            ),
            ("<img src=x> &lt;", "&lt;img src=x&gt; &amp;lt;"),
            ("two\nlines\r\n| x |", "two lines &#124; x &#124;"),
            ("cc @octocat, a@b", "cc @&#8203;octocat, a@&#8203;b"),
            (
                "fixes #1, C#, ##[error]",
                "fixes #&#8203;1, C#, #&#8203;#[error]",
            ),
            ("#[alloc_free]", "#[alloc_free]"),
            ("see https://x.y", "see https:&#8203;//x.y"),
            ("see WWW.x.y", "see WWW&#46;x.y"),
        ] {
            assert_eq!(text(foreign), expected);
        }
    }

    #[test]
    fn a_name_is_code_that_ends_nowhere_but_at_its_end() {
        for (foreign, expected) in [
            ("ring::push_is_free", "`ring::push_is_free`"),
            ("<T as @octocat>", "`<T as @octocat>`"),
            ("a`b", "<code>a\\`b</code>"),
            ("a|b", "<code>a&#124;b</code>"),
            ("a\\", "<code>a\\\\</code>"),
            ("##[x]", "<code>#&#8203;#[x]</code>"),
            ("", "<code></code>"),
        ] {
            assert_eq!(code(foreign), expected);
        }
    }

    #[test]
    fn a_block_is_closed_by_its_own_fence_alone() {
        assert_eq!(block("a\n", 9), "```text\na\n```\n");
        assert_eq!(block("a\n```\nb", 9), "````text\na\n```\nb\n````\n");
        assert_eq!(block("`````", 9), "``````text\n`````\n``````\n");
    }

    #[test]
    fn a_block_gives_the_runner_no_command() {
        for (foreign, expected) in [
            ("::error::x", ":\u{200b}:error::x"),
            ("a\n \u{a0}::error::x", "a\n \u{a0}:\u{200b}:error::x"),
            ("a ##[error]x", "a #\u{200b}#[error]x"),
            ("a::b", "a::b"),
        ] {
            assert_eq!(block(foreign, 99), format!("```text\n{expected}\n```\n"));
        }
    }

    #[test]
    fn what_is_long_is_cut() {
        assert_eq!(text(&"ä".repeat(301)).chars().count(), 301);
        assert!(block(&"a\n".repeat(99), 20).len() < 80);
    }
}
