//! Owns what a person reads before anything is written.

use std::io::{self, Write};

use alloc_guard_core::report::Style;
use similar::TextDiff;

use super::plan::Plan;

/// Prints what is left as it is, and what would change.
///
/// # Errors
/// If it cannot be written.
pub(crate) fn print(plan: &Plan, style: Style, out: &mut dyn Write) -> io::Result<()> {
    for note in &plan.notes {
        writeln!(out, "{note}")?;
    }
    for change in &plan.changes {
        let before = change.before.as_deref().unwrap_or_default();
        let old = match change.before {
            Some(_) => format!("a/{}", change.shown),
            None => "/dev/null".to_owned(),
        };
        let diff = TextDiff::from_lines(before, &change.after);
        let text = diff
            .unified_diff()
            .header(&old, &format!("b/{}", change.shown))
            .to_string();
        for line in text.lines() {
            writeln!(out, "{}", coloured(line, style))?;
        }
    }
    out.flush()
}

fn coloured(line: &str, style: Style) -> String {
    match line.as_bytes() {
        [b'-', b'-', b'-', b' ', ..] | [b'+', b'+', b'+', b' ', ..] | [b'@', b'@', ..] => {
            style.dim(line)
        }
        [b'+', ..] => style.green(line),
        [b'-', ..] => style.red(line),
        _ => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::init::plan::Change;

    fn printed(before: Option<&str>, style: Style) -> String {
        let plan = Plan {
            changes: vec![Change {
                path: "/w/a.toml".into(),
                shown: "a.toml".to_owned(),
                before: before.map(str::to_owned),
                after: "one\ntwo\nthree\n".to_owned(),
            }],
            notes: vec!["b: already there".to_owned()],
        };
        let mut out = Vec::new();
        print(&plan, style, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_change_is_a_unified_diff_below_what_is_left() {
        assert_eq!(
            printed(Some("one\n2\nthree\n"), Style::Plain),
            "b: already there\n--- a/a.toml\n+++ b/a.toml\n@@ -1,3 +1,3 @@\n one\n-2\n+two\n three\n"
        );
        assert_eq!(
            printed(None, Style::Plain),
            "b: already there\n--- /dev/null\n+++ b/a.toml\n@@ -0,0 +1,3 @@\n+one\n+two\n+three\n"
        );
    }

    #[test]
    fn what_comes_is_green_and_what_goes_is_red() {
        let text = printed(Some("one\n2\nthree\n"), Style::Coloured);
        for line in [
            "\u{1b}[2m--- a/a.toml\u{1b}[0m\n",
            "\u{1b}[2m@@ -1,3 +1,3 @@\u{1b}[0m\n",
            "\n one\n",
            "\u{1b}[31;1m-2\u{1b}[0m\n",
            "\u{1b}[32m+two\u{1b}[0m\n",
        ] {
            assert!(text.contains(line), "{line:?} is missing in {text:?}");
        }
    }
}
