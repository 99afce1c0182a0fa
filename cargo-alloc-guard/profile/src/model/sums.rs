//! Sums of allocations.

use std::ops::{AddAssign, SubAssign};

/// A number of allocations or blocks, and the bytes that they asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount {
    /// How many.
    pub count: u64,
    /// The sum of their requested sizes.
    pub bytes: u64,
}

impl AddAssign for Amount {
    fn add_assign(&mut self, other: Self) {
        self.count = self.count.saturating_add(other.count);
        self.bytes = self.bytes.saturating_add(other.bytes);
    }
}

impl SubAssign for Amount {
    fn sub_assign(&mut self, other: Self) {
        self.count = self.count.saturating_sub(other.count);
        self.bytes = self.bytes.saturating_sub(other.bytes);
    }
}

/// What is known of all allocations of one stack, function, thread or context.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Every allocation, the results of reallocations included.
    pub allocations: Amount,
    /// What was live when the whole process's live size was greatest.
    pub at_peak: Amount,
    /// What was live at the end.
    pub leaked: Amount,
    /// What was freed before its thread's next allocation. A file of sums (DHAT) does not say: 0, see [`Data::Sums`](super::Data::Sums).
    pub temporary: Amount,
    /// The lifetimes of all of them, added up; a leaked one lives until the end. Nanoseconds, or what the file counts in.
    pub lifetime: u128,
}

impl AddAssign for Sums {
    fn add_assign(&mut self, other: Self) {
        self.allocations += other.allocations;
        self.at_peak += other.at_peak;
        self.leaked += other.leaked;
        self.temporary += other.temporary;
        self.lifetime = self.lifetime.saturating_add(other.lifetime);
    }
}
