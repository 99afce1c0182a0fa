//! Owns what a person reads of the findings.

use std::{
    collections::BTreeSet,
    io::{self, Write},
};

use alloc_guard_core::report::{Style, count};

use super::finding::Finding;

/// Prints the findings and how many there are.
///
/// # Errors
/// If it cannot be written.
pub(crate) fn print(
    findings: &BTreeSet<Finding>,
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    for finding in findings {
        let place = match finding.line {
            0 => finding.path.clone(),
            line => format!("{}:{line}", finding.path),
        };
        writeln!(out, "{}: {}", style.red("error"), finding.what)?;
        writeln!(out, "  {} {place}", style.dim("-->"))?;
        writeln!(out, "   = {}: {}", style.dim("note"), finding.why)?;
        writeln!(out, "   = {}: {}\n", style.green("help"), finding.cure)?;
    }
    let files: BTreeSet<_> = findings.iter().map(|finding| &finding.path).collect();
    writeln!(
        out,
        "{} in {}",
        count(findings.len() as u64, "finding"),
        count(files.len() as u64, "file")
    )?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(path: &str, line: usize) -> Finding {
        Finding::not_installed(path.to_owned(), line, "a test")
    }

    fn printed(findings: impl IntoIterator<Item = Finding>, style: Style) -> String {
        let mut out = Vec::new();
        print(&findings.into_iter().collect(), style, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_finding_has_its_place_its_reason_and_its_cure() {
        let text = printed([finding("a.rs", 7)], Style::Plain);
        assert!(text.starts_with(
            "error: no guard is installed in this test binary\n  --> a.rs:7\n   = note: nothing"
        ));
        assert!(text.contains("\n   = help: depend on `alloc-guard`"));
        assert!(text.ends_with("\n\n1 finding in 1 file\n"), "{text}");
    }

    #[test]
    fn a_whole_file_has_no_line_and_files_are_counted_once() {
        let text = printed(
            [finding("a.rs", 0), finding("a.rs", 1), finding("b.rs", 1)],
            Style::Plain,
        );
        assert!(text.contains("  --> a.rs\n"), "{text}");
        assert!(text.ends_with("3 findings in 2 files\n"), "{text}");
    }

    #[test]
    fn colour_is_there_when_it_is_asked_for() {
        let text = printed([finding("a.rs", 7)], Style::Coloured);
        assert!(
            text.starts_with("\u{1b}[31;1merror\u{1b}[0m: no guard"),
            "{text}"
        );
        assert!(!printed([finding("a.rs", 7)], Style::Plain).contains('\u{1b}'));
    }
}
