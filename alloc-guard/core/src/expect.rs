//! Owns what a test demands: its promise, its budgets, and the sites it permits.

/// What the attribute promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "read", derive(serde::Deserialize))]
#[cfg_attr(feature = "read", serde(rename_all = "snake_case"))]
pub enum Promise {
    /// `#[alloc_free]`: no allocation.
    AllocFree,
    /// `#[allocates]`: at least one allocation, within the budgets.
    Allocates,
}

impl Promise {
    /// The word for it in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AllocFree => "alloc-free",
            Self::Allocates => "allocates",
        }
    }
}

/// An allocation site that a test permits, with the reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PermittedSite {
    /// The path of a function, or the end of it, on the stack of the allocation.
    pub path: &'static str,
    /// Why it may allocate; printed in every report.
    pub reason: &'static str,
}

impl PermittedSite {
    /// Whether `function`, a demangled name, is the permitted one.
    pub(crate) fn matches(&self, function: &str) -> bool {
        let plain: String = without_generics(function);
        plain
            .strip_suffix(self.path)
            .is_some_and(|before| before.is_empty() || before.ends_with("::"))
    }
}

fn without_generics(function: &str) -> String {
    let mut depth = 0_usize;
    let mut plain = String::with_capacity(function.len());
    for c in function.chars() {
        match c {
            '<' => depth += 1,
            '>' => depth = depth.saturating_sub(1),
            c if depth == 0 => plain.push(c),
            _ => {}
        }
    }
    plain.replace("::::", "::")
}

/// What a test demands of its locked phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expectation {
    /// What the attribute promises.
    pub promise: Promise,
    /// No more than this many allocations.
    pub max_allocations: Option<u64>,
    /// Exactly this many allocations.
    pub exact_allocations: Option<u64>,
    /// No more than this many bytes asked for.
    pub max_bytes: Option<u64>,
    /// No more than this many bytes live at once.
    pub max_peak_bytes: Option<u64>,
    /// Nothing may stay live after the fixtures are dropped.
    pub no_leaks: bool,
    /// Deallocations are violations too.
    pub deny_dealloc: bool,
    /// Sites whose allocations are not counted.
    pub permitted: &'static [PermittedSite],
}

impl Expectation {
    /// `#[alloc_free]` without arguments.
    pub const ALLOC_FREE: Self = Self {
        promise: Promise::AllocFree,
        max_allocations: None,
        exact_allocations: None,
        max_bytes: None,
        max_peak_bytes: None,
        no_leaks: false,
        deny_dealloc: false,
        permitted: &[],
    };

    /// `#[allocates]` without arguments.
    pub const ALLOCATES: Self = Self {
        promise: Promise::Allocates,
        ..Self::ALLOC_FREE
    };

    /// Whether the test is held to its package's baseline: it may allocate, and says not how much.
    pub(crate) const fn is_held_to_baseline(&self) -> bool {
        matches!(self.promise, Promise::Allocates) && !self.has_budget()
    }

    /// Whether a number of allocations, bytes or live bytes is demanded.
    #[must_use]
    pub const fn has_budget(&self) -> bool {
        self.max_allocations.is_some()
            || self.exact_allocations.is_some()
            || self.max_bytes.is_some()
            || self.max_peak_bytes.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_promise_has_the_word_of_its_attribute() {
        assert_eq!(Promise::AllocFree.as_str(), "alloc-free");
        assert_eq!(Promise::Allocates.as_str(), "allocates");
    }

    #[test]
    fn a_test_that_may_allocate_and_says_not_how_much_is_held_to_the_baseline() {
        assert!(!Expectation::ALLOC_FREE.is_held_to_baseline());
        assert!(Expectation::ALLOCATES.is_held_to_baseline());
        let budgets: [fn(&mut Expectation); 4] = [
            |it| it.max_allocations = Some(0),
            |it| it.exact_allocations = Some(0),
            |it| it.max_bytes = Some(0),
            |it| it.max_peak_bytes = Some(0),
        ];
        for set in budgets {
            let mut expectation = Expectation::ALLOCATES;
            set(&mut expectation);
            assert!(expectation.has_budget(), "{expectation:?}");
            assert!(!expectation.is_held_to_baseline(), "{expectation:?}");
        }
        let other = Expectation {
            no_leaks: true,
            deny_dealloc: true,
            ..Expectation::ALLOCATES
        };
        assert!(!other.has_budget() && other.is_held_to_baseline());
    }

    #[test]
    fn a_permitted_site_is_a_whole_path_or_the_end_of_one() {
        let site = PermittedSite {
            path: "log::flush",
            reason: "once a minute",
        };
        for (function, matches) in [
            ("app::log::flush", true),
            ("log::flush", true),
            ("app::log::flush::<u8>", true),
            ("catalog::flush", false),
            ("app::log::flush_all", false),
        ] {
            assert_eq!(
                site.matches(function.trim_end_matches("::<u8>")),
                matches,
                "{function}"
            );
        }
        assert!(
            PermittedSite {
                path: "Ring::push",
                reason: ""
            }
            .matches("app::Ring<T>::push")
        );
    }
}
