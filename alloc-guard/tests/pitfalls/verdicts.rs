//! What a report must not hide, and what must not hide a regression.

use std::hint::black_box;

use alloc_guard::{
    __private::{Body, Context, Expectation, PermittedSite, Registration},
    assert_alloc_free,
};

use super::{registration, regresses, verdict};

#[test]
fn a_panic_in_the_body_stays_a_panic_with_its_own_text() {
    let body = Body::Plain(|| assert_eq!(black_box(1), 2, "the assertion"));
    let panic = std::panic::catch_unwind(|| verdict(registration(Expectation::ALLOC_FREE, body)))
        .unwrap_err();
    assert!(
        panic
            .downcast_ref::<String>()
            .unwrap()
            .contains("the assertion")
    );
}

#[test]
fn a_test_after_one_that_panicked_is_judged_as_ever() {
    let body = Body::Plain(|| panic!("first"));
    assert!(
        std::panic::catch_unwind(|| verdict(registration(Expectation::ALLOC_FREE, body))).is_err()
    );
    assert_eq!(super::alloc_free(|| ()), Ok(()));
    regresses(|| drop(black_box(Box::new(1_u8))), "1 allocation · 1 B");
}

#[test]
fn should_panic_is_not_satisfied_by_a_regression() {
    let allocates = Registration {
        should_panic: Some(""),
        ..registration(
            Expectation::ALLOC_FREE,
            Body::Plain(|| {
                drop(black_box(Box::new(1_u8)));
                panic!("as it should");
            }),
        )
    };
    let text = verdict(allocates).unwrap_err();
    assert!(text.contains("REGRESSED: 1 allocation"), "{text}");
}

#[test]
fn should_panic_is_satisfied_by_its_own_panic_alone() {
    let with = |should_panic, body: fn()| {
        verdict(Registration {
            should_panic,
            ..registration(Expectation::ALLOC_FREE, Body::Plain(body))
        })
    };
    assert_eq!(with(Some("boom"), || panic!("a boom {}", 1)), Ok(()));
    let text = with(Some("boom"), || ()).unwrap_err();
    assert!(text.contains("DID NOT PANIC"), "{text}");
    assert!(std::panic::catch_unwind(|| with(Some("boom"), || panic!("another"))).is_err());
}

#[test]
fn an_error_that_is_returned_fails() {
    fn body(context: &mut Context) {
        context.lock();
        let result: Result<(), &str> = Err("no such key");
        context.unlock();
        context.returned(result);
    }
    let text = verdict(registration(Expectation::ALLOC_FREE, Body::Fixtures(body))).unwrap_err();
    assert!(text.contains("FAILED: \"no such key\""), "{text}");
}

#[test]
fn a_body_that_never_runs_is_no_pass() {
    let text = verdict(registration(
        Expectation::ALLOC_FREE,
        Body::Fixtures(|_| ()),
    ))
    .unwrap_err();
    assert!(text.contains("the body never ran"), "{text}");
}

#[test]
fn culprit_named_is_every_place_in_one_run_worst_first() {
    fn three() {
        drop(black_box(vec![1_u8; 5]));
        for _ in 0..3 {
            drop(black_box(vec![1_u8; 7]));
        }
    }
    let text = regresses(three, "4 allocations · 26 B");
    let [often, once] =
        ["3 allocations, 21 B", "1 allocation, 5 B"].map(|label| text.find(label).unwrap());
    assert!(often < once, "{text}");
}

/// Calls `leaf` on 512 different stacks, which is twice as many as are kept.
#[inline(never)]
fn on_many_stacks(depth: u32, leaf: &dyn Fn()) {
    if depth == 9 {
        return leaf();
    }
    on_many_stacks(black_box(depth + 1), leaf);
    on_many_stacks(black_box(depth + 1), leaf);
    black_box(depth);
}

#[test]
fn more_stacks_than_are_kept_are_counted_and_said() {
    let text = regresses(
        || on_many_stacks(0, &|| drop(black_box(Box::new(1_u8)))),
        "512 allocations · 512 B",
    );
    assert!(
        text.contains("256 calls came from further call stacks"),
        "{text}"
    );
}

#[test]
fn a_leak_on_a_stack_that_is_not_kept_is_a_leak() {
    fn body(context: &mut Context) {
        context.lock();
        let calls = std::cell::Cell::new(0);
        on_many_stacks(0, &|| {
            calls.set(calls.get() + 1);
            let block = black_box(Box::new([1_u8; 99]));
            if calls.get() == 512 {
                std::mem::forget(block);
            }
        });
        context.unlock();
    }
    let expectation = Expectation {
        no_leaks: true,
        max_allocations: Some(512),
        ..Expectation::ALLOCATES
    };
    let text = verdict(registration(expectation, Body::Fixtures(body))).unwrap_err();
    assert!(text.contains("REGRESSED: leaked 1 block · 99 B"), "{text}");
}

