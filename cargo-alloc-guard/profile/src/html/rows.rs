//! Reduces a profile to rows: allocations of one stack, thread, context, step of time and size class, summed.

use std::collections::HashMap;

use crate::{
    Timeline,
    model::{Allocation, ContextId, Data, Profile, StackId, Sums, ThreadId},
};

/// More steps cannot be told apart on a screen.
const STEPS: usize = 512;
/// More rows make the page slow to open; fewer steps make fewer rows.
const MAX_ROWS: usize = 400_000;

/// What a row is named by, in the order of the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Key {
    pub(super) stack: StackId,
    pub(super) thread: ThreadId,
    pub(super) context: ContextId,
    pub(super) step: u32,
    /// How many bits the size has.
    pub(super) class: u32,
}

pub(super) struct Rows {
    pub(super) timeline: Option<Timeline>,
    pub(super) rows: Vec<(Key, Sums)>,
}

impl Rows {
    pub(super) fn of(profile: &Profile) -> Self {
        if let Data::Sums(stacks) = &profile.data {
            return Self {
                timeline: None,
                rows: stacks.iter().map(row_of_sums).collect(),
            };
        }
        let mut steps = STEPS;
        loop {
            let timeline = profile.timeline(steps);
            let step_ns = timeline
                .as_ref()
                .map_or(u64::MAX, |timeline| timeline.step_ns);
            if let Some(rows) = binned(
                profile,
                step_ns,
                if steps > 1 { MAX_ROWS } else { usize::MAX },
            ) {
                return Self { timeline, rows };
            }
            steps /= 2;
        }
    }
}

/// The rows, in order; `None` if there are more than `limit`.
fn binned(profile: &Profile, step_ns: u64, limit: usize) -> Option<Vec<(Key, Sums)>> {
    let mut rows: HashMap<Key, Sums> = HashMap::new();
    profile.each_sums(|allocation, sums| {
        if rows.len() <= limit {
            *rows.entry(key(allocation, step_ns)).or_default() += sums;
        }
    });
    if rows.len() > limit {
        return None;
    }
    let mut rows: Vec<_> = rows.into_iter().collect();
    rows.sort_unstable_by_key(|(key, _)| *key);
    Some(rows)
}

fn key(allocation: &Allocation, step_ns: u64) -> Key {
    Key {
        stack: allocation.stack,
        thread: allocation.thread,
        context: allocation.context,
        step: u32::try_from(allocation.time_ns / step_ns.max(1)).unwrap_or(u32::MAX),
        class: size_class(allocation.size),
    }
}

/// A file of sums has no sizes, so the mean has to do.
fn row_of_sums((stack, sums): &(StackId, Sums)) -> (Key, Sums) {
    let mean = sums.allocations.bytes / sums.allocations.count.max(1);
    let key = Key {
        stack: *stack,
        thread: ThreadId::default(),
        context: ContextId::NONE,
        step: 0,
        class: size_class(mean),
    };
    (key, *sums)
}

fn size_class(size: u64) -> u32 {
    u64::BITS - size.leading_zeros()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Allocations, Amount};

    /// `count` allocations of one size each, a nanosecond apart, every other one freed at once.
    fn profile(count: u64) -> Profile {
        let mut allocations = Allocations::default();
        for time_ns in 0..count {
            let id = allocations.push(Allocation {
                time_ns,
                end_ns: None,
                size: time_ns % 5,
                stack: StackId::EMPTY,
                thread: ThreadId(0),
                context: ContextId::NONE,
                kind: crate::Kind::Plain,
                predecessor: None,
                weight: 1,
            });
            if time_ns % 2 == 0 {
                allocations.free(id.expect("few"), time_ns);
            }
        }
        Profile {
            duration_ns: count,
            data: Data::Allocations(Box::new(allocations)),
            ..Profile::default()
        }
    }

    #[test]
    fn size_classes_are_powers_of_two() {
        for (size, class) in [
            (0, 0),
            (1, 1),
            (2, 2),
            (3, 2),
            (4, 3),
            (255, 8),
            (256, 9),
            (u64::MAX, 64),
        ] {
            assert_eq!(size_class(size), class, "{size}");
        }
    }

    #[test]
    fn rows_add_up_to_the_totals_and_fit_the_timeline() {
        let profile = profile(3000);
        let Rows { timeline, rows } = Rows::of(&profile);
        let timeline = timeline.expect("it has times");
        let totals = profile.totals();
        let mut all = Sums::default();
        for (key, sums) in &rows {
            assert!((key.step as usize) < timeline.steps.len());
            all += *sums;
        }
        assert_eq!(all.allocations, totals.allocations);
        assert_eq!(all.at_peak, totals.peak);
        assert_eq!(all.leaked, totals.leaked);
        assert_eq!(Some(all.temporary), totals.temporary);
        assert_ne!(all.temporary, Amount::default());
        assert!(rows.is_sorted_by_key(|(key, _)| *key));
    }

    #[test]
    fn more_rows_than_allowed_are_refused() {
        let profile = profile(100);
        assert_eq!(binned(&profile, 1, 99), None);
        assert_eq!(binned(&profile, 1, 100).map(|rows| rows.len()), Some(100));
        assert_eq!(binned(&profile, 50, 99).map(|rows| rows.len()), Some(2 * 4));
    }

    #[test]
    fn a_file_of_sums_has_one_row_for_each_stack() {
        let amount = Amount {
            count: 4,
            bytes: 100,
        };
        let sums = Sums {
            allocations: amount,
            ..Sums::default()
        };
        let profile = Profile {
            data: Data::Sums(vec![(StackId::EMPTY, sums)]),
            ..Profile::default()
        };
        let Rows { timeline, rows } = Rows::of(&profile);
        assert_eq!(timeline, None);
        assert_eq!(rows.len(), 1);
        assert_eq!((rows[0].0.class, rows[0].1), (5, sums));
    }
}
