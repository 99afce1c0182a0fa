//! Owns what is said of each guarded test: what it promises, what was measured, and which sites allocated.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
    path::Path,
};

use alloc_guard_core::report::{bytes, count};
use alloc_guard_profile::{Allocations, Amount, Kind, OperationId, Phase, Profile, html};

use crate::profiles::{inputs::Input, summary};

/// What was measured of a test that did not allocate.
const FREE: &str = "0 allocations";

/// What is said instead of nothing.
pub(super) const NONE: &str = "no guarded test ran in it";

/// What is said of the locked phases of a profile.
#[derive(Debug)]
pub(in crate::profiles) struct Locked<'a> {
    pub(super) profile: &'a Profile,
    /// Those that allocated, the most first.
    pub(super) operations: Vec<Operation>,
    /// The titles of those that did not, sorted.
    pub(super) free: Vec<String>,
}

/// A guarded test that allocated.
#[derive(Debug)]
pub(super) struct Operation {
    pub(super) title: String,
    /// ✅ or ❌ and a space, where it is known.
    pub(super) mark: &'static str,
    pub(super) measured: String,
    /// The most allocations first.
    pub(super) sites: Vec<Site>,
}

/// A place where a test allocated.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Site {
    pub(super) name: String,
    /// `src/ring.rs:7`; empty if it is not known.
    pub(super) place: String,
    pub(super) amount: Amount,
    /// How many of them are blocks that were grown or shrunk.
    pub(super) reallocations: u64,
}

impl<'a> Locked<'a> {
    /// Sums `input` up. Paths below `root` are shown from there.
    pub(in crate::profiles) fn new(input: &'a Input, root: &Path) -> Self {
        let profile = &input.profile;
        let mut allocated = sites(profile, root);
        let mut operations = Vec::new();
        let mut free = Vec::new();
        let mut bearers: HashMap<&str, usize> = HashMap::new();
        for test in &input.tests {
            *bearers.entry(&test.name).or_default() += 1;
        }
        for test in &input.tests {
            let is_alone = bearers.get(test.name.as_str()) == Some(&1);
            match allocated.remove(test.name.as_str()) {
                Some(sites) if is_alone => operations.push(Operation::new(test, sites)),
                // A profile goes by names, so it is of all that have this one.
                Some(sites) => operations.push(Operation::new(&unknown(&test.name), sites)),
                None if test.measured == FREE => free.push(title(test)),
                None => {}
            }
        }
        for (name, sites) in allocated {
            operations.push(Operation::new(&unknown(name), sites));
        }
        operations.sort_by(|a, b| {
            let key = |one: &Operation| Reverse(one.total());
            (key(a), &a.title).cmp(&(key(b), &b.title))
        });
        free.sort();
        Self {
            profile,
            operations,
            free,
        }
    }
}

impl Locked<'_> {
    pub(super) fn is_empty(&self) -> bool {
        self.operations.is_empty() && self.free.is_empty()
    }
}

impl Operation {
    fn new(test: &html::Operation, mut sites: Vec<Site>) -> Self {
        sites.sort_by(|a, b| {
            let key = |site: &Site| Reverse(site.amount);
            (key(a), &a.place, &a.name).cmp(&(key(b), &b.place, &b.name))
        });
        let mut operation = Self {
            title: title(test),
            mark: match test.passed {
                Some(true) => "✅ ",
                Some(false) => "❌ ",
                None => "",
            },
            measured: test.measured.clone(),
            sites,
        };
        if operation.measured.is_empty() {
            let total = operation.total();
            operation.measured = format!(
                "{} · {}",
                count(total.count, "allocation"),
                bytes(total.bytes)
            );
        }
        operation
    }

    fn total(&self) -> Amount {
        let mut total = Amount::default();
        for site in &self.sites {
            total += site.amount;
        }
        total
    }
}

/// A test of which only the name is known.
fn unknown(name: &str) -> html::Operation {
    html::Operation {
        name: name.to_owned(),
        ..html::Operation::default()
    }
}

fn title(test: &html::Operation) -> String {
    let title = if test.title.is_empty() {
        &test.name
    } else {
        &test.title
    };
    title.clone()
}

