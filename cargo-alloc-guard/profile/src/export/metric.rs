//! Owns what a form with one number for each stack can show.

use std::fmt;

use crate::model::{Data, Profile, Sums};

/// What a stack is measured by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Metric {
    /// The number of allocations.
    #[default]
    Allocations,
    /// The bytes that they asked for.
    Bytes,
    /// The bytes that were live when the whole process's live size was greatest.
    Peak,
    /// The bytes that were live at the end.
    Leaked,
    /// The number of temporary allocations: freed before their thread's next one.
    Temporary,
}

impl Metric {
    /// What `sums` come to.
    #[must_use]
    pub fn of(self, sums: &Sums) -> u64 {
        match self {
            Self::Allocations => sums.allocations.count,
            Self::Bytes => sums.allocations.bytes,
            Self::Peak => sums.at_peak.bytes,
            Self::Leaked => sums.leaked.bytes,
            Self::Temporary => sums.temporary.count,
        }
    }

    /// Whether the file that `profile` was read from says it.
    #[must_use]
    pub fn is_known(self, profile: &Profile) -> bool {
        self != Self::Temporary || !matches!(profile.data, Data::Sums(_))
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Allocations => "allocations",
            Self::Bytes => "bytes",
            Self::Peak => "peak",
            Self::Leaked => "leaked",
            Self::Temporary => "temporary",
        })
    }
}
