//! What holds of every profile: its sums agree, whichever way they are taken.

use alloc_guard_profile::{Profile, StackId, Sums, diff};

/// More allocations than this are not merged with themselves: it would take most of the time.
const FEW: usize = 2_000;

pub(crate) fn check(profile: &Profile) {
    let totals = profile.totals();
    let stacks = all(profile.stack_sums());
    assert_eq!(stacks.allocations, totals.allocations);
    assert_eq!(stacks.at_peak, totals.peak);
    assert_eq!(stacks.leaked, totals.leaked);
    for stack in profile.stacks.ids() {
        if let Some((caller, frame)) = profile.stacks.node(stack) {
            assert!(caller < stack);
            assert!(frame.index() < profile.stacks.frames().len());
        }
    }
    let sites = profile.stacks.sites();
    for (stack, listed) in profile.stacks.ids().zip(profile.listed_sites()) {
        let site = profile.stacks.site(stack);
        assert_eq!(site, sites[stack.index()]);
        assert!(site.is_none() || site == listed);
        assert_eq!(listed.is_none(), stack == StackId::EMPTY);
    }
    for function in profile.function_sums() {
        assert!(function.inclusive.allocations.count <= totals.allocations.count);
        assert!(function.as_site.allocations.count <= function.inclusive.allocations.count);
    }
    let same = diff(profile, profile);
    assert_eq!(same.changed_sites().count(), 0);
    if profile.allocations().is_some() {
        in_time(profile, stacks);
    }
}

fn in_time(profile: &Profile, stacks: Sums) {
    let totals = profile.totals();
    assert_eq!(Some(stacks.temporary), totals.temporary);
    assert_eq!(all(profile.thread_sums()), stacks);
    let contexts = profile.context_sums().into_iter();
    assert_eq!(all(contexts.map(|(_, sums)| sums).collect()), stacks);
    let Some(timeline) = profile.timeline(64) else {
        panic!("no timeline");
    };
    assert!((1..=64).contains(&timeline.steps.len()));
    let high_water = timeline
        .steps
        .iter()
        .map(|step| step.high_water.bytes)
        .max();
    assert_eq!(high_water, Some(totals.peak.bytes));
    merged(profile);
}

fn merged(profile: &Profile) {
    if profile
        .allocations()
        .is_none_or(|allocations| allocations.len() > FEW)
    {
        return;
    }
    let Ok(both) = Profile::merge(vec![profile.clone(), profile.clone()]) else {
        panic!("not merged");
    };
    let (one, two) = (profile.totals(), both.totals());
    assert_eq!(
        two.allocations.count,
        one.allocations.count.saturating_mul(2)
    );
    assert_eq!(two.leaked.bytes, one.leaked.bytes.saturating_mul(2));
    assert_eq!(both.stacks.count(), profile.stacks.count());
    assert_eq!(both.stacks.node(StackId::EMPTY), None);
}

fn all(parts: Vec<Sums>) -> Sums {
    let mut all = Sums::default();
    for part in parts {
        all += part;
    }
    all
}
