//! Owns the command line: libtest-mimic's, and what libtest takes beyond it.

use std::ffi::OsString;

use libtest_mimic::{Arguments, Trial};

use crate::registry::Registration;

/// The command line of the runner.
#[derive(Debug)]
pub(crate) struct CommandLine {
    pub(crate) arguments: Arguments,
    /// A test runs if it matches any of them, or if there are none.
    filters: Vec<String>,
    /// `--report-time`.
    pub(crate) report_time: bool,
    /// `--shuffle`, with the seed.
    pub(crate) shuffle: Option<u64>,
}

/// Options of libtest that take a value as the next argument.
const WITH_VALUE: [&str; 7] = [
    "--test-threads",
    "--logfile",
    "--skip",
    "--color",
    "--format",
    "-Z",
    "--shuffle-seed",
];

impl CommandLine {
    /// Reads the command line. Takes out what libtest-mimic lacks and gives it the rest; a wrong
    /// argument or `--help` prints a text and ends the process, as libtest does.
    pub(crate) fn read(arguments: impl IntoIterator<Item = OsString>) -> Self {
        let mut known = Vec::new();
        let mut filters = Vec::new();
        let mut report_time = false;
        let mut shuffle = None;
        let mut arguments = arguments.into_iter();
        known.extend(arguments.next());
        let mut only_filters = false;
        while let Some(argument) = arguments.next() {
            let text = argument.to_string_lossy().into_owned();
            match text.as_str() {
                "--" if !only_filters => only_filters = true,
                "--no-capture" if !only_filters => known.push("--nocapture".into()),
                "--report-time" if !only_filters => report_time = true,
                "--ensure-time" | "--exclude-should-panic" | "--force-run-in-process"
                    if !only_filters => {}
                "--shuffle" if !only_filters => shuffle = Some(seed()),
                "--shuffle-seed" if !only_filters => {
                    shuffle = arguments
                        .next()
                        .and_then(|seed| seed.to_string_lossy().parse().ok())
                        .or(Some(0));
                }
                option if !only_filters && WITH_VALUE.contains(&option) => {
                    known.push(argument);
                    known.extend(arguments.next());
                }
                option if !only_filters && option.starts_with('-') && option.len() > 1 => {
                    match option.strip_prefix("--shuffle-seed=") {
                        Some(seed) => shuffle = Some(seed.parse().unwrap_or(0)),
                        None => known.push(argument),
                    }
                }
                _ => filters.push(text),
            }
        }
        let arguments = Arguments::from_iter(known);
        Self {
            arguments,
            filters,
            report_time,
            shuffle,
        }
    }

    /// The tests that were asked for, sorted by name, each with whether it is to be skipped as ignored.
    pub(crate) fn select(
        &self,
        all: &[&'static Registration],
    ) -> Vec<(&'static Registration, bool)> {
        let mut selected: Vec<_> = all
            .iter()
            // Before any trial is built: nextest starts a process per test, each with one exact name.
            .filter(|registration| self.matches(registration.name()))
            .filter_map(|registration| {
                let trial = Trial::test(registration.name(), || Ok(()))
                    .with_ignored_flag(registration.ignored.is_some());
                (!self.arguments.is_filtered_out(&trial))
                    .then(|| (*registration, self.arguments.is_ignored(&trial)))
            })
            .collect();
        selected.sort_by_key(|(registration, _)| {
            (registration.name(), registration.file, registration.line)
        });
        if let Some(seed) = self.shuffle {
            shuffle(&mut selected, seed);
        }
        selected
    }

    fn matches(&self, name: &str) -> bool {
        self.filters.is_empty()
            || self.filters.iter().any(|filter| {
                if self.arguments.exact {
                    name == filter
                } else {
                    name.contains(filter.as_str())
                }
            })
    }
}

fn seed() -> u64 {
    std::time::UNIX_EPOCH
        .elapsed()
        .map_or(0, |since| since.as_secs() ^ u64::from(since.subsec_nanos()))
}

/// Fisher-Yates, with xorshift (Marsaglia 2003) for numbers.
fn shuffle<T>(items: &mut [T], seed: u64) {
    let mut state = seed | 1;
    for last in (1..items.len()).rev() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let other = usize::try_from(state % (last as u64 + 1)).unwrap_or(0);
        items.swap(last, other);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(arguments: &[&str]) -> CommandLine {
        CommandLine::read(
            std::iter::once("binary")
                .chain(arguments.iter().copied())
                .map(OsString::from),
        )
    }

    #[test]
    fn what_libtest_takes_beyond_libtest_mimic_is_taken_out() {
        let line = read(&[
            "a",
            "--no-capture",
            "b",
            "--report-time",
            "--test-threads",
            "3",
            "--shuffle-seed=7",
            "--skip",
            "c",
            "d",
        ]);
        assert_eq!(line.filters, ["a", "b", "d"]);
        assert_eq!(line.arguments.test_threads, Some(3));
        assert_eq!(line.arguments.skip, ["c"]);
        assert!(line.arguments.nocapture && line.report_time);
        assert_eq!(line.shuffle, Some(7));
    }

    #[test]
    fn several_filters_match_any_of_them_and_exact_ones_the_whole_name() {
        let some = read(&["push", "pop"]);
        assert!(
            some.matches("ring::push_is_free")
                && some.matches("pop")
                && !some.matches("ring::clear")
        );
        let exact = read(&["--exact", "push"]);
        assert!(exact.matches("push") && !exact.matches("ring::push"));
        assert!(read(&[]).matches("anything"));
    }

    #[test]
    fn what_follows_two_dashes_is_a_filter() {
        assert_eq!(read(&["--", "--exact"]).filters, ["--exact"]);
    }

    #[test]
    fn a_shuffle_keeps_every_item() {
        let mut items: Vec<_> = (0..100).collect();
        shuffle(&mut items, 42);
        assert_ne!(items, (0..100).collect::<Vec<_>>());
        items.sort_unstable();
        assert_eq!(items, (0..100).collect::<Vec<_>>());
    }
}
