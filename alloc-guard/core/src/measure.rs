//! Owns what a user calls inside any test, benchmark or program: [`measure`], [`assert_alloc_free`]
//! and [`permit`].

use std::sync::atomic::{AtomicBool, Ordering};

use crate::{
    backtrace::symbolize::Frame,
    canary::{NOT_INSTALLED, canary},
    phase::Scope,
    record::Reserved,
    report,
    tally::Tally,
};

/// What [`measure`] measured.
pub type Measurement = Tally;

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
