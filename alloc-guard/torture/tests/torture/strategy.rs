//! Owns which programs are drawn, and how often what.

use alloc_guard_torture::{Course, Panic, Place, Program, SLOTS, Step};
use proptest::{collection::vec, prelude::*};

/// Mostly small sizes, some around the steps of allocators, a few that are mapped.
fn size() -> impl Strategy<Value = usize> {
    prop_oneof![
        8 => 1_usize..300,
        4 => 300_usize..20_000,
        2 => prop_oneof![Just(1024_usize), Just(4096), Just(65_536)].prop_flat_map(|at| at - 1..=at + 1),
        1 => 100_000_usize..3_000_000,
    ]
}

fn slot() -> impl Strategy<Value = usize> {
    0..SLOTS
}

/// Seldom more than the allocator aligns to anyway.
fn align() -> impl Strategy<Value = u32> {
    prop_oneof![5 => 0_u32..4, 2 => 4_u32..9, 1 => 9_u32..14]
}

fn panic() -> impl Strategy<Value = Panic> {
    prop_oneof![Just(Panic::Resumed), Just(Panic::Any), Just(Panic::Text)]
}

fn leaf() -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => (slot(), size(), align(), any::<bool>())
            .prop_map(|(slot, size, align, zeroed)| Step::Alloc { slot, size, align, zeroed }),
        10 => (slot(), size()).prop_map(|(slot, size)| Step::Resize { slot, size }),
        6 => slot().prop_map(|slot| Step::Free { slot }),
        2 => (slot(), size(), any::<bool>())
            .prop_map(|(slot, size, zeroed)| Step::Refused { slot, size, zeroed }),
        1 => Just(Step::TooLarge),
        3 => Just(Step::Join),
        2 => panic().prop_map(Step::Panic),
    ]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = leaf().prop_recursive(5, 60, 6, |inner| {
        let steps = || vec(inner.clone(), 0..6);
        prop_oneof![
            5 => steps().prop_map(Step::Measure),
            2 => steps().prop_map(Step::AllocFree),
            4 => steps().prop_map(Step::Permit),
            4 => steps().prop_map(Step::Catch),
            3 => (steps(), steps()).prop_map(|(steps, destructor)| Step::Deferred { steps, destructor }),
            3 => (any::<u8>(), steps()).prop_map(|(moved, steps)| Step::Spawn { moved, steps }),
            2 => steps().prop_map(Step::AtExit),
            2 => steps().prop_map(Step::Raise),
            1 => steps().prop_map(Step::Fork),
        ]
    });
    vec(step, 0..10)
}

fn course() -> impl Strategy<Value = Course> {
    let trial = (
        any::<bool>(),
        any::<bool>(),
        any::<bool>(),
        steps(),
        steps(),
    );
    prop_oneof![
        3 => Just(Course::Plain),
        2 => trial.prop_map(|(process, deny_dealloc, no_leaks, init, after)| Course::Trial {
            process,
            deny_dealloc,
            no_leaks,
            init,
            after,
        }),
    ]
}

/// A program.
pub(crate) fn program() -> impl Strategy<Value = Program> {
    let place = prop_oneof![Just(Place::Main), Just(Place::Thread)];
    (place, course(), steps()).prop_map(|(place, course, steps)| Program {
        place,
        course,
        steps,
    })
}
