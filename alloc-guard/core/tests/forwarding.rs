//! Each method of the guard calls the same method of the inner allocator, locked or not; and what
//! the inner allocator allocates through the guard itself passes unseen.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
    hint::black_box,
    sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
};

use alloc_guard_core::{Guard, assert_alloc_free, measure};

#[global_allocator]
static GUARD: Guard<Counting> = Guard::new(Counting);

/// The system allocator, counting calls of each method on threads that ask for it.
struct Counting;

static CALLS: [AtomicU64; 4] = [const { AtomicU64::new(0) }; 4];
static REFUSE: AtomicBool = AtomicBool::new(false);

thread_local! {
    static COUNTED: Cell<bool> = const { Cell::new(false) };
    static NESTING: Cell<bool> = const { Cell::new(false) };
}

fn called(method: usize) {
    if COUNTED.get() {
        CALLS[method].fetch_add(1, Relaxed);
    }
    // An allocator that itself allocates: once, or it would never end.
    if NESTING.replace(false) {
        drop(black_box(Box::new([0_u8; 77])));
    }
}

fn refuses() -> bool {
    COUNTED.get() && REFUSE.load(Relaxed)
}

// SAFETY: forwards to `System`, or refuses with null, as the contract allows.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        called(0);
        if refuses() {
            return std::ptr::null_mut();
        }
        // SAFETY: passed on from the caller.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        called(1);
        if refuses() {
            return std::ptr::null_mut();
        }
        // SAFETY: passed on from the caller.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        called(2);
        if refuses() {
            return std::ptr::null_mut();
        }
        // SAFETY: passed on from the caller.
        unsafe { System.realloc(block, layout, size) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        called(3);
        // SAFETY: passed on from the caller.
        unsafe { System.dealloc(block, layout) }
    }
}

/// One call of each method. (The tests share the counters, so they share a lock.)
fn one_of_each() {
    let mut block = black_box(Vec::<u8>::with_capacity(16));
    block.extend_from_slice(&[1; 16]);
    block.reserve_exact(black_box(16));
    drop(block);
    drop(black_box(vec![0_u8; 16]));
}

#[expect(
    clippy::disallowed_types,
    reason = "taken by tests, never by the allocator"
)]
static TURN: std::sync::Mutex<()> = std::sync::Mutex::new(());

fn calls(body: impl FnOnce()) -> [u64; 4] {
    let before = CALLS.each_ref().map(|calls| calls.load(Relaxed));
    COUNTED.set(true);
    body();
    COUNTED.set(false);
    let mut after = CALLS.each_ref().map(|calls| calls.load(Relaxed));
    for (after, before) in after.iter_mut().zip(before) {
        *after -= before;
    }
    after
}

#[test]
fn each_method_is_forwarded_as_itself_idle_and_locked() {
    let _turn = TURN.lock().unwrap();
    measure(|| ()); // The first one looks whether a guard is installed.
    let expected = [1, 1, 1, 2];
    assert_eq!(calls(one_of_each), expected, "idle");
    let counted = calls(|| {
        let ((), tally) = measure(one_of_each);
        assert_eq!(
            (tally.allocs, tally.zeroed, tally.grows, tally.deallocs),
            (1, 1, 1, 2)
        );
    });
    assert_eq!(counted, expected, "counting");
}

#[test]
fn a_nested_call_of_the_inner_allocator_passes_unseen() {
    let _turn = TURN.lock().unwrap();
    let ((), tally) = measure(|| {
        NESTING.set(true);
        drop(black_box(Box::new([0_u8; 5])));
    });
    assert!(!NESTING.get(), "the nested call took place");
    assert_eq!((tally.allocs, tally.deallocs, tally.bytes), (1, 1, 5));
}

#[test]
fn a_refused_call_is_tallied_apart_and_is_a_violation() {
    let _turn = TURN.lock().unwrap();
    let refused = |body: fn()| {
        measure(|| {
            COUNTED.set(true);
            REFUSE.store(true, Relaxed);
            body();
            REFUSE.store(false, Relaxed);
            COUNTED.set(false);
        })
        .1
    };
    let tally = refused(|| assert!(Vec::<u8>::new().try_reserve_exact(black_box(9)).is_err()));
    assert_eq!((tally.failed, tally.allocations(), tally.bytes), (1, 0, 0));
    assert_eq!((tally.retained_bytes, tally.peak_bytes), (0, 0));

    let mut block = vec![1_u8; 4];
    let ((), tally) = measure(|| {
        COUNTED.set(true);
        REFUSE.store(true, Relaxed);
        assert!(block.try_reserve_exact(black_box(9)).is_err());
        REFUSE.store(false, Relaxed);
        COUNTED.set(false);
    });
    assert_eq!((tally.failed, tally.allocations()), (1, 0));
    assert_eq!(block, [1; 4], "a refused grow leaves the block as it was");

    let panic = std::panic::catch_unwind(|| {
        assert_alloc_free(|| {
            COUNTED.set(true);
            REFUSE.store(true, Relaxed);
            assert!(Vec::<u8>::new().try_reserve_exact(black_box(9)).is_err());
            REFUSE.store(false, Relaxed);
            COUNTED.set(false);
        });
    })
    .unwrap_err();
    let text = panic.downcast_ref::<String>().unwrap();
    assert!(
        text.contains("1 request that the allocator refused"),
        "{text}"
    );
}
