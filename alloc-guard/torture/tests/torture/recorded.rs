//! What a process records of its programs is what was asked of its allocator.

use alloc_guard_torture::{Counts, MARKER, Program};
use proptest::{collection::vec, test_runner::TestCaseError};

use crate::{
    SYSTEM, check,
    child::Child,
    profile::{Event, Profile},
    programs, strategy, try_each,
};

/// The sums of what was recorded between the two markers, in the order of [`kinds`], and of bytes.
fn sums(profile: &Profile) -> ([u64; 5], u64) {
    let is_marker = |event: &&Event| event.size == MARKER as u64;
    let main = profile.events.iter().find(is_marker).unwrap().thread;
    // The markers, and what comes before and after them, are the main thread's.
    let (of_main, of_others): (Vec<_>, Vec<_>) = profile
        .events
        .iter()
        .partition(|event| event.thread == main);
    let markers: Vec<_> = (0..of_main.len())
        .filter(|at| is_marker(&of_main[*at]))
        .collect();
    let [first, last] = markers[..] else {
        panic!("{} markers", markers.len());
    };
    // Each is freed at once.
    let between = &of_main[first + 2..last];
    let (mut calls, mut bytes) = ([0; 5], 0);
    for event in between.iter().chain(&of_others) {
        // There are no stacks of deallocations, so no tag 4.
        calls[usize::from(event.tag.min(4))] += 1;
        if event.tag < 3 {
            bytes += event.size;
        }
    }
    (calls, bytes)
}

/// The same of what the allocator was asked for.
fn kinds(counts: &Counts) -> ([u64; 5], u64) {
    let resized = counts.grows + counts.shrinks;
    (
        [
            counts.allocs,
            counts.zeroed,
            resized,
            counts.deallocs,
            counts.failed,
        ],
        counts.bytes,
    )
}

fn record(programs: &[Program]) -> Result<(), TestCaseError> {
    let folder = tempfile::tempdir().unwrap();
    let mut child = Child::start(SYSTEM, &[("ALLOC_GUARD_PROFILE", folder.path())]);
    for program in programs {
        let found = child.run(program).map_err(TestCaseError::fail)?;
        check(program, &found)?;
    }
    let asked = child.end();
    let profile = Profile::only_one_in(folder.path());
    if (profile.cut_off, profile.lost, profile.end.is_some()) != (0, (0, 0), true) {
        return Err(TestCaseError::fail(format!(
            "lost {:?} and {} bytes",
            profile.lost, profile.cut_off
        )));
    }
    if sums(&profile) == kinds(&asked) {
        Ok(())
    } else {
        Err(TestCaseError::fail(format!(
            "{:?} and not {asked:?}",
            sums(&profile)
        )))
    }
}

#[test]
fn what_is_recorded_is_what_was_asked_for() {
    try_each(
        programs().div_ceil(50),
        &vec(strategy::program(), 1..20),
        |programs| record(&programs),
    );
}
