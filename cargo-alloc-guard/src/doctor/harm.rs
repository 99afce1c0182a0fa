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

#[cfg(test)]
mod tests {
    use super::*;

    fn with(mains: &[&[&str]]) -> Found {
        let owned = |path: &&[&str]| path.iter().map(|one| (*one).to_owned()).collect();
        Found {
            mains: mains.iter().map(owned).collect(),
            ..Found::default()
        }
    }

    #[test]
    fn a_runner_is_ours_by_the_name_that_the_package_has_for_us() {
        let crates = ["alloc_guard", "guard"];
        for (harness, mains, expected) in [
            (Harness::Standard, &[][..], Runner::Standard),
            (
                Harness::Standard,
                &[&["alloc_guard", "main"][..]],
                Runner::Standard,
            ),
            (Harness::Own, &[], Runner::Foreign),
            (Harness::Own, &[&["alloc_guard", "main"]], Runner::Ours),
            (Harness::Own, &[&["guard", "main"]], Runner::Ours),
            (Harness::Own, &[&["main"]], Runner::Ours),
            (Harness::Own, &[&["other", "main"]], Runner::Foreign),
            (
                Harness::Own,
                &[&["other", "main"], &["guard", "main"]],
                Runner::Ours,
            ),
        ] {
            assert_eq!(
                Runner::new(harness, &with(mains), &crates),
                expected,
                "{mains:?}"
            );
        }
    }

    fn other(role: Role, is_above_ours: bool) -> Other {
        Other {
            mark: Mark {
                shown: format!("{role:?}"),
                line: 3,
            },
            role,
            is_above_ours,
        }
    }

    /// What is found of a test, in one word each.
    fn found(guarded: bool, is_in_block: bool, others: Vec<Other>, runner: Runner) -> Vec<String> {
        let guard = Mark {
            shown: "#[alloc_free]".to_owned(),
            line: 4,
        };
        let test = Test {
            name: "t".to_owned(),
            line: 5,
            guard: guarded.then_some(guard),
            others,
            is_in_block,
        };
        let findings = examine("x.rs", &test, runner).into_iter();
        let short = findings.map(|finding| {
            let what = finding.what.rsplit_once("`t` ").unwrap().1.to_owned();
            format!("{} {what}", finding.line)
        });
        short.collect()
    }

    #[test]
    fn a_plain_test_is_lost_only_where_ours_alone_run() {
        for role in [
            Role::Test,
            Role::TestOfAnother,
            Role::TestCase,
            Role::Rstest,
        ] {
            for (runner, expected) in [
                (Runner::Standard, vec![]),
                (Runner::Foreign, vec![]),
                (Runner::Ours, vec!["3 never runs"]),
            ] {
                let found = found(false, false, vec![other(role, false)], runner);
                assert_eq!(found, expected, "{role:?} {runner:?}");
            }
        }
    }

    #[test]
    fn what_stands_above_ours_does_the_harm_it_does() {
        for (role, standard, ours) in [
            (Role::Test, Some("3 runs twice"), Some("3 never runs")),
            (Role::TestCase, Some("3 runs twice"), Some("3 never runs")),
            (
                Role::TestOfAnother,
                Some("3 is charged for more than its body"),
                Some("3 is charged for more than its body"),
            ),
            (Role::Rstest, None, None),
        ] {
            for (runner, expected) in [(Runner::Standard, standard), (Runner::Ours, ours)] {
                let above = found(true, false, vec![other(role, true)], runner);
                let expected: Vec<_> = expected.into_iter().collect();
                assert_eq!(above, expected, "{role:?} {runner:?}");
                let below = found(true, false, vec![other(role, false)], runner);
                assert_eq!(below, [""; 0], "{role:?} {runner:?}");
            }
        }
    }

    #[test]
    fn a_guarded_test_needs_a_runner_that_reaches_it() {
        for (runner, in_block, outside) in [
            (Runner::Standard, vec!["5 never runs"], vec![]),
            (Runner::Ours, vec![], vec![]),
            (Runner::Foreign, vec!["5 never runs"], vec!["5 never runs"]),
        ] {
            assert_eq!(found(true, true, vec![], runner), in_block, "{runner:?}");
            assert_eq!(found(true, false, vec![], runner), outside, "{runner:?}");
        }
    }
}
