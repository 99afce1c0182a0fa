//! Owns what every form calls the same thing: a verdict, a measurement, the reason, the place, the group.

use alloc_guard_core::report::{Outcome, Record, Site, bytes, count, now_allocation_free};

/// The mark and the word for how a test came out.
pub(super) const fn verdict(outcome: Outcome) -> (&'static str, &'static str) {
    match outcome {
        Outcome::AsExpected => ("✅", "as expected"),
        Outcome::Improved => ("✅", "improved"),
        Outcome::New => ("🆕", "new"),
        Outcome::Regressed => ("❌", "regressed"),
        Outcome::Unstable => ("❌", "unstable"),
        Outcome::Panicked => ("❌", "panicked"),
        Outcome::Failed => ("❌", "failed"),
        Outcome::DidNotPanic => ("❌", "did not panic"),
        Outcome::NotInstalled => ("❌", "no guard"),
        Outcome::Unreported => ("❌", "did not report"),
        Outcome::Ignored => ("⏩", "ignored"),
    }
}

/// What was measured, if anything was.
pub(crate) fn measured(record: &Record) -> Option<String> {
    let counts = record.counts();
    let is_unknown = match record.outcome {
        Outcome::NotInstalled | Outcome::Unreported | Outcome::Ignored => true,
        // Ended before its body allocated, or before it had a body.
        Outcome::Panicked | Outcome::Failed => counts.allocations == 0,
        _ => false,
    };
    if is_unknown {
        return None;
    }
    let mut text = count(counts.allocations, "allocation");
    if counts.allocations > 0 {
        text.push_str(&format!(
            " · {} · peak {}",
            bytes(counts.bytes),
            bytes(counts.peak_bytes)
        ));
    }
    for permitted in &record.permitted {
        if permitted.allocations > 0 {
            text.push_str(&format!(
                " · {} permitted in {} ({})",
                permitted.allocations, permitted.path, permitted.reason
            ));
        }
    }
    if record.elsewhere > 0 {
        text.push_str(&format!(
            " · {} on other threads not counted",
            record.elsewhere
        ));
    }
    Some(text)
}

/// What the test is held to, if its package's baseline knows it.
pub(super) fn baseline(record: &Record) -> Option<String> {
    let held = record.baseline.as_ref()?;
    let mut text = count(held.counts.allocations, "allocation");
    if held.tolerance.allocations > 0 {
        text.push_str(&format!(" ± {}", held.tolerance.allocations));
    }
    Some(text)
}

/// Why a test came out as it did, in one line.
pub(crate) fn why(record: &Record) -> String {
    if !record.reasons.is_empty() {
        return record.reasons.join("; ");
    }
    match record.outcome {
        Outcome::Improved => now_allocation_free(record).replace('`', ""),
        Outcome::New => "the baseline does not know this test".to_owned(),
        Outcome::NotInstalled => "nothing could be counted".to_owned(),
        _ => record.message.lines().next().unwrap_or("").to_owned(),
    }
}

/// A place in a source file, and what is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place<'a> {
    pub(super) file: &'a str,
    pub(super) line: u32,
    /// From 1; 0 if unknown.
    pub(super) column: u32,
    /// The function where it happened; empty for the test itself.
    pub(super) function: &'a str,
}

/// The guilty line: that of the worst site in the user's own code, else the test's.
pub(super) fn place(record: &Record) -> Option<Place<'_>> {
    let site = record.sites.iter().find(|site| is_users(site));
    match site {
        Some(site) => Some(Place {
            file: &site.file,
            line: site.line,
            column: site.column,
            function: &site.function,
        }),
        None => test_place(record),
    }
}

/// The lines in the user's own code that a test's allocations come from, worst first, else the test's: each as
/// text, `src/ring.rs:7`, with its function.
pub(crate) fn lines(record: &Record) -> Vec<(String, String)> {
    let sites = record.sites.iter().filter(|site| is_users(site));
    let mut lines: Vec<_> = sites
        .map(|site| {
            (
                format!("{}:{}", site.file, site.line),
                site.function.clone(),
            )
        })
        .collect();
    lines.dedup();
    let test = test_place(record).filter(|_| lines.is_empty());
    lines.extend(test.map(|test| (format!("{}:{}", test.file, test.line), String::new())));
    lines
}

/// Whether a site has a line in the user's own code.
fn is_users(site: &Site) -> bool {
    site.line > 0 && !site.file.is_empty() && !site.in_dependency
}

/// Where the test itself stands.
pub(super) fn test_place(record: &Record) -> Option<Place<'_>> {
    (!record.file.is_empty()).then_some(Place {
        file: &record.file,
        line: record.line,
        column: 0,
        function: "",
    })
}

/// What a test's binary and the way it was built are called.
pub(super) fn group(record: &Record, separator: &str, targets: Targets) -> String {
    format!(
        "{}{separator}{} [{}]",
        record.package,
        record.binary,
        built(record, targets)
    )
}

/// How a test was built: its profile, and its target where a run has several.
pub(super) fn built(record: &Record, targets: Targets) -> String {
    let Record {
        profile, target, ..
    } = record;
    match targets {
        Targets::Several if !target.is_empty() => format!("{profile}, {target}"),
        _ => profile.clone(),
    }
}

/// For how many targets the tests of a run were built.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Targets {
    #[default]
    One,
    Several,
}

#[cfg(test)]
mod tests {
    use alloc_guard_core::{Tally, report::PermittedCalls};

    use super::*;

    #[test]
    fn what_ended_early_was_measured_if_it_had_allocated() {
        for (outcome, allocations, expected) in [
            (Outcome::Panicked, 0, None),
            (Outcome::Panicked, 1, Some("1 allocation · 8 B · peak 0 B")),
            (Outcome::Failed, 1, Some("1 allocation · 8 B · peak 0 B")),
            (Outcome::Unreported, 1, None),
            (Outcome::AsExpected, 0, Some("0 allocations")),
        ] {
            let record = Record {
                outcome,
                locked: Tally {
                    allocs: allocations,
                    bytes: 8,
                    ..Tally::default()
                },
                // Permitted, and did not happen.
                permitted: vec![PermittedCalls::default()],
                ..Record::default()
            };
            assert_eq!(measured(&record).as_deref(), expected, "{outcome:?}");
        }
    }

    #[test]
    fn the_guilty_line_is_the_first_that_is_known_and_the_users() {
        let site = |file: &str, line, in_dependency| Site {
            file: file.to_owned(),
            line,
            in_dependency,
            ..Site::default()
        };
        let unknown = [
            site("a.rs", 0, false),
            site("", 1, false),
            site("b.rs", 2, true),
        ];
        let mut record = Record {
            file: "test.rs".to_owned(),
            line: 7,
            sites: unknown.to_vec(),
            ..Record::default()
        };
        let guilty =
            |record: &Record| place(record).map(|place| (place.file.to_owned(), place.line));
        assert_eq!(guilty(&record), Some(("test.rs".to_owned(), 7)));
        record.sites.push(site("c.rs", 3, false));
        assert_eq!(guilty(&record), Some(("c.rs".to_owned(), 3)));
        assert_eq!(guilty(&Record::default()), None);
        let all = |record: &Record| {
            let lines = lines(record).into_iter();
            lines.map(|(line, _)| line).collect::<Vec<_>>()
        };
        record.sites.push(site("d.rs", 4, false));
        assert_eq!(all(&record), ["c.rs:3", "d.rs:4"]);
        record.sites.truncate(2);
        assert_eq!(all(&record), ["test.rs:7"]);
        assert_eq!(all(&Record::default()), [""; 0]);
    }
}
