//! Which calls count, in which phase.

use std::{
    cell::RefCell,
    collections::HashMap,
    hint::black_box,
    sync::{Condvar, Mutex, OnceLock, RwLock, mpsc},
    time::{Instant, SystemTime},
};

use alloc_guard::{
    __private::{Body, Context, Expectation},
    alloc_free, assert_alloc_free, measure, permit,
};

use super::{alloc_free, in_own_process, registration, regresses, verdict};

#[test]
fn alloc_is_seen_and_its_line_named() {
    let text = regresses(|| drop(black_box(Box::new(3_u64))), "1 allocation · 8 B");
    assert!(
        text.contains("what_counts.rs:") && text.contains("Box::new(3_u64)"),
        "{text}"
    );
}

#[test]
fn zeroed_is_seen_as_zeroed() {
    regresses(|| drop(black_box(vec![0_u8; 32])), "1 allocation · 32 B");
    let (_, tally) = measure(|| black_box(vec![0_u8; 32]));
    assert_eq!((tally.zeroed, tally.allocs), (1, 0));
}

fn dealloc_only(context: &mut Context) {
    let block = vec![1_u8; 8];
    context.lock();
    drop(black_box(block));
    context.unlock();
}

#[test]
fn dealloc_only_passes_unless_denied() {
    let body = Body::Fixtures(dealloc_only);
    assert_eq!(verdict(registration(Expectation::ALLOC_FREE, body)), Ok(()));
    let denied = Expectation {
        deny_dealloc: true,
        ..Expectation::ALLOC_FREE
    };
    let text = verdict(registration(denied, body)).unwrap_err();
    assert!(
        text.contains("REGRESSED: 1 deallocation, denied by `deny(dealloc)`"),
        "{text}"
    );
    assert!(
        text.contains("error: deallocation in a locked phase"),
        "{text}"
    );
    assert!(text.contains("what_counts.rs:"), "{text}");
}

fn extends_past_capacity(context: &mut Context) {
    let mut block = Vec::with_capacity(4);
    block.extend_from_slice(&[1_u8, 2, 3, 4]);
    context.lock();
    block.extend_from_slice(black_box(&[5, 6, 7, 8]));
    context.unlock();
    drop(block);
}

fn shrinks_to_fit(context: &mut Context) {
    let mut block = Vec::with_capacity(64);
    block.push(1_u8);
    context.lock();
    block.shrink_to_fit();
    context.unlock();
    drop(black_box(block));
}

#[test]
fn realloc_only_is_an_allocation_growing_and_shrinking() {
    for (body, text) in [
        (
            extends_past_capacity as fn(&mut Context),
            "1 allocation · 8 B",
        ),
        (shrinks_to_fit, "1 allocation · 1 B"),
    ] {
        let failure =
            verdict(registration(Expectation::ALLOC_FREE, Body::Fixtures(body))).unwrap_err();
        assert!(failure.contains(&format!("REGRESSED: {text}")), "{failure}");
    }
    let ((), tally) = measure(|| {
        let mut block = Vec::with_capacity(4);
        block.extend_from_slice(&[1_u8; 4]);
        block.reserve_exact(black_box(4));
        block.shrink_to_fit();
        drop(block);
    });
    assert_eq!(
        (tally.allocs, tally.grows, tally.shrinks, tally.deallocs),
        (1, 1, 1, 1)
    );
    assert_eq!(
        (tally.bytes, tally.peak_bytes, tally.retained_bytes),
        (4 + 8 + 4, 8, 0)
    );
}

#[test]
fn a_backtrace_taken_in_a_locked_body_does_not_deadlock() {
    // Taking one allocates and so does printing it, the latter while std's lock on symbols is held.
    let text = alloc_free(|| {
        let backtrace = std::backtrace::Backtrace::force_capture();
        black_box(backtrace.to_string());
    })
    .unwrap_err();
    assert!(text.contains("REGRESSED"), "{text}");
}

#[test]
fn the_panic_machinery_is_not_charged() {
    fn caught() {
        let caught = std::panic::catch_unwind(|| panic!("boom {}", black_box(7)));
        assert!(caught.is_err());
    }
    assert_eq!(alloc_free(caught), Ok(()));
}

#[test]
fn the_panic_machinery_is_not_charged_when_it_prints_a_backtrace() {
    // The first backtrace of a process makes some 100,000 allocator calls.
    let test = "what_counts::the_panic_machinery_is_not_charged";
    let (passed, output) = in_own_process(test, &["--nocapture"], &[("RUST_BACKTRACE", "1")]);
    assert!(passed && output.contains("stack backtrace"), "{output}");
}

