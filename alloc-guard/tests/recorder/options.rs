//! What the recorder's options change.

use std::collections::HashSet;

use crate::{
    PROFILE, command,
    profile::Profile,
    scenario::{NAME, ODD},
};

/// What `scenario` wrote down with a variable set, and what it said on standard error.
fn with(scenario: &str, variable: &str, value: &str) -> (Profile, String) {
    let folder = tempfile::tempdir().unwrap();
    let mut command = command(scenario);
    let output = command
        .env(PROFILE, folder.path())
        .env(variable, value)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let stderr = String::from_utf8(output.stderr).unwrap();
    (Profile::only_one_in(folder.path()), stderr)
}

const SAMPLE: &str = "ALLOC_GUARD_PROFILE_SAMPLE";

#[test]
fn what_a_sample_comes_to_is_near_what_was_called() {
    let (profile, _) = with("two_threads", SAMPLE, "1000");
    assert_eq!((profile.sample, profile.lost), (1000, (0, 0)));
    for (name, calls, size) in [
        ("the first of two workers", 20_000.0, 100_u32),
        ("second", 30_000.0, 200),
    ] {
        let events = profile.of(name);
        let drawn = events
            .iter()
            .filter(|event| matches!(event.tag, 0 | 1) && event.size == u64::from(size));
        let drawn = f64::from(u32::try_from(drawn.count()).unwrap());
        let probability = 1.0 - (-f64::from(size) / 1000.0).exp();
        // Six standard deviations: wrong once in a billion runs, and these are all the same.
        let bound = 6.0 * (calls * probability * (1.0 - probability)).sqrt();
        let expected = calls * probability;
        assert!(
            (drawn - expected).abs() < bound,
            "{name}: {drawn}, not {expected}"
        );
    }
    // The sums are of all calls.
    assert!(profile.end.unwrap()[2] >= 50_000);
    assert!(profile.events.len() < 30_000);
}

#[test]
fn a_sample_has_the_deallocations_of_its_allocations_and_no_others() {
    let (profile, _) = with("handed_over", SAMPLE, "20000");
    let mut steps: Vec<_> = profile.events.iter().collect();
    steps.sort_by_key(|event| event.ticks);
    let mut live = HashSet::new();
    let mut given_back = 0;
    for event in steps {
        match event.tag {
            0 | 1 => assert!(live.insert(event.address)),
            2 => {
                live.remove(&event.old);
                assert!(live.insert(event.address));
            }
            3 => {
                assert!(live.remove(&event.address));
                given_back += 1;
            }
            _ => {}
        }
    }
    assert!((2_000..20_000).contains(&given_back), "{given_back}");
}

#[test]
fn a_distance_that_is_no_number_is_a_warning_and_every_call_is_recorded() {
    let (profile, stderr) = with("exit", SAMPLE, "often");
    assert_eq!(profile.sample, 0);
    assert_eq!(
        stderr,
        "alloc-guard: warning: every call is recorded: ALLOC_GUARD_PROFILE_SAMPLE is no number of bytes: often\n"
    );
    let events = profile.of(NAME);
    assert!(events.iter().any(|event| event.size == ODD as u64));
}

#[test]
fn deallocations_have_stacks_where_they_are_asked_for() {
    let (profile, _) = with("each_call", "ALLOC_GUARD_PROFILE_DEALLOCATIONS", "1");
    let events = profile.of(NAME);
    assert!(events.iter().all(|event| event.tag != 3));
    let mut with_stacks = events.iter().filter(|event| event.tag == 4).peekable();
    assert!(with_stacks.peek().is_some());
    assert!(with_stacks.all(|event| profile.stack(event).len() > 3));
}
