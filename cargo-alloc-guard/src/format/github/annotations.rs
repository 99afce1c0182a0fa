//! Owns the annotations: which tests have one, on which line, and how many there may be.

use std::{
    io::Write,
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use alloc_guard_core::report::Record;
use anyhow::Result;

use super::{
    Settings,
    command::{Annotation, Level},
};
use crate::{
    format::{
        Look,
        moved::{CURE, heading},
        overview::{Overview, Rank},
        words::{Place, group, place, test_place, verdict, why},
    },
    records::Records,
};

/// How many annotations of one level a step may have; further ones are dropped without a word.
const MOST: u64 = 10;

/// Prints the annotations: an error for each test that fails, worst first, and a notice for each that
/// need not but is not as the baseline has it.
///
/// # Errors
/// If a record cannot be read, or the output cannot be written.
pub(super) fn annotations(
    run: &dyn Records,
    look: &Look<'_>,
    settings: &Settings,
    out: &mut dyn Write,
) -> Result<()> {
    let overview = Overview::of(run, look.gate)?;
    for level in [Level::Error, Level::Notice] {
        let mut list = List {
            level,
            all: number(&overview, level, look),
            printed: 0,
            out: &mut *out,
        };
        if list.all == 0 {
            continue;
        }
        for rank in Rank::ALL {
            if rank == Rank::Moved {
                moved_tests(&overview, &mut list)?;
                continue;
            }
            if list.is_full() || level_of(rank, look) != level {
                continue;
            }
            overview.each_of(rank, run, &mut |record| {
                list.add(|| annotation(record, &overview, look, settings))?;
                Ok(if list.is_full() {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                })
            })?;
        }
        list.end()?;
    }
    out.flush()?;
    Ok(())
}

/// The annotations of one level.
struct List<'a> {
    level: Level,
    all: u64,
    printed: u64,
    out: &'a mut dyn Write,
}

impl List<'_> {
    /// The last place is for how many more there are, if there are more.
    const fn is_full(&self) -> bool {
        self.printed == if self.all > MOST { MOST - 1 } else { MOST }
    }

    fn add(&mut self, annotation: impl FnOnce() -> Annotation) -> Result<()> {
        if !self.is_full() {
            self.printed += 1;
            write!(self.out, "{}", annotation().command(self.level))?;
        }
        Ok(())
    }

    fn end(self) -> Result<()> {
        let more = self.all - self.printed;
        if more > 0 {
            let annotation = Annotation {
                title: format!("and {more} more"),
                text: format!(
                    "{more} more are not annotated here: GitHub shows {MOST} of a step. The log of the step has \
                     them all."
                ),
                ..Annotation::default()
            };
            write!(self.out, "{}", annotation.command(self.level))?;
        }
        Ok(())
    }
}

/// How many annotations of a level a run would have.
fn number(overview: &Overview, level: Level, look: &Look<'_>) -> u64 {
    let tests: u64 = Rank::ALL
        .into_iter()
        .filter(|rank| *rank != Rank::Moved && level_of(*rank, look) == level)
        .map(|rank| overview.count(rank))
        .sum();
    let moved = overview
        .moved
        .values()
        .filter(|tests| (tests.failing > 0) == (level == Level::Error));
    tests + moved.count() as u64
}

const fn level_of(rank: Rank, look: &Look<'_>) -> Level {
    let fails = match rank {
        Rank::New => look.gate.ci,
        Rank::Improved => look.gate.strict,
        _ => true,
    };
    if fails { Level::Error } else { Level::Notice }
}

fn moved_tests(overview: &Overview, list: &mut List<'_>) -> Result<()> {
    for ((then, now), tests) in &overview.moved {
        if (tests.failing > 0) == (list.level == Level::Error) {
            list.add(|| Annotation {
                title: heading(tests.all, (then, now)),
                text: format!("if this is meant, `{CURE}` takes it over"),
                ..Annotation::default()
            })?;
        }
    }
    Ok(())
}

fn annotation(
    record: &Record,
    overview: &Overview,
    look: &Look<'_>,
    settings: &Settings,
) -> Annotation {
    let mut annotation = Annotation {
        title: format!("{}: {}", record.heading(), verdict(record.outcome).1),
        text: why(record),
        ..Annotation::default()
    };
    // A place outside the repository has no line to stand on.
    let placed = [place(record), test_place(record)]
        .into_iter()
        .flatten()
        .find_map(|place| Some((place, in_repository(place.file, look.root, settings)?)));
    if let Some((place, file)) = placed {
        let Place {
            line,
            column,
            function,
            ..
        } = place;
        (annotation.file, annotation.line, annotation.column) = (file, line, column);
        if !function.is_empty() {
            annotation.text.push_str(&format!("\nin {function}"));
        }
    }
    let group = group(record, " · ", overview.targets);
    annotation.text.push_str(&match record.name.as_str() {
        "" => format!("\nin {group}"),
        name => format!("\ntest {name} in {group}"),
    });
    annotation
}

/// A path relative to the repository's root, which may lie above the workspace's.
fn in_repository(file: &str, root: &Path, settings: &Settings) -> Option<String> {
    let file = Path::new(file);
    let path: PathBuf = match &settings.repository {
        Some(repository) => root.join(file).strip_prefix(repository).ok()?.to_owned(),
        None if file.is_absolute() => file.strip_prefix(root).ok()?.to_owned(),
        None => file.to_owned(),
    };
    Some(path.to_string_lossy().replace('\\', "/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    // A path without a drive's letter is not absolute on Windows.
    #[cfg(unix)]
    #[test]
    fn paths_are_relative_to_the_repository() {
        let in_repository = |file, repository: Option<&str>| {
            let settings = Settings {
                repository: repository.map(PathBuf::from),
                ..Settings::default()
            };
            in_repository(file, Path::new("/r/w"), &settings)
        };
        for (file, repository, expected) in [
            ("src/a.rs", None, Some("src/a.rs")),
            ("src/a.rs", Some("/r/w"), Some("src/a.rs")),
            ("src/a.rs", Some("/r"), Some("w/src/a.rs")),
            ("/r/b.rs", Some("/r"), Some("b.rs")),
            ("/r/w/b.rs", None, Some("b.rs")),
            ("/registry/b.rs", None, None),
            ("/registry/b.rs", Some("/r"), None),
        ] {
            assert_eq!(
                in_repository(file, repository).as_deref(),
                expected,
                "{file}"
            );
        }
    }
}