#[test]
fn what_the_user_allocates_for_a_panic_is_charged() {
    regresses(
        || {
            let panics = || std::panic::resume_unwind(Box::new(black_box(5_u64)));
            drop(std::panic::catch_unwind(panics));
        },
        "1 allocation · 8 B",
    );
}

#[test]
fn a_caught_panic_leaves_stray_deallocations_which_are_reported_not_charged() {
    let denied = Expectation {
        deny_dealloc: true,
        ..Expectation::ALLOC_FREE
    };
    let body = Body::Plain(|| drop(std::panic::catch_unwind(|| panic!("boom {}", black_box(7)))));
    let text = verdict(registration(denied, body)).unwrap_err();
    assert!(
        text.contains("deallocation") && !text.contains("allocation · "),
        "{text}"
    );
}

#[test]
fn a_nested_lock_does_not_end_the_one_outside() {
    regresses(
        || {
            assert_alloc_free(|| black_box(1));
            let _ = measure(|| black_box(2));
            drop(black_box(Box::new(3_u8)));
        },
        "1 allocation · 1 B",
    );
}

#[test]
fn what_is_measured_inside_a_lock_counts_for_the_lock_too() {
    regresses(
        || drop(measure(|| black_box(Box::new(3_u8)))),
        "1 allocation · 1 B",
    );
    let (inner, outer) = measure(|| measure(|| black_box(vec![1_u8; 10])).1);
    assert_eq!((inner.allocs, outer.allocs, outer.bytes), (1, 1, 10));
}

#[test]
fn a_nested_lock_that_panics_ends_with_its_scope() {
    regresses(
        || {
            let inner = std::panic::catch_unwind(|| {
                assert_alloc_free(|| std::panic::resume_unwind(permit(|| Box::new(()))))
            });
            assert!(inner.is_err());
            drop(black_box(Box::new([3_u8; 2])));
        },
        "1 allocation · 2 B",
    );
}

#[test]
fn a_permit_hides_what_is_inside_it_alone() {
    assert_eq!(
        alloc_free(|| permit(|| drop(black_box(Box::new(1_u8))))),
        Ok(())
    );
    regresses(
        || {
            permit(|| permit(|| drop(black_box(Box::new(1_u8)))));
            drop(black_box(Box::new([1_u8; 3])));
        },
        "1 allocation · 3 B",
    );
    let (inner, outer) = measure(|| permit(|| measure(|| black_box(Box::new(1_u8))).1));
    assert_eq!((inner.allocs, outer.allocs), (1, 0));
}

#[test]
fn a_permit_that_panics_ends_with_its_scope() {
    regresses(
        || {
            drop(std::panic::catch_unwind(|| permit(|| panic!("inside"))));
            drop(black_box(Box::new([1_u8; 4])));
        },
        "1 allocation · 4 B",
    );
}

#[test]
fn printing_under_capture_allocates_and_the_report_says_why() {
    let test = "what_counts::prints";
    let (passed, output) = in_own_process(
        test,
        &["--nocapture"],
        &[("ALLOC_GUARD_TEST_PRINTS", "free")],
    );
    assert!(passed, "{output}");
    let (passed, output) = in_own_process(test, &[], &[("ALLOC_GUARD_TEST_PRINTS", "captured")]);
    assert!(passed, "{output}");
}

/// Asserts whatever the process that [`printing_under_capture_allocates_and_the_report_says_why`]
/// starts asks for.
#[test]
fn prints() {
    let verdict = alloc_free(|| println!("hello"));
    match std::env::var("ALLOC_GUARD_TEST_PRINTS").as_deref() {
        Ok("free") => assert_eq!(verdict, Ok(())),
        Ok("captured") => {
            let text = verdict.unwrap_err();
            assert!(
                text.contains("the test harness captures what is printed"),
                "{text}"
            );
        }
        _ => drop(verdict),
    }
}

thread_local! {
    static TABLE: RefCell<Vec<u8>> = RefCell::new(vec![0; 352]);
}

fn uses_lazy_thread_local() {
    TABLE.with_borrow(|table| {
        black_box(table.len());
    });
}

#[test]
fn first_use_initialisation_is_named_and_a_warm_up_cures_it() {
    // On a thread of its own, because the first use is a thread's.
    std::thread::spawn(|| {
        let text = alloc_free(uses_lazy_thread_local).unwrap_err();
        assert!(
            text.contains("0 on the second run: first-use initialisation; use `warmup = 1`"),
            "{text}"
        );
    })
    .join()
    .unwrap();
    std::thread::spawn(|| {
        let warm = super::Registration {
            warmup: 1,
            ..registration(Expectation::ALLOC_FREE, Body::Plain(uses_lazy_thread_local))
        };
        assert_eq!(verdict(warm), Ok(()));
    })
    .join()
    .unwrap();
}

