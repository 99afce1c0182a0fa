//! Owns what a user calls inside any test, benchmark or program: [`measure`], [`assert_alloc_free`]
//! and [`permit`].

use std::{
    alloc::Layout,
    hint::black_box,
    sync::atomic::{AtomicBool, Ordering},
};

use crate::{backtrace::symbolize::Frame, phase::Scope, record::Reserved, report, tally::Tally};

/// What [`measure`] measured.
pub type Measurement = Tally;

/// What to do about a binary whose allocator is not ours.
pub(crate) const NOT_INSTALLED: &str = "no guard is installed in this binary, so nothing can be counted: \
    depend on `alloc-guard` and use it (`use alloc_guard as _;` is enough), or declare \
    `#[global_allocator] static GLOBAL: alloc_guard_core::Guard<YourAllocator>`";

/// Makes one allocation of its own and looks whether the guard of this binary saw it.
pub(crate) fn canary() -> bool {
    let _hidden = Scope::permit();
    let scope = Scope::count();
    let layout = Layout::new::<u64>();
    // SAFETY: the layout is not zero-sized.
    let block = black_box(unsafe { std::alloc::alloc(black_box(layout)) });
    if !block.is_null() {
        // SAFETY: allocated above with this layout.
        unsafe { std::alloc::dealloc(block, layout) };
    }
    scope.end().allocs == 1
}

/// Panics unless the guard is this binary's allocator. Looks once per process.
fn require_guard() {
    static SEEN: AtomicBool = AtomicBool::new(false);
    // Relaxed: a fact about the binary, true whichever thread found it.
    if !SEEN.load(Ordering::Relaxed) {
        assert!(canary(), "{NOT_INSTALLED}");
        SEEN.store(true, Ordering::Relaxed);
    }
}

/// Runs `body` and counts what it asks of the allocator on this thread.
///
/// ```
/// # #[global_allocator]
/// # static GLOBAL: alloc_guard_core::Guard = alloc_guard_core::Guard::new(std::alloc::System);
/// # fn main() {
/// let (text, measurement) = alloc_guard_core::measure(|| "heap".to_owned());
/// assert_eq!((measurement.allocations(), measurement.bytes), (1, 4));
/// # drop(text);
/// # }
/// ```
///
/// Nothing is captured, so it costs a few instructions a call. What is measured inside a lock counts
/// for the lock as well.
///
/// # Panics
/// If the guard is not this binary's allocator, because then every count would be zero.
pub fn measure<T>(body: impl FnOnce() -> T) -> (T, Measurement) {
    require_guard();
    let scope = Scope::count();
    let value = body();
    (value, scope.end())
}

/// Runs `body` and panics if it allocates on this thread, naming each place.
///
/// Unlike a test's attribute it also works in a running program that links the guard: an audio
/// callback in a debug build, say.
///
/// # Panics
/// If `body` allocated, after it has run to its end; if it panics itself; and if the guard is not
/// this binary's allocator.
#[track_caller]
pub fn assert_alloc_free<T>(body: impl FnOnce() -> T) -> T {
    require_guard();
    let Some(reserved) = Reserved::new() else {
        panic!("the system has no memory to record violations in");
    };
    // SAFETY: `reserved` is dropped after the scope has ended, also while unwinding.
    let scope = unsafe { Scope::record(reserved.get(), false, 0) };
    let value = body();
    let tally = scope.end();
    if tally.allocations() > 0 || tally.failed > 0 {
        // What is said about it is not the caller's doing.
        let text = {
            let _hidden = Scope::permit();
            let place = std::panic::Location::caller();
            let caller = Frame {
                function: String::new(),
                file: place.file().to_owned(),
                line: place.line(),
                column: place.column(),
            };
            report::describe_violations(&tally, reserved.get(), &caller)
        };
        panic!("{text}");
    }
    value
}

/// Runs `body` as a nested exception: no lock or measurement outside it counts what it does.
///
/// ```
/// # #[global_allocator]
/// # static GLOBAL: alloc_guard_core::Guard = alloc_guard_core::Guard::new(std::alloc::System);
/// # fn main() {
/// use alloc_guard_core::{assert_alloc_free, permit};
///
/// assert_alloc_free(|| permit(|| drop(vec![1_u8; 16])));
/// # }
/// ```
pub fn permit<T>(body: impl FnOnce() -> T) -> T {
    let _scope = Scope::permit();
    body()
}