#[test]
fn a_leak_is_named_where_leaks_are_denied() {
    let denied = Expectation {
        no_leaks: true,
        ..Expectation::ALLOCATES
    };
    let leaks = Body::Plain(|| {
        drop(black_box(vec![1_u8; 3]));
        std::mem::forget(black_box(vec![1_u8; 9]));
    });
    let text = verdict(registration(denied, leaks)).unwrap_err();
    assert!(text.contains("REGRESSED: leaked 1 block · 9 B"), "{text}");
    assert!(
        text.contains("1 block, 9 B leaked") && !text.contains("3 B"),
        "{text}"
    );
}

fn keeps_in_a_fixture(context: &mut Context) {
    let mut kept = Vec::new();
    context.lock();
    kept.push(black_box(Box::new(1_u64)));
    kept.push(black_box(Box::new(2_u64)));
    kept.reserve(1000);
    context.unlock();
    // Resized once more outside the lock: it is still the body's block.
    kept.shrink_to_fit();
    drop(kept);
}

fn freed_elsewhere(context: &mut Context) {
    context.lock();
    let block = black_box(vec![1_u8; 11]);
    context.unlock();
    std::thread::spawn(move || drop(block)).join().unwrap();
}

#[test]
fn what_fixtures_and_other_threads_give_back_is_no_leak() {
    let denied = Expectation {
        no_leaks: true,
        ..Expectation::ALLOCATES
    };
    assert_eq!(
        verdict(registration(denied, Body::Fixtures(keeps_in_a_fixture))),
        Ok(())
    );
    assert_eq!(
        verdict(registration(denied, Body::Fixtures(freed_elsewhere))),
        Ok(())
    );
}

#[test]
fn a_permitted_site_is_taken_out_and_another_is_not() {
    #[inline(never)]
    fn flush_log() {
        drop(black_box(vec![1_u8; 16]));
    }
    const PERMITTED: &[PermittedSite] = &[PermittedSite {
        path: "flush_log",
        reason: "once a minute",
    }];
    let expectation = Expectation {
        permitted: PERMITTED,
        ..Expectation::ALLOC_FREE
    };
    assert_eq!(
        verdict(registration(expectation, Body::Plain(flush_log))),
        Ok(())
    );
    let more = Body::Plain(|| {
        flush_log();
        drop(black_box(vec![1_u8; 2]));
    });
    let text = verdict(registration(expectation, more)).unwrap_err();
    assert!(text.contains("REGRESSED: 1 allocation"), "{text}");
}

#[test]
fn assert_alloc_free_names_the_line_and_returns_the_value() {
    assert_eq!(assert_alloc_free(|| 5), 5);
    let panic =
        std::panic::catch_unwind(|| assert_alloc_free(|| black_box(vec![1_u8; 6]))).unwrap_err();
    let text = panic.downcast_ref::<String>().unwrap();
    assert!(
        text.starts_with("1 allocation in `assert_alloc_free`"),
        "{text}"
    );
    assert!(
        text.contains("verdicts.rs:") && text.contains("black_box(vec![1_u8; 6])"),
        "{text}"
    );
}

#[test]
fn the_profile_is_part_of_a_failure() {
    let text = regresses(|| drop(black_box(Box::new(1_u8))), "1 allocation");
    let profile = if cfg!(debug_assertions) {
        "[debug]"
    } else {
        "[release]"
    };
    assert!(text.lines().next().unwrap().ends_with(profile), "{text}");
}

/// A block that outlives its trial, asked for where another lock stands between.
#[test]
fn a_leak_within_a_nested_lock_is_one_of_the_lock_outside() {
    fn body(context: &mut Context) {
        context.lock();
        let inner = || assert_alloc_free(|| std::mem::forget(black_box(Box::new([0_u8; 99]))));
        assert!(std::panic::catch_unwind(inner).is_err());
        context.unlock();
    }
    let expectation = Expectation {
        no_leaks: true,
        ..Expectation::ALLOCATES
    };
    let text = verdict(registration(
        Expectation {
            max_allocations: Some(9),
            ..expectation
        },
        Body::Fixtures(body),
    ))
    .unwrap_err();
    assert!(
        text.contains("REGRESSED: leaked 1 block · 99 B")
            && text.contains("1 block, 99 B leaked; 1 allocation, 99 B"),
        "{text}"
    );
}
