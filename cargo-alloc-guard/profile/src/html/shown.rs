//! What a page is given to show.

use crate::model::Profile;

/// A profile, and what is known of it besides.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Shown<'a> {
    /// What it is called in the page.
    pub title: &'a str,
    /// What was recorded.
    pub profile: &'a Profile,
    /// The results of guarded tests; those that the profile does not name are shown too.
    pub operations: &'a [Operation],
}

impl<'a> Shown<'a> {
    /// A profile of which nothing else is known.
    #[must_use]
    pub fn new(title: &'a str, profile: &'a Profile) -> Self {
        Self {
            title,
            profile,
            operations: &[],
        }
    }

    /// With the results of guarded tests.
    #[must_use]
    pub fn operations(self, operations: &'a [Operation]) -> Self {
        Self { operations, ..self }
    }
}

/// The result of a guarded test. Texts may be empty where they are not known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Operation {
    /// As the harness has it: `module::test`.
    pub name: String,
    /// What the test says it does.
    pub title: String,
    /// `no allocations`, `at most 20 allocations`.
    pub expectation: String,
    /// Whether it held; `None` if it is not known.
    pub passed: Option<bool>,
    /// `3 allocations, 96 B`.
    pub measured: String,
}
