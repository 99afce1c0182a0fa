//! Owns what is said of one profile in words: totals, the four lists of the worst sites, and what operations allocated.

use std::{cmp::Reverse, collections::HashMap, path::Path};

use alloc_guard_profile::{Amount, Frame, FrameId, OperationId, Phase, Profile, Sums, Totals};

/// How many rows a list shows.
const ROWS: usize = 5;

/// What is said of a profile.
#[derive(Debug)]
pub(super) struct Summary<'a> {
    pub(super) profile: &'a Profile,
    pub(super) totals: Totals,
    /// The lists that have rows.
    pub(super) lists: Vec<List>,
}

/// A list of the worst.
#[derive(Debug)]
pub(super) struct List {
    pub(super) title: &'static str,
    /// What all rows come to, those that are not shown included.
    pub(super) total: Amount,
    /// What is ranked.
    pub(super) measure: Measure,
    /// Worst first.
    pub(super) rows: Vec<Row>,
    /// How many rows are not shown.
    pub(super) more: u64,
}

/// By what rows are ranked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Measure {
    Bytes,
    Count,
}

/// A site or an operation.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) name: String,
    /// `src/ring.rs:7`; empty if it is not known.
    pub(super) place: String,
    pub(super) amount: Amount,
}

impl Measure {
    fn of(self, amount: Amount) -> u64 {
        match self {
            Self::Bytes => amount.bytes,
            Self::Count => amount.count,
        }
    }

    /// The part of `total` that `amount` is, in per cent, rounded down.
    pub(super) fn share(self, amount: Amount, total: Amount) -> u64 {
        let (part, whole) = (u128::from(self.of(amount)), u128::from(self.of(total)));
        let share = (part * 100).checked_div(whole).unwrap_or(0);
        u64::try_from(share).unwrap_or(u64::MAX)
    }
}

/// What a list is called, what it ranks, and by what.
type Ranking = (&'static str, fn(&Sums) -> Amount, Measure);

const RANKINGS: [Ranking; 4] = [
    ("Live at the peak", |sums| sums.at_peak, Measure::Bytes),
    ("Leaked", |sums| sums.leaked, Measure::Bytes),
    ("Most allocations", |sums| sums.allocations, Measure::Count),
    (
        "Most temporary allocations",
        |sums| sums.temporary,
        Measure::Count,
    ),
];

impl<'a> Summary<'a> {
    /// Sums `profile` up. Paths below `root` are shown from there.
    pub(super) fn new(profile: &'a Profile, root: &Path) -> Self {
        let sites = sites(profile, root);
        let mut lists: Vec<List> = RANKINGS
            .into_iter()
            .filter_map(|(title, of, measure)| {
                let rows = sites.iter().map(|(name, place, sums)| Row {
                    name: name.clone(),
                    place: place.clone(),
                    amount: of(sums),
                });
                List::new(title, measure, rows.collect())
            })
            .collect();
        lists.extend(operations(profile));
        Self {
            profile,
            totals: profile.totals(),
            lists,
        }
    }
}

impl List {
    fn new(title: &'static str, measure: Measure, mut rows: Vec<Row>) -> Option<Self> {
        rows.retain(|row| row.amount.count > 0);
        if rows.is_empty() {
            return None;
        }
        let other = |amount: Amount| (amount.bytes, amount.count);
        rows.sort_by(|a, b| {
            let key = |row: &Row| Reverse((measure.of(row.amount), other(row.amount)));
            (key(a), &a.name, &a.place).cmp(&(key(b), &b.name, &b.place))
        });
        let mut total = Amount::default();
        for row in &rows {
            total += row.amount;
        }
        let more = rows.len().saturating_sub(ROWS) as u64;
        rows.truncate(ROWS);
        Some(Self {
            title,
            total,
            measure,
            rows,
            more,
        })
    }
}

/// The name and the place of every site, and its sums.
fn sites(profile: &Profile, root: &Path) -> Vec<(String, String, Sums)> {
    let mut sites: Vec<(String, String, Sums)> = Vec::new();
    let mut places = HashMap::new();
    for (site, sums) in profile.listed_sites().into_iter().zip(profile.stack_sums()) {
        if sums == Sums::default() {
            continue;
        }
        let (name, place) = named(profile, site, root);
        let index = *places
            .entry((name.clone(), place.clone()))
            .or_insert_with(|| {
                sites.push((name, place, Sums::default()));
                sites.len() - 1
            });
        sites[index].2 += sums;
    }
    sites
}

/// What a site is called, and where it is; both as they are shown.
pub(super) fn named(profile: &Profile, site: Option<FrameId>, root: &Path) -> (String, String) {
    match site.map(|frame| profile.stacks.get(frame)) {
        Some(frame) => (name(profile, frame), place(profile, frame, root)),
        None => ("without a stack".to_owned(), String::new()),
    }
}

fn name(profile: &Profile, frame: Frame) -> String {
    let module = profile.strings.get(frame.module);
    match (profile.strings.get(frame.function), module) {
        ("", "") => "unknown".to_owned(),
        ("", module) => format!("unknown in {module}"),
        (function, _) => function.to_owned(),
    }
}

fn place(profile: &Profile, frame: Frame, root: &Path) -> String {
    let file = profile.strings.get(frame.file);
    let file = match Path::new(file).strip_prefix(root) {
        Ok(below) => below.display().to_string(),
        // Rust's own and a registry's paths begin with what says nothing.
        Err(_) => ["/rustc/", "/registry/src/"]
            .into_iter()
            .find_map(|folder| file.split_once(folder)?.1.split_once('/'))
            .map_or(file, |(_, below)| below)
            .to_owned(),
    };
    match frame.line {
        0 => file,
        line => format!("{file}:{line}"),
    }
}

/// What guarded tests allocated in their locked phases.
fn operations(profile: &Profile) -> Option<List> {
    let rows = profile
        .context_sums()
        .into_iter()
        .filter(|(context, _)| context.phase == Phase::Locked)
        .filter_map(|(context, sums)| {
            let OperationId(operation) = context.operation?;
            Some(Row {
                name: profile.operations.get(operation as usize)?.clone(),
                place: String::new(),
                amount: sums.allocations,
            })
        });
    List::new("In locked phases", Measure::Count, rows.collect())
}
