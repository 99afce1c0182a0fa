//! Owns what a person reads of an accepted run: what changed in each baseline, and how much did not.

use std::io::Write;

use alloc_guard_core::{
    baseline::{Baseline, Circumstances, Counts},
    report::{Style, bytes, count},
};
use anyhow::Result;

use super::measured::Measured;

/// What changes in a package's baseline.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    /// In the order of the file.
    lines: Vec<Line>,
    pub(super) left: Vec<Left>,
    totals: Totals,
}

/// How many tests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    new: u64,
    changed: u64,
    gone: u64,
    unchanged: u64,
    left: u64,
}

/// A test that stays as it is, though it was to run.
#[derive(Debug)]
pub(super) struct Left {
    pub(super) binary: String,
    pub(super) name: String,
    pub(super) profile: String,
    pub(super) why: String,
}

#[derive(Debug)]
enum Line {
    New(String, Counts),
    Changed(String, Counts, Counts),
    /// With the reason.
    Removed(String, &'static str),
    Measured(String, Option<Circumstances>, Circumstances),
}

impl Changes {
    /// Whether nothing changes, and there is nothing else to say.
    pub(crate) fn is_silent(&self) -> bool {
        self.lines.is_empty() && self.left.is_empty() && self.totals.unchanged == 0
    }

    pub(crate) fn totals(&self) -> Totals {
        Totals {
            left: self.left.len() as u64,
            ..self.totals
        }
    }
}

impl Totals {
    pub(crate) fn add(&mut self, other: Self) {
        self.new += other.new;
        self.changed += other.changed;
        self.gone += other.gone;
        self.unchanged += other.unchanged;
        self.left += other.left;
    }

    /// `1 new, 2 changed, 40 unchanged`
    pub(crate) fn words(self) -> String {
        let named: Vec<_> = [
            (self.new, "new"),
            (self.changed, "changed"),
            (self.gone, "gone"),
            (self.left, "left as it was"),
            (self.unchanged, "unchanged"),
        ]
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, what)| match (number, what) {
            (2.., "left as it was") => format!("{number} left as they were"),
            _ => format!("{number} {what}"),
        })
        .collect();
        if named.is_empty() {
            "nothing to accept".to_owned()
        } else {
            named.join(", ")
        }
    }
}

/// What is different between two baselines.
pub(super) fn changes(old: &Baseline, new: &Baseline, measured: &Measured) -> Changes {
    let mut lines = Vec::new();
    let mut totals = Totals::default();
    for (key, now) in &new.measured {
        let then = old.measured.get(key);
        if then != Some(now) {
            lines.push(Line::Measured(key.clone(), then.cloned(), now.clone()));
        }
    }
    let mut names: Vec<(&str, &str)> = [old, new]
        .iter()
        .flat_map(|baseline| &baseline.tests)
        .flat_map(|(binary, tests)| tests.keys().map(|name| (binary.as_str(), name.as_str())))
        .collect();
    names.sort_unstable();
    names.dedup();
    let mut touched = 0;
    for (binary, name) in names {
        let of = |baseline: &'_ Baseline| {
            let tests = baseline.tests.get(binary)?;
            Some(tests.get(name)?.counts.clone())
        };
        let (then, now) = (of(old).unwrap_or_default(), of(new));
        let Some(now) = now else {
            let is_promoted = (measured.not_held).contains(&(binary.to_owned(), name.to_owned()));
            let why = if is_promoted {
                "its attribute says now how much"
            } else {
                "there is no such test any more"
            };
            lines.push(Line::Removed(format!("{binary} · {name}"), why));
            totals.gone += 1;
            continue;
        };
        let what = |key: &str| format!("{binary} · {name} ({key})");
        for (key, counts) in &now {
            match then.get(key) {
                None => {
                    lines.push(Line::New(what(key), *counts));
                    totals.new += 1;
                    touched += 1;
                }
                Some(before) if before != counts => {
                    lines.push(Line::Changed(what(key), *before, *counts));
                    totals.changed += 1;
                    touched += 1;
                }
                Some(_) => {}
            }
        }
        for key in then.keys().filter(|key| !now.contains_key(*key)) {
            lines.push(Line::Removed(what(key), "the same as elsewhere"));
        }
    }
    totals.unchanged = (measured.counts.len() as u64).saturating_sub(touched);
    Changes {
        lines,
        left: Vec::new(),
        totals,
    }
}

/// Prints what changes in a baseline.
///
/// # Errors
/// If the output cannot be written.
pub(crate) fn print(
    package: &str,
    path: &str,
    changes: &Changes,
    style: Style,
    out: &mut dyn Write,
) -> Result<()> {
    writeln!(out, "{package} · {path}")?;
    for line in &changes.lines {
        writeln!(out, "{}", line.text(style))?;
    }
    for left in &changes.left {
        let Left {
            binary,
            name,
            profile,
            why,
        } = left;
        let mark = style.yellow("!");
        writeln!(
            out,
            "{mark} {binary} · {name} ({profile})  left as it was: {why}"
        )?;
    }
    if changes.totals.unchanged > 0 {
        let unchanged = format!("= {} unchanged", changes.totals.unchanged);
        writeln!(out, "{}", style.dim(&unchanged))?;
    }
    writeln!(out)?;
    Ok(())
}

impl Line {
    fn text(&self, style: Style) -> String {
        match self {
            Self::New(what, counts) => {
                let Counts {
                    allocations,
                    bytes: size,
                    peak_bytes,
                } = *counts;
                format!(
                    "{} {what}  {} · {} · peak {}",
                    style.green("+"),
                    count(allocations, "allocation"),
                    bytes(size),
                    bytes(peak_bytes)
                )
            }
            Self::Changed(what, then, now) => {
                let moved: Vec<_> = (then.named().into_iter().zip(now.named()))
                    .filter(|((_, then), (_, now))| then != now)
                    .map(|((name, then), (_, now))| format!("{name} {then} → {now}"))
                    .collect();
                format!("{} {what}  {}", style.yellow("~"), moved.join(", "))
            }
            Self::Removed(what, why) => format!("{} {what}  {why}", style.red("-")),
            Self::Measured(key, None, now) => {
                format!(
                    "{} measured {key}  toolchain {}, target {}",
                    style.green("+"),
                    now.toolchain,
                    now.target
                )
            }
            Self::Measured(key, Some(then), now) => {
                let moved: Vec<_> = texts(then)
                    .into_iter()
                    .zip(texts(now))
                    .filter(|((_, then), (_, now))| then != now)
                    .map(|((name, then), (_, now))| format!("{name} {then} → {now}"))
                    .collect();
                format!("{} measured {key}  {}", style.yellow("~"), moved.join(", "))
            }
        }
    }
}

fn texts(circumstances: &Circumstances) -> [(&'static str, String); 3] {
    let features = match circumstances.features.as_deref() {
        None => "not known".to_owned(),
        Some(features) => format!("`{features}`"),
    };
    [
        ("toolchain", circumstances.toolchain.clone()),
        ("target", circumstances.target.clone()),
        ("features", features),
    ]
}
