//! Owns what is read of a harness's output: its list, why it left a test out, what it captured of one.

use std::collections::BTreeSet;

/// The names in the output of `--list --format terse`.
pub(super) fn listed(stdout: &str) -> BTreeSet<String> {
    stdout
        .lines()
        .filter_map(|line| line.strip_suffix(": test"))
        .map(str::to_owned)
        .collect()
}

/// What a harness says of a test it left out.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct LeftOut<'a> {
    /// Empty where the harness does not know it.
    pub(super) title: &'a str,
    /// Empty where `#[ignore]` gives none.
    pub(super) reason: &'a str,
}

/// What the output says of a test with `#[ignore]`.
pub(super) fn left_out<'a>(stdout: &'a str, name: &str) -> LeftOut<'a> {
    stdout
        .lines()
        .filter_map(|line| line.strip_prefix("test ")?.strip_prefix(name))
        .find_map(|rest| of_libtest(rest).or_else(|| of_ours(rest)))
        .unwrap_or_default()
}

/// `test NAME ... ignored, REASON`
fn of_libtest(rest: &str) -> Option<LeftOut<'_>> {
    let rest = rest.strip_prefix(" ... ignored")?;
    Some(LeftOut {
        title: "",
        reason: rest.strip_prefix(", ").unwrap_or_default(),
    })
}

/// `test NAME - ⏩ TITLE: ignored, REASON ... ignored`
fn of_ours(rest: &str) -> Option<LeftOut<'_>> {
    let rest = rest.strip_prefix(" - ⏩ ")?.strip_suffix(" ... ignored")?;
    let (title, result) = if rest.starts_with("ignored") {
        ("", rest)
    } else {
        rest.split_once(": ignored")?
    };
    let reason = result.strip_prefix("ignored").unwrap_or(result);
    Some(LeftOut {
        title,
        reason: reason.strip_prefix(", ").unwrap_or_default(),
    })
}

/// What libtest captured of a test that failed.
pub(super) fn captured<'a>(stdout: &'a str, name: &str) -> Option<&'a str> {
    let header = format!("---- {name} stdout ----\n");
    let (before, rest) = stdout.split_once(&header)?;
    if !before.is_empty() && !before.ends_with('\n') {
        return None;
    }
    let end = ["\n---- ", "\nfailures:\n"]
        .iter()
        .filter_map(|next| rest.find(next))
        .min()
        .unwrap_or(rest.len());
    rest.get(..end).map(str::trim)
}

/// Where the panic hook says that a panic was: `src/lib.rs:3:5`.
pub(super) fn panic_place(captured: &str) -> Option<&str> {
    captured
        .lines()
        .filter(|line| line.starts_with("thread '"))
        .find_map(|line| line.split_once(" panicked at ")?.1.strip_suffix(':'))
}

/// The last lines of a text, without what would move a terminal's cursor.
pub(super) fn tail(text: &str) -> Vec<String> {
    const LINES: usize = 20;
    const COLUMNS: usize = 200;
    let mut lines: Vec<String> = text
        .lines()
        .rev()
        .map(|line| {
            line.chars()
                .filter(|c| !c.is_control() || *c == '\t')
                .take(COLUMNS)
                .collect()
        })
        .filter(|line: &String| !line.trim().is_empty())
        .take(LINES)
        .collect();
    lines.reverse();
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_holds_tests_and_nothing_else() {
        let names = listed("a: test\nm::b: test\nbench: benchmark\n\n2 tests, 1 benchmark\n");
        assert_eq!(names.into_iter().collect::<Vec<_>>(), ["a", "m::b"]);
    }

    #[test]
    fn both_harnesses_say_why_a_test_was_left_out() {
        let stdout = "\nrunning 5 tests\n\
            test a ... ignored\n\
            test ab ... ignored, slow: very\n\
            test m::c - ⏩ Parsing: all of it: ignored, needs a file ... ignored\n\
            test m::d - ⏩ ignored, later ... ignored\n\
            test m::e - ⏩ ignored ... ignored\n";
        for (name, title, reason) in [
            ("a", "", ""),
            ("ab", "", "slow: very"),
            ("m::c", "Parsing: all of it", "needs a file"),
            ("m::d", "", "later"),
            ("m::e", "", ""),
            ("unknown", "", ""),
        ] {
            assert_eq!(left_out(stdout, name), LeftOut { title, reason }, "{name}");
        }
    }

    #[test]
    fn what_was_captured_ends_where_the_next_test_begins() {
        let stdout = "failures:\n\n---- a stdout ----\n\nthread 'a' (7) panicked at src/lib.rs:3:5:\nboom\n\n\
            ---- m::b stdout ----\nError: of b\n\n\nfailures:\n    a\n    m::b\n";
        let a = captured(stdout, "a").unwrap();
        assert_eq!(a, "thread 'a' (7) panicked at src/lib.rs:3:5:\nboom");
        assert_eq!(panic_place(a), Some("src/lib.rs:3:5"));
        assert_eq!(captured(stdout, "m::b"), Some("Error: of b"));
        assert_eq!(panic_place("Error: of b"), None);
        assert_eq!(captured(stdout, "b"), None);
    }

    #[test]
    fn a_tail_is_short_and_does_not_paint() {
        let lines: Vec<_> = (0..50).map(|n| format!("line {n}")).collect();
        let text = lines.join("\n\n");
        let lines = tail(&text);
        assert_eq!(lines.len(), 20);
        assert_eq!(lines.last().map(String::as_str), Some("line 49"));
        assert_eq!(tail("a\u{1b}[31mb\r\u{7}"), ["a[31mb"]);
        assert!(tail("").is_empty());
    }
}
