//! Reduces a profile to rows: allocations of one stack, thread, context, step of time and size class, summed.

use std::collections::HashMap;

use crate::{
    Step, Timeline,
    model::{Allocation, ContextId, Data, Profile, StackId, Sums, ThreadId},
};

/// More steps cannot be told apart on a screen.
const STEPS: usize = 512;
/// More rows make the page slow to open; fewer steps make fewer rows.
const MAX_ROWS: usize = 200_000;

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
        let Some(mut timeline) = profile.timeline(STEPS) else {
            return Self {
                timeline: None,
                rows: Vec::new(),
            };
        };
        let (rows, merged) = binned(profile, timeline.step_ns, MAX_ROWS);
        merge_steps(&mut timeline, merged);
        Self {
            timeline: Some(timeline),
            rows,
        }
    }
}

/// The rows, in order, and how many steps were made one so that there are at most `limit` of them; in one step there may be
/// more.
fn binned(profile: &Profile, step_ns: u64, limit: usize) -> (Vec<(Key, Sums)>, u32) {
    let mut rows: HashMap<Key, Sums> = HashMap::new();
    let mut merged = 1;
    profile.each_sums(|allocation, sums| {
        let mut key = key(allocation, step_ns);
        key.step /= merged;
        *rows.entry(key).or_default() += sums;
        while rows.len() > limit && (merged as usize) < STEPS {
            merged *= 2;
            for (mut key, sums) in std::mem::take(&mut rows) {
                key.step /= 2;
                *rows.entry(key).or_default() += sums;
            }
        }
    });
    let mut rows: Vec<_> = rows.into_iter().collect();
    rows.sort_unstable_by_key(|(key, _)| *key);
    (rows, merged)
}

/// Makes every `merged` steps one.
fn merge_steps(timeline: &mut Timeline, merged: u32) {
    let one = |steps: &[Step]| {
        let mut whole = Step::default();
        for step in steps {
            whole.allocated += step.allocated;
            whole.freed += step.freed;
            whole.live = step.live;
            whole.high_water.count = whole.high_water.count.max(step.high_water.count);
            whole.high_water.bytes = whole.high_water.bytes.max(step.high_water.bytes);
        }
        whole
    };
    timeline.steps = timeline.steps.chunks(merged as usize).map(one).collect();
    timeline.step_ns = timeline.step_ns.saturating_mul(merged.into());
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
    fn more_rows_than_allowed_make_steps_longer_in_rows_and_timeline_alike() {
        let profile = profile(100);
        let (rows, merged) = binned(&profile, 1, 100);
        assert_eq!((rows.len(), merged), (100, 1));
        let (rows, merged) = binned(&profile, 1, 99);
        assert_eq!(merged, 2);
        assert!(rows.len() <= 99);
        assert_eq!(rows, binned(&profile, 2, usize::MAX).0);
        let mut timeline = profile.timeline(STEPS).expect("it has times");
        let high = timeline
            .steps
            .iter()
            .map(|step| step.high_water.bytes)
            .max();
        let (live, count) = (
            timeline.steps.last().map(|step| step.live),
            timeline.steps.len(),
        );
        merge_steps(&mut timeline, 2);
        assert_eq!(timeline.steps.len(), count.div_ceil(2));
        assert_eq!(timeline.step_ns, 2);
        assert_eq!(
            timeline
                .steps
                .iter()
                .map(|step| step.high_water.bytes)
                .max(),
            high
        );
        assert_eq!(timeline.steps.last().map(|step| step.live), live);
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
