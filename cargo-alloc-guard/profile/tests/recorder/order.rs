//! The calls of several threads, and of blocks of theirs, are put into the order in which they were made.

use crate::{
    agprof::{Events, File},
    reading::pair,
};
use alloc_guard_profile::{Profile, Warning, read};

/// What is read of a process that wrote these blocks.
fn profile_of(blocks: impl IntoIterator<Item = Events>) -> Profile {
    let mut file = File::new();
    file.process(100, 0);
    for events in blocks {
        file.block(6, &events.payload);
    }
    read(&file.0[..]).unwrap()
}

fn no_free_is_missed(profile: &Profile) {
    let missed = |warning: &Warning| matches!(warning, Warning::MissedFrees(_));
    let warnings = &profile.warnings;
    assert!(!warnings.iter().any(missed), "{warnings:?}");
}

#[test]
fn at_the_same_tick_a_block_is_given_back_before_it_is_handed_out_again() {
    let mut second = Events::new(100, 0, 2, 0, 0);
    second.allocation(120, 0x10, 16, 0, false);
    let mut first = Events::new(100, 0, 1, 0, 0);
    first.allocation(110, 0x10, 8, 0, false);
    first.deallocation(120, 0x10, None);
    // The block of the thread that is handed the memory stands first.
    let profile = profile_of([second, first]);
    no_free_is_missed(&profile);
    assert_eq!(pair(profile.totals().leaked), (1, 16));
}

#[test]
fn a_thread_whose_clock_went_back_between_two_blocks_still_did_one_thing_after_the_other() {
    let mut first = Events::new(100, 0, 1, 0, 0);
    first.allocation(150, 0x10, 8, 0, false);
    let mut then = Events::new(140, 40, 1, 0, 0);
    then.deallocation(141, 0x10, None);
    let mut other = Events::new(100, 0, 2, 0, 0);
    other.allocation(145, 0x20, 4, 0, false);
    let profile = profile_of([first, then, other]);
    assert_eq!(profile.unknown_frees, 0);
    assert_eq!(pair(profile.totals().leaked), (1, 4));
    let allocations = profile.allocations().unwrap();
    let (_, freed) = allocations.iter().find(|(_, one)| one.size == 8).unwrap();
    // A tick after it was handed out.
    assert_eq!((freed.time_ns, freed.end_ns), (50, Some(51)));
}

#[test]
fn a_block_waits_for_the_one_that_its_thread_is_in_wherever_that_began() {
    // The thread of the second block made the last call of the first, from its start or later.
    for (begins_with, changes_to) in [(2, None), (1, Some(2))] {
        let mut first = Events::new(100, 0, begins_with, 0, 0);
        first.allocation(110, 0x20, 4, 0, false);
        if let Some(thread) = changes_to {
            first.thread(thread);
        }
        first.allocation(150, 0x10, 8, 0, false);
        let mut then = Events::new(140, 40, 2, 0, 0);
        then.deallocation(141, 0x10, None);
        let profile = profile_of([first, then]);
        assert_eq!(profile.unknown_frees, 0, "{changes_to:?}");
        assert_eq!(pair(profile.totals().leaked), (1, 4), "{changes_to:?}");
    }
}

#[test]
fn a_block_does_not_wait_for_one_that_its_thread_has_left() {
    let mut left = Events::new(100, 0, 1, 0, 0);
    left.allocation(110, 0x10, 8, 0, false);
    left.thread(2);
    left.allocation(300, 0x20, 4, 0, false);
    let mut then = Events::new(200, 100, 1, 0, 0);
    then.deallocation(210, 0x10, None);
    let mut other = Events::new(100, 0, 3, 0, 0);
    other.allocation(220, 0x10, 16, 0, false);
    let profile = profile_of([left, then, other]);
    no_free_is_missed(&profile);
    assert_eq!(pair(profile.totals().leaked), (2, 20));
}
