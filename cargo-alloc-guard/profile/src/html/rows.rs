//! Reduces a profile to rows: allocations of one stack, thread, context, step of time and size class, summed.

use std::collections::HashMap;

use super::{
    fold::Fold,
    row::{Amounts, Key, Row},
    threads,
};
use crate::{
    Timeline,
    model::{Allocation, ContextId, Data, Profile, StackId, Sums, ThreadId},
};

/// More steps cannot be told apart on a screen.
const STEPS: usize = 512;
/// More rows make the page slow to write and to open.
const MAX_ROWS: usize = 50_000;

pub(super) struct Reduced {
    pub(super) timeline: Option<Timeline>,
    pub(super) rows: Vec<Row>,
    /// Without time, but with every stack, if `rows` does not have them all.
    pub(super) whole: Option<Vec<Row>>,
}

impl Reduced {
    pub(super) fn of(profile: &Profile) -> Self {
        if let Data::Sums(stacks) = &profile.data {
            return Self {
                timeline: None,
                rows: stacks.iter().map(row_of_sums).collect(),
                whole: None,
            };
        }
        Self::within(profile, MAX_ROWS)
    }

    fn within(profile: &Profile, limit: usize) -> Self {
        let timeline = profile.timeline(STEPS);
        let step_ns = timeline.as_ref().map_or(1, |timeline| timeline.step_ns);
        let in_time = |allocation: &Allocation| {
            u32::try_from(allocation.time_ns / step_ns.max(1)).unwrap_or(u32::MAX)
        };
        let (rows, folded) = summed(profile, Fold::sizes_and_stacks(profile), limit, in_time);
        let whole = folded.then(|| summed(profile, Fold::sizes(), limit, |_| 0).0);
        Self {
            timeline,
            rows,
            whole,
        }
    }
}

/// The rows, in order, and whether anything was folded so that there are at most `limit` of them. Threads, contexts, steps
/// and what `fold` leaves alone are kept, if that is more.
fn summed(
    profile: &Profile,
    mut fold: Fold<'_>,
    limit: usize,
    step: impl Fn(&Allocation) -> u32,
) -> (Vec<Row>, bool) {
    let mut rows: HashMap<Key, Amounts> = HashMap::new();
    profile.each_sums(|allocation, sums| {
        let key = Key {
            stack: allocation.stack,
            thread: threads::shown(allocation.thread),
            context: allocation.context,
            step: step(allocation),
            class: size_class(allocation.size),
        };
        *rows.entry(fold.key(key)).or_default() += sums.into();
        while rows.len() > limit && fold.further() {
            for (key, amounts) in std::mem::take(&mut rows) {
                *rows.entry(fold.key(key)).or_default() += amounts;
            }
        }
    });
    let mut rows: Vec<_> = rows.into_iter().collect();
    if fold.is_folded() {
        for (key, amounts) in &mut rows {
            key.class = size_class(mean(amounts));
        }
    }
    rows.sort_unstable_by_key(|(key, _)| *key);
    (rows, fold.is_folded())
}

/// A file of sums has no sizes, so the mean has to do.
fn row_of_sums((stack, sums): &(StackId, Sums)) -> Row {
    let amounts = Amounts::from(*sums);
    let key = Key {
        stack: *stack,
        thread: ThreadId::default(),
        context: ContextId::NONE,
        step: 0,
        class: size_class(mean(&amounts)),
    };
    (key, amounts)
}

fn mean(amounts: &Amounts) -> u64 {
    amounts.allocations.bytes / amounts.allocations.count.max(1)
}

