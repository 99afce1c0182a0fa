//! Owns what can be found, and what is said of it: what is wrong, why, and the cure.

use super::{attributes::Role, scan::Mark, source::Unread, targets::Harness};

/// Something to put right.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    /// Below the workspace's folder, with `/` between its parts.
    pub(crate) path: String,
    /// 0 where the whole file is meant.
    pub(crate) line: usize,
    pub(crate) what: String,
    pub(crate) why: String,
    pub(crate) cure: String,
}

impl Finding {
    /// The guard is no allocator of this test binary.
    pub(crate) fn not_installed(path: String, line: usize, binary: &str) -> Self {
        Self {
            path,
            line,
            what: "no guard is installed in this test binary".to_owned(),
            why: format!("nothing can be counted, so no guarded test of {binary} can pass"),
            cure: "depend on `alloc-guard` and write `use alloc_guard as _;`, or, with \
                `alloc-guard-core`, declare `#[global_allocator] static GLOBAL: Guard<System> = \
                Guard::new(System);`"
                .to_owned(),
        }
    }

    /// A test that the compiler deletes.
    pub(super) fn lost(path: String, test: &str, by: &Mark) -> Self {
        let Mark { shown, line } = by;
        Self {
            path,
            line: *line,
            what: format!("the test `{test}` never runs"),
            why: format!(
                "its target has `harness = false`, and there the compiler deletes what `{shown}` makes"
            ),
            cure: "move it to a target with the standard harness, or write `#[alloc_free]` or \
                `#[allocates]` instead"
                .to_owned(),
        }
    }

    /// The compiler's `#[test]` above ours, which then stands on what `#[test]` already is.
    pub(super) fn test_above(
        path: String,
        test: &str,
        by: &Mark,
        guard: &str,
        harness: Harness,
    ) -> Self {
        let (what, why) = above(test, guard, harness);
        Self {
            path,
            line: by.line,
            what,
            why: format!("`{}` stands above `{guard}`, {why}", by.shown),
            cure: format!("remove `{}`: `{guard}` makes the test", by.shown),
        }
    }

    /// Cases of a macro that puts the compiler's `#[test]` above what stands below it.
    pub(super) fn test_case(
        path: String,
        test: &str,
        by: &Mark,
        guard: &str,
        harness: Harness,
    ) -> Self {
        let (what, why) = above(test, guard, harness);
        Self {
            path,
            line: by.line,
            what,
            why: format!(
                "`{}` gives each case a `#[test]` above `{guard}`, {why}",
                by.shown
            ),
            cure: "write the cases for `rstest`: `#[rstest]`, `#[case(…)]`, and below them \
                the attribute"
                .to_owned(),
        }
    }

    /// What another's test macro does around the body is counted as the body's.
    pub(super) fn set_up_counted(path: String, test: &str, by: &Mark, guard: &str) -> Self {
        Self {
            path,
            line: by.line,
            what: format!("the test `{test}` is charged for more than its body"),
            why: format!(
                "`{}` above `{guard}` puts what it sets up into the body, where it is counted",
                by.shown
            ),
            cure: format!(
                "remove `{}`; an `async fn` is driven by `{}(block_on = …)]`, and set-up is \
                 for `#[init(…)]`",
                by.shown,
                guard.trim_end_matches(']')
            ),
        }
    }

    /// A guarded test where the standard harness cannot name it.
    pub(super) fn in_block(path: String, line: usize, test: &str) -> Self {
        Self {
            path,
            line,
            what: format!("the guarded test `{test}` never runs"),
            why:
                "it stands inside a block, and the standard harness runs only what has a name in a \
                  module"
                    .to_owned(),
            cure: "move it out of the block".to_owned(),
        }
    }

    /// A guarded test that nothing starts.
    pub(super) fn no_runner(path: String, line: usize, test: &str) -> Self {
        Self {
            path,
            line,
            what: format!("the guarded test `{test}` never runs"),
            why: "its target has `harness = false` and a `main` that knows nothing of it"
                .to_owned(),
            cure: "move it to another target, or let `alloc_guard::main!();` be this one's `main`"
                .to_owned(),
        }
    }

    /// Two allocators in one program.
    pub(crate) fn two_allocators(path: String, line: usize, binary: &str, front: &str) -> Self {
        Self {
            path,
            line,
            what: "this allocator and that of `alloc-guard` meet in one test binary".to_owned(),
            why: format!(
                "{binary} links both, and the compiler refuses a second `#[global_allocator]`"
            ),
            cure: format!(
                "depend on `alloc-guard-core` instead of `alloc-guard` in {front}, take the attributes \
                 from there, and declare the allocator here as `alloc_guard_core::Guard<Inner>`"
            ),
        }
    }

    /// A baseline that is none.
    pub(super) fn unread_baseline(path: String, line: usize, why: String) -> Self {
        Self {
            path,
            line,
            what: "this baseline cannot be read".to_owned(),
            why,
            cure: "put the line right, or take the file from the last commit".to_owned(),
        }
    }

    /// An entry of a baseline that nothing is held to.
    pub(super) fn stale_entry(path: String, line: usize, binary: &str, test: &str) -> Self {
        Self {
            path,
            line,
            what: format!("this entry holds for no test: there is no `{test}` in {binary}"),
            why: "the test was renamed, moved or removed, or these build options leave it out"
                .to_owned(),
            cure: "`cargo alloc-guard accept` removes it".to_owned(),
        }
    }

    /// A baseline without what a gate compares with.
    pub(super) fn only_debug(path: String, line: usize, gate: &str) -> Self {
        Self {
            path,
            line,
            what: "this baseline holds debug builds only, and a release build is gated on"
                .to_owned(),
            why: format!(
                "{gate} checks a release build, of which no test has an entry here: they fail there as new"
            ),
            cure: "`cargo alloc-guard --release`, then `cargo alloc-guard accept`".to_owned(),
        }
    }

    /// A file that could not be looked into.
    pub(super) fn unread(path: String, reason: &Unread) -> Self {
        let (line, what, why) = match reason {
            Unread::File(error) => (0, "this file cannot be read", error.to_string()),
            Unread::Syntax { line, message } => (
                *line,
                "this file is no Rust that can be read",
                message.clone(),
            ),
            Unread::Depth { line } => (
                *line,
                "this file is nested too deeply to be read",
                "thousands of levels lead into this place".to_owned(),
            ),
        };
        Self {
            path,
            line,
            what: what.to_owned(),
            why,
            cure: "put it right, and look again: what else is in it was not seen".to_owned(),
        }
    }
}

/// What comes of a `#[test]` that is expanded before ours.
fn above(test: &str, guard: &str, harness: Harness) -> (String, String) {
    match harness {
        Harness::Own => (
            format!("the guarded test `{test}` never runs"),
            "and where `harness = false` the compiler deletes both".to_owned(),
        ),
        Harness::Standard => (
            format!("the test `{test}` runs twice"),
            format!(
                "and both make a test of it; where `harness = false` it is lost with `{guard}`"
            ),
        ),
    }
}

impl Role {
    /// Whether the compiler deletes what this makes, where the target has its own `main`.
    pub(super) fn is_lost_without_harness(self) -> bool {
        match self {
            Self::Guard => false,
            Self::Test | Self::TestOfAnother | Self::TestCase | Self::Rstest => true,
        }
    }
}
