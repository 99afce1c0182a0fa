//! Owns the counts of a scope: what was asked of the allocator, and what is live.

/// What a scope asked of the allocator.
///
/// A byte is a byte of the requested `Layout::size`. Calls that failed are in
/// [`failed`](Self::failed) and nowhere else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "read", derive(serde::Deserialize))]
pub struct Tally {
    /// Successful `alloc` calls.
    pub allocs: u64,
    /// Successful `alloc_zeroed` calls.
    pub zeroed: u64,
    /// Successful `realloc` calls to at least the old size.
    pub grows: u64,
    /// Successful `realloc` calls to less than the old size.
    pub shrinks: u64,
    /// `dealloc` calls.
    pub deallocs: u64,
    /// Calls of any of the first four kinds that returned null.
    pub failed: u64,
    /// Bytes asked for by the first four kinds; a grow or a shrink adds its whole new size, as
    /// valgrind's DHAT counts it.
    pub bytes: u64,
    /// Bytes handed out less bytes returned: below zero if the scope returned more than it took.
    pub retained_bytes: i64,
    /// The largest value [`retained_bytes`](Self::retained_bytes) had, never below zero.
    pub peak_bytes: u64,
}

impl Tally {
    /// Every allocation: `alloc`, `alloc_zeroed`, grows and shrinks together.
    #[must_use]
    pub fn allocations(&self) -> u64 {
        self.allocs
            .wrapping_add(self.zeroed)
            .wrapping_add(self.grows)
            .wrapping_add(self.shrinks)
    }

    /// This scope, and then `next` after it, as one scope.
    #[must_use]
    pub fn then(self, next: Self) -> Self {
        let crest = self
            .retained_bytes
            .saturating_add_unsigned(next.peak_bytes)
            .max(0)
            .unsigned_abs();
        Self {
            allocs: self.allocs.wrapping_add(next.allocs),
            zeroed: self.zeroed.wrapping_add(next.zeroed),
            grows: self.grows.wrapping_add(next.grows),
            shrinks: self.shrinks.wrapping_add(next.shrinks),
            deallocs: self.deallocs.wrapping_add(next.deallocs),
            failed: self.failed.wrapping_add(next.failed),
            bytes: self.bytes.wrapping_add(next.bytes),
            retained_bytes: self.retained_bytes.wrapping_add(next.retained_bytes),
            peak_bytes: self.peak_bytes.max(crest),
        }
    }
}

/// One kind of allocator call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Call {
    Alloc,
    Zeroed,
    Grow,
    Shrink,
    Dealloc,
    Failed,
}

impl Call {
    pub(crate) const COUNT: usize = 6;

    /// Whether it is an allocation that succeeded.
    #[inline]
    pub(crate) const fn allocates(self) -> bool {
        !matches!(self, Self::Dealloc | Self::Failed)
    }

    /// A `realloc` from `old` to `new` bytes.
    pub(crate) const fn resize(old: usize, new: usize) -> Self {
        if new >= old { Self::Grow } else { Self::Shrink }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(retained_bytes: i64, peak_bytes: u64) -> Tally {
        Tally {
            retained_bytes,
            peak_bytes,
            ..Tally::default()
        }
    }

    #[test]
    fn the_peak_of_two_scopes_stands_on_what_the_first_retained() {
        assert_eq!(held(10, 30).then(held(5, 25)), held(15, 35));
        assert_eq!(held(10, 30).then(held(5, 15)), held(15, 30));
        assert_eq!(held(-40, 0).then(held(5, 25)), held(-35, 0));
    }

    #[test]
    fn every_way_of_asking_for_memory_is_an_allocation_and_giving_it_back_is_not() {
        let tally = Tally {
            allocs: 1,
            zeroed: 2,
            grows: 4,
            shrinks: 8,
            deallocs: 16,
            failed: 32,
            ..Tally::default()
        };
        assert_eq!(tally.allocations(), 15);
    }

    #[test]
    fn a_call_allocates_if_it_got_memory() {
        for (call, allocates) in [
            (Call::Alloc, true),
            (Call::Zeroed, true),
            (Call::Grow, true),
            (Call::Shrink, true),
            (Call::Dealloc, false),
            (Call::Failed, false),
        ] {
            assert_eq!(call.allocates(), allocates, "{call:?}");
        }
    }

    #[test]
    fn a_resize_to_the_same_size_is_a_grow() {
        assert_eq!(Call::resize(8, 8), Call::Grow);
        assert_eq!(Call::resize(8, 9), Call::Grow);
        assert_eq!(Call::resize(8, 7), Call::Shrink);
    }
}
