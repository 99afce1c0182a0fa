//! What is accepted into which text, as tables: what they share.

mod runs;
mod text;

use alloc_guard_core::report::{Record, Style};

use super::{
    accept::{Extent, accept},
    changes::print,
    measured::tests::measured,
    present::Present,
};

/// As somebody has put it, by hand in part.
const TEXT: &str = r#"# Ours.
version = 1

[measured]
debug = { toolchain = "1.96.0", target = "linux", features = "" } # CI's

# The parser.
[test.b."m::parse"]
tolerance = { allocations = 2, reason = "hash order" } # seen in May
# Since the rewrite:
debug = { allocations = 14, bytes = 112, peak_bytes = 112 } # was 20
release = { allocations = 7, bytes = 56, peak_bytes = 56 }

# The printer.
[test.b."m::print"]
debug = { allocations = 3, bytes = 24, peak_bytes = 24 }

[test.c.t]
debug = {allocations=1,bytes=8,peak_bytes=8}
# The end.
"#;

fn on(target: &str, record: Record) -> Record {
    Record {
        target: target.to_owned(),
        ..record
    }
}

fn optimised(record: Record) -> Record {
    Record {
        profile: "release".to_owned(),
        ..record
    }
}

/// The new text, or the old one where it stays, and what is said of it.
fn accepted_of(
    text: &str,
    records: Vec<Record>,
    present: &Present,
    extent: Extent,
) -> (String, String) {
    let measured = measured(records);
    let accepted = accept("p/x.toml", Some(text), &measured, present, extent).unwrap();
    let mut said = Vec::new();
    let changes = &accepted.changes;
    print("p", "p/x.toml", changes, Style::Plain, &mut said).unwrap();
    let new = accepted.text.unwrap_or_else(|| text.to_owned());
    // What is written gives what was meant, and doing it again changes nothing.
    let again = accept("p/x.toml", Some(&new), &measured, present, extent).unwrap();
    assert_eq!(again.text, None, "{new}");
    (new, String::from_utf8(said).unwrap())
}

fn accepted(text: &str, records: Vec<Record>) -> String {
    accepted_of(text, records, &Present::default(), Extent::Whole).0
}

/// The lines that went and came.
fn diff(old: &str, new: &str) -> Vec<String> {
    let diff = similar::TextDiff::from_lines(old, new);
    diff.iter_all_changes()
        .filter(|change| change.tag() != similar::ChangeTag::Equal)
        .map(|change| format!("{}{}", change.tag(), change.to_string_lossy().trim_end()))
        .collect()
}