/// None of these allocates when it is first used.
#[alloc_free]
fn free_on_first_use() {
    black_box(HashMap::<u8, u8>::new());
    black_box(std::hash::RandomState::new());
    let mutex = Mutex::new(1);
    *mutex.lock().unwrap() += 1;
    black_box(&RwLock::new(1).read().is_ok());
    Condvar::new().notify_all();
    let once = OnceLock::new();
    black_box(once.get_or_init(|| 1));
    black_box((Instant::now(), SystemTime::now()));
    black_box(std::thread::current().id());
    let mut line = [0_u8; 16];
    std::io::Write::write_fmt(&mut line.as_mut_slice(), format_args!("{}", 12)).unwrap();
}

#[test]
fn what_always_allocates_is_seen_each_time() {
    for (what, body) in [
        (
            "env::var_os",
            (|| drop(black_box(std::env::var_os("PATH")))) as fn(),
        ),
        ("mpsc::channel", || drop(black_box(mpsc::channel::<u8>()))),
        ("thread::spawn", || {
            std::thread::spawn(|| ()).join().unwrap();
        }),
        ("format!", || drop(black_box(format!("{}", black_box(1))))),
    ] {
        for _ in 0..2 {
            let text = alloc_free(body).expect_err(what);
            assert!(text.contains("REGRESSED"), "{what}: {text}");
        }
    }
}

struct AllocatesWhenDropped;

impl Drop for AllocatesWhenDropped {
    fn drop(&mut self) {
        drop(black_box(vec![1_u8; 100]));
    }
}

#[test]
fn a_local_of_the_body_drops_inside_the_lock() {
    regresses(
        || {
            let _local = AllocatesWhenDropped;
        },
        "1 allocation · 100 B",
    );
}

/// Fixtures and what is returned drop outside the lock.
#[alloc_free]
fn fixtures_and_the_returned_value_drop_outside(
    #[init(Some(AllocatesWhenDropped))] fixture: &mut Option<AllocatesWhenDropped>,
    #[init(AllocatesWhenDropped)] _other: &AllocatesWhenDropped,
) -> Result<AllocatesWhenDropped, &'static str> {
    fixture.take().ok_or("taken already")
}

#[test]
fn an_allocator_used_late_in_a_thread_s_teardown_is_seen_and_works() {
    struct Late;
    impl Drop for Late {
        fn drop(&mut self) {
            // After other thread-locals are gone.
            let (block, tally) = measure(|| black_box(vec![1_u8; 7]));
            assert_eq!((block.len(), tally.bytes), (7, 7));
        }
    }
    thread_local!(static LATE: Late = const { Late });
    std::thread::spawn(|| {
        LATE.with(|_| ());
        TABLE.with_borrow(|table| black_box(table.len()));
    })
    .join()
    .unwrap();
}

/// Resolves after `0` further polls.
struct Later(u32);

impl Future for Later {
    type Output = ();

    fn poll(
        mut self: std::pin::Pin<&mut Self>,
        task: &mut std::task::Context<'_>,
    ) -> std::task::Poll<()> {
        if self.0 == 0 {
            return std::task::Poll::Ready(());
        }
        self.0 -= 1;
        task.waker().wake_by_ref();
        std::task::Poll::Pending
    }
}

/// An async body is free, however often it is polled, and so is our executor.
#[alloc_free]
async fn an_async_body_is_free() {
    Later(3).await;
}

fn noisy_executor<F: Future>(future: F) -> F::Output {
    let mut future = Box::pin(future);
    let mut task = std::task::Context::from_waker(std::task::Waker::noop());
    loop {
        drop(black_box(vec![1_u8; 64]));
        if let std::task::Poll::Ready(value) = future.as_mut().poll(&mut task) {
            return value;
        }
    }
}

/// What an executor allocates between two polls is not the body's.
#[alloc_free(block_on = noisy_executor)]
async fn an_async_lock_is_held_only_while_the_body_is_polled() {
    Later(3).await;
}

#[test]
fn an_async_body_that_is_never_polled_is_no_pass() {
    fn body(context: &mut Context) {
        alloc_guard::__private::drive(context, Later(0), drop);
    }
    let text = verdict(registration(Expectation::ALLOC_FREE, Body::Fixtures(body))).unwrap_err();
    assert!(
        text.contains("FAILED: the executor dropped the body before it had run to its end"),
        "{text}"
    );
}
