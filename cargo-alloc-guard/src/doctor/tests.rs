//! Owns what is wrong with the tests of one target, told from how they are written.

use super::{
    attributes::Role,
    finding::Finding,
    scan::{Found, Mark, Other, Test},
    targets::Harness,
};

/// How a target runs its tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Runner {
    Standard,
    /// `harness = false` and `alloc_guard::main!()`.
    Ours,
    /// `harness = false` and a `main` of someone else's.
    Foreign,
}

impl Runner {
    /// Which one a target with this harness has, if these are all `main!`s in its root. `crates` are
    /// the names under which the package knows ours.
    pub(super) fn new(harness: Harness, root: &Found, crates: &[&str]) -> Self {
        let is_ours = |path: &Vec<String>| match &path[..] {
            // Imported. No other well-known macro is called so.
            [_main] => true,
            [first, ..] => crates.contains(&first.as_str()),
            [] => false,
        };
        match harness {
            Harness::Standard => Self::Standard,
            Harness::Own if root.mains.iter().any(is_ours) => Self::Ours,
            Harness::Own => Self::Foreign,
        }
    }
}

/// What is wrong with a test.
pub(super) fn examine(path: &str, test: &Test, runner: Runner) -> Vec<Finding> {
    let Some(guard) = &test.guard else {
        return unguarded(path, test, runner);
    };
    let mut findings = Vec::new();
    match runner {
        Runner::Standard if test.is_in_block => {
            findings.push(Finding::in_block(path.to_owned(), test.line, &test.name));
        }
        Runner::Foreign => {
            findings.push(Finding::no_runner(path.to_owned(), test.line, &test.name));
        }
        Runner::Standard | Runner::Ours => findings.extend(misplaced(path, test, guard, runner)),
    }
    findings
}

/// A test without a guard is right everywhere but where only guarded ones run.
fn unguarded(path: &str, test: &Test, runner: Runner) -> Vec<Finding> {
    let by = test
        .others
        .iter()
        .find(|other| other.role.is_lost_without_harness());
    match (runner, by) {
        (Runner::Ours, Some(by)) => vec![Finding::lost(path.to_owned(), &test.name, &by.mark)],
        _ => Vec::new(),
    }
}

/// The first attribute above ours that does harm there: one cure is enough.
fn misplaced(path: &str, test: &Test, guard: &Mark, runner: Runner) -> Option<Finding> {
    let harness = match runner {
        Runner::Standard => Harness::Standard,
        Runner::Ours | Runner::Foreign => Harness::Own,
    };
    let (name, guard) = (test.name.as_str(), guard.shown.as_str());
    let mut above = test.others.iter().filter(|other| other.is_above_ours);
    above.find_map(|Other { mark, role, .. }| {
        let path = path.to_owned();
        match role {
            Role::Test => Some(Finding::test_above(path, name, mark, guard, harness)),
            Role::TestCase => Some(Finding::test_case(path, name, mark, guard, harness)),
            Role::TestOfAnother => Some(Finding::set_up_counted(path, name, mark, guard)),
            Role::Guard | Role::Rstest => None,
        }
    })
}
