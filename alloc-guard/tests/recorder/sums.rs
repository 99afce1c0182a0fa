//! What is recorded of processes that end well equals what they did.

use std::{collections::HashMap, process::Command};

use crate::{
    command,
    profile::{Event, Profile},
    record,
    scenario::{LATE_THREADS, LONG, NAME, ODD},
};

fn tags(events: &[Event]) -> Vec<(u8, u64)> {
    events.iter().map(|event| (event.tag, event.size)).collect()
}

#[test]
fn each_kind_of_call_is_recorded_with_its_sizes_and_addresses() {
    let profile = record("each_call");
    let events = profile.of(NAME);
    let first = events
        .iter()
        .position(|event| event.size == ODD as u64)
        .unwrap();
    let events = &events[first..first + 13];
    let odd = ODD as u64;
    let huge = i64::MAX as u64 - 64;
    assert_eq!(
        tags(events),
        [
            (0, odd),
            (2, odd + 1),
            (2, odd + 2_000),
            (2, odd - 1),
            (5, huge),
            (3, 0),
            (1, odd + 5),
            (3, 0),
            (5, huge - 1),
            (0, LONG as u64 - 1),
            (3, 0),
            (0, LONG as u64),
            (3, 0),
        ]
    );
    for (before, after) in [(0, 1), (1, 2), (2, 3)] {
        assert_eq!(events[after].old, events[before].address);
        assert_eq!(events[after].old_size, events[before].size);
    }
    assert_eq!(events[5].address, events[3].address);
    for allocation in [6, 9, 11] {
        assert_eq!(events[allocation + 1].address, events[allocation].address);
    }
    assert!(events.is_sorted_by_key(|event| event.ticks));
    assert_eq!(profile.end.unwrap()[5], 2);
}

#[test]
fn the_sums_at_the_end_are_those_of_the_events() {
    for scenario in ["million", "each_call", "two_threads", "panic"] {
        let profile = record(scenario);
        let mut sums = [0; 4];
        for event in &profile.events {
            match event.tag {
                0..=2 => {
                    sums[0] += 1;
                    sums[1] += event.size;
                }
                3 => sums[2] += 1,
                _ => sums[3] += 1,
            }
        }
        let end = profile.end.unwrap();
        assert_eq!(end[2..6], sums, "{scenario}");
        assert_eq!(end[6], 1);
    }
}

#[test]
fn a_million_calls_are_a_million_events() {
    let profile = record("million");
    let events = profile.of(NAME);
    let mut sizes = HashMap::new();
    for event in events.iter().filter(|event| event.tag == 0) {
        *sizes.entry(event.size).or_insert(0) += 1;
    }
    for size in 1..=100 {
        // A few are the harness's.
        assert!(
            (10_000..10_100).contains(&sizes[&size]),
            "{size}: {sizes:?}"
        );
    }
    assert!((21..1_000).contains(&profile.blocks), "{}", profile.blocks);
    // Whatever else the machine was at.
    let packed = (profile.packed, profile.events.len());
    assert!(packed.0 > packed.1 / 4 * 3, "{packed:?}");
}

#[test]
fn each_thread_has_its_name_and_its_own_calls() {
    let profile = record("two_threads");
    for (name, rounds, size) in [
        ("the first of two workers", 20_000, 100),
        ("second", 30_000, 200),
    ] {
        let events = profile.of(name);
        let of = |tag| events.iter().filter(move |event| event.tag == tag);
        assert_eq!(of(0).filter(|event| event.size == size).count(), rounds);
        assert!(of(3).count() >= rounds);
        let mut stacks: Vec<_> = of(0)
            .filter(|event| event.size == size)
            .map(|event| profile.stack(event))
            .collect();
        stacks.dedup();
        // The compiler may make two loops of one.
        assert!(stacks.len() <= 2, "{stacks:x?}");
        let outermost = stacks[0].last();
        assert!(stacks.iter().all(|stack| stack.last() == outermost));
        assert!(stacks.iter().all(|stack| stack.len() > 3));
    }
}

/// The events of a process, in the order of time; a resizing gives its old block back at its
/// beginning.
fn live_at_the_end(profile: &Profile) -> HashMap<u64, u64> {
    let mut steps = Vec::new();
    for event in &profile.events {
        match event.tag {
            0 | 1 => steps.push((event.ticks, event.address, Some(event.size))),
            2 => {
                steps.push((event.ticks, event.old, None));
                steps.push((event.ticks + event.took, event.address, Some(event.size)));
            }
            3 => steps.push((event.ticks, event.address, None)),
            _ => {}
        }
    }
    steps.sort_by_key(|step| step.0);
    let mut live = HashMap::new();
    for (ticks, address, size) in steps {
        let before = match size {
            Some(size) => live.insert(address, size).map(|_| "handed out twice"),
            None if live.remove(&address).is_none() => Some("given back twice"),
            None => None,
        };
        assert_eq!(before, None, "{address:#x} at {ticks}");
    }
    live
}

#[test]
fn in_the_order_of_time_no_block_is_handed_out_while_it_is_live() {
    for scenario in ["handed_over", "two_threads", "each_call", "churn"] {
        let profile = record(scenario);
        let live = live_at_the_end(&profile);
        let kept = if scenario == "churn" { 1_000 } else { 0 };
        let odd = live.values().filter(|size| **size == ODD as u64).count();
        assert_eq!(odd, kept, "{scenario}");
    }
}

#[test]
fn a_stack_leads_from_the_call_to_the_thread() {
    let profile = record("deep");
    let events = profile.of(NAME);
    let kept = events
        .iter()
        .find(|event| event.size == ODD as u64)
        .unwrap();
    let stack = profile.stack(kept);
    assert!(stack.len() > 50, "{stack:x?}");
}

#[test]
fn a_thousand_threads_in_a_row_take_the_memory_of_a_few() {
    let profile = record("churn");
    let kept: Vec<_> = profile
        .events
        .iter()
        .filter(|event| event.size == ODD as u64)
        .collect();
    assert_eq!(kept.len(), 1_000);
    let mut threads: Vec<_> = kept.iter().map(|event| event.thread).collect();
    threads.sort_unstable();
    threads.dedup();
    assert_eq!(threads.len(), 1_000);
    // Threads that follow each other share their blocks, or there would be one for each.
    assert!(profile.blocks < 2_000, "{}", profile.blocks);
}

#[test]
fn a_call_after_a_threads_destructors_is_recorded_as_the_threads_and_keeps_nothing() {
    // What a thread records such a call with is another thread's next, or some calls would be lost.
    let profile = record("torn_down");
    let events = profile.of("late");
    let kept = events.iter().filter(|event| event.size == ODD as u64);
    assert_eq!(kept.count(), 2 * LATE_THREADS);
}

#[test]
fn a_process_that_is_not_asked_to_records_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut command: Command = command("exit");
    let output = command.current_dir(folder.path()).output().unwrap();
    assert!(output.status.success());
    assert_eq!(output.stderr, b"");
    assert_eq!(folder.path().read_dir().unwrap().count(), 0);
}