fn size_class(size: u64) -> u32 {
    u64::BITS - size.leading_zeros()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Allocations, Amount, Frame};

    /// `count` allocations, a nanosecond apart, every other one freed at once; half are of one stack, the others of 20.
    fn profile(count: u64) -> Profile {
        let mut profile = Profile {
            duration_ns: count,
            ..Profile::default()
        };
        let stacks: Vec<StackId> = (1..=21)
            .map(|line| {
                let frame = profile.stacks.frame(Frame {
                    line,
                    ..Frame::default()
                });
                profile.stacks.call(StackId::EMPTY, frame)
            })
            .collect();
        let mut allocations = Allocations::default();
        for time_ns in 0..count {
            let rare = (time_ns / 4 % 20) as usize;
            let id = allocations.push(Allocation {
                time_ns,
                end_ns: None,
                size: time_ns % 5,
                stack: stacks[if time_ns % 4 < 2 { rare } else { 20 }],
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
        profile.data = Data::Allocations(Box::new(allocations));
        profile
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

    fn all<'a>(rows: impl IntoIterator<Item = &'a Row>) -> Amounts {
        let mut all = Amounts::default();
        rows.into_iter().for_each(|(_, amounts)| all += *amounts);
        all
    }

    #[test]
    fn whatever_the_limit_rows_add_up_to_the_totals_and_those_of_each_stack_are_exact() {
        let profile = profile(3000);
        let totals = profile.totals();
        let wanted = Amounts {
            allocations: totals.allocations,
            at_peak: totals.peak,
            leaked: totals.leaked,
            temporary: totals.temporary.expect("it has times"),
        };
        let Amounts {
            allocations,
            at_peak,
            leaked,
            temporary,
        } = wanted;
        assert!(![allocations, at_peak, leaked, temporary].contains(&Amount::default()));
        let own = profile.stack_sums();
        for limit in [0, 1, 50, 600, 1000, 10_000] {
            let Reduced {
                timeline,
                rows,
                whole,
            } = Reduced::within(&profile, limit);
            let timeline = timeline.expect("it has times");
            assert_eq!(timeline.steps.len(), 501, "{limit}");
            let places = |(key, _): &Row| (key.step as usize) < timeline.steps.len();
            assert!(rows.iter().all(places), "{limit}");
            assert!(rows.is_sorted_by_key(|(key, _)| *key), "{limit}");
            // Each step but the last, which is the end itself, has its row, so there cannot be fewer.
            assert!(rows.len() <= limit.max(500), "{limit}: {}", rows.len());
            assert_eq!(all(&rows), wanted, "{limit}");
            assert_eq!(whole.is_some(), limit < 10_000, "{limit}");
            let exact = whole.as_ref().unwrap_or(&rows);
            for (stack, own) in profile.stacks.ids().zip(&own) {
                let of_stack = exact.iter().filter(|(key, _)| key.stack == stack);
                assert_eq!(all(of_stack), (*own).into(), "{limit} {stack:?}");
            }
        }
    }

    #[test]
    fn in_each_step_and_of_each_caller_rows_have_what_was_allocated() {
        let profile = profile(3000);
        let exact = Reduced::within(&profile, usize::MAX).rows;
        let folded = Reduced::within(&profile, 1000).rows;
        assert!(folded.len() < exact.len());
        for step in 0..500 {
            let of_step = |rows: &[Row]| all(rows.iter().filter(|(key, _)| key.step == step));
            assert_eq!(of_step(&folded), of_step(&exact), "{step}");
        }
        let caller = StackId::EMPTY;
        let callers = |rows: &[Row]| rows.iter().filter(|(key, _)| key.stack == caller).count();
        assert_eq!(callers(&exact), 0);
        assert!(callers(&folded) > 0);
        // The one that allocates most is still told apart.
        let most = profile.stacks.ids().last().expect("there are stacks");
        assert!(folded.iter().any(|(key, _)| key.stack == most));
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
        let Reduced {
            timeline,
            rows,
            whole,
        } = Reduced::of(&profile);
        assert_eq!(whole, None);
        assert_eq!(timeline, None);
        assert_eq!(rows.len(), 1);
        assert_eq!((rows[0].0.class, rows[0].1), (5, sums.into()));
    }
}