/// The sites of the locked phases of each test, by its name.
fn sites<'a>(profile: &'a Profile, root: &Path) -> BTreeMap<&'a str, Vec<Site>> {
    let mut sums: HashMap<_, (Amount, u64)> = HashMap::new();
    let listed = profile.listed_sites();
    let allocations = profile
        .allocations()
        .into_iter()
        .flat_map(Allocations::iter);
    for (_, allocation) in allocations {
        let context = profile.contexts.get(allocation.context.0 as usize);
        let Some(operation) = context
            .filter(|context| context.phase == Phase::Locked)
            .and_then(|context| context.operation)
        else {
            continue;
        };
        let site = listed.get(allocation.stack.index()).copied().flatten();
        let (amount, reallocations) = sums.entry((operation, site)).or_default();
        let weight = u64::from(allocation.weight);
        *amount += Amount {
            count: weight,
            bytes: allocation.size.saturating_mul(weight),
        };
        if matches!(allocation.kind, Kind::Grow | Kind::Shrink) {
            *reallocations += weight;
        }
    }
    let mut of_tests: BTreeMap<&str, Vec<Site>> = BTreeMap::new();
    for ((OperationId(operation), site), (amount, reallocations)) in sums {
        let Some(test) = profile.operations.get(operation as usize) else {
            continue;
        };
        let (name, place) = summary::named(profile, site, root);
        let sites = of_tests.entry(test).or_default();
        // Frames that differ in their column alone are one place to a reader.
        let same = |one: &&mut Site| one.name == name && one.place == place;
        match sites.iter_mut().find(same) {
            Some(site) => {
                site.amount += amount;
                site.reallocations += reallocations;
            }
            None => sites.push(Site {
                name,
                place,
                amount,
                reallocations,
            }),
        }
    }
    of_tests
}

#[cfg(test)]
mod tests {
    use alloc_guard_profile::{Allocation, Context, ContextId, Data, Frame, StackId};

    use super::*;

    /// A line of `a.rs` that a test allocates on, in a phase, with so many bytes.
    type Call = (u32, u32, Phase, Kind, u64);

    fn input(names: &[&str], calls: &[Call], tests: &[(&str, &str)]) -> Input {
        let mut profile = Profile::default();
        profile.operations = names.iter().map(|&name| name.to_owned()).collect();
        let mut allocations = Allocations::default();
        for &(operation, line, phase, kind, size) in calls {
            let frame = Frame {
                function: profile.strings.intern("f"),
                file: profile.strings.intern("/root/a.rs"),
                line,
                class: alloc_guard_profile::Class::Workspace,
                ..Frame::default()
            };
            let frame = profile.stacks.frame(frame);
            let context = ContextId(u32::try_from(profile.contexts.len()).unwrap());
            profile.contexts.push(Context {
                operation: Some(OperationId(operation)),
                phase,
            });
            allocations.push(Allocation {
                stack: profile.stacks.call(StackId::EMPTY, frame),
                context,
                size,
                kind,
                time_ns: 0,
                end_ns: None,
                thread: alloc_guard_profile::ThreadId(0),
                predecessor: None,
                weight: 1,
            });
        }
        profile.data = Data::Allocations(Box::new(allocations));
        let tests = tests.iter().map(|(name, measured)| html::Operation {
            name: (*name).to_owned(),
            title: name.to_uppercase(),
            measured: (*measured).to_owned(),
            ..html::Operation::default()
        });
        Input {
            profile,
            paths: Vec::new(),
            tests: tests.collect(),
        }
    }

    /// The title, the total, and of each site the place, the calls, the bytes and the reallocations.
    fn said(input: &Input) -> (Vec<(String, String, String)>, Vec<String>) {
        let locked = Locked::new(input, Path::new("/root"));
        let rows = locked.operations.iter().map(|operation| {
            let sites = operation.sites.iter().map(|site| {
                let Amount { count, bytes } = site.amount;
                format!("{} {count} {bytes} {}", site.place, site.reallocations)
            });
            let sites = sites.collect::<Vec<_>>().join(", ");
            (operation.title.clone(), operation.measured.clone(), sites)
        });
        (rows.collect(), locked.free)
    }

    #[test]
    fn locked_phases_alone_count_and_the_most_comes_first() {
        let input = input(
            &["one", "two"],
            &[
                (0, 1, Phase::Init, Kind::Plain, 100),
                (0, 1, Phase::Locked, Kind::Plain, 8),
                (1, 3, Phase::Locked, Kind::Plain, 1),
                (1, 2, Phase::Locked, Kind::Plain, 1),
                (1, 2, Phase::Locked, Kind::Grow, 2),
                (1, 2, Phase::Locked, Kind::Shrink, 1),
            ],
            &[("one", "1 allocation"), ("free", FREE), ("ignored", "")],
        );
        let row = |title: &str, measured: &str, sites: &str| {
            (title.to_owned(), measured.to_owned(), sites.to_owned())
        };
        let rows = vec![
            row("two", "4 allocations · 5 B", "a.rs:2 3 4 2, a.rs:3 1 1 0"),
            row("ONE", "1 allocation", "a.rs:1 1 8 0"),
        ];
        assert_eq!(said(&input), (rows, vec!["FREE".to_owned()]));
    }

    #[test]
    fn what_several_tests_of_one_name_allocated_is_said_of_the_name() {
        let calls = [(0, 1, Phase::Locked, Kind::Plain, 8)];
        let tests = [("one", "1 allocation · 8 B"), ("one", FREE)];
        let (rows, free) = said(&input(&["one"], &calls, &tests));
        assert_eq!(rows.len(), 1);
        assert_eq!(
            (&rows[0].0[..], &rows[0].1[..]),
            ("one", "1 allocation · 8 B")
        );
        assert_eq!(free, ["ONE"]);
    }
}
