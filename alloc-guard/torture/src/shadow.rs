//! Owns the allocator that stands beneath the guard and counts what it is really asked for.

use std::{
    alloc::{GlobalAlloc, Layout},
    cell::Cell,
    ptr,
    sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering::Relaxed},
};

use crate::program::Counts;

/// Counts for as long as each of its users asks for it, and refuses what it is told to.
#[derive(Debug, Default)]
pub struct Shadow<A>(A);

impl<A> Shadow<A> {
    /// Over `inner`.
    pub const fn new(inner: A) -> Self {
        Self(inner)
    }
}

thread_local! {
    /// The call that this thread makes is one of the program's own steps.
    static OWN: Cell<bool> = const { Cell::new(false) };
    /// How many permits this thread is in.
    static HIDDEN: Cell<u32> = const { Cell::new(0) };
    /// The next call is refused.
    static REFUSE: Cell<bool> = const { Cell::new(false) };
}

/// Sums of some calls.
#[derive(Debug)]
struct Sums {
    calls: [AtomicU64; 6],
    bytes: AtomicU64,
    retained: AtomicI64,
    peak: AtomicI64,
}

/// All calls since the process began.
static ALL: Sums = Sums::new();
/// Those of the program's own steps.
static OWN_CALLS: Sums = Sums::new();
/// Those of every thread while a window is open.
static WINDOW: Sums = Sums::new();
static IS_OPEN: AtomicBool = AtomicBool::new(false);

impl Sums {
    const fn new() -> Self {
        Self {
            calls: [const { AtomicU64::new(0) }; 6],
            bytes: AtomicU64::new(0),
            retained: AtomicI64::new(0),
            peak: AtomicI64::new(0),
        }
    }

    fn add(&self, kind: usize, size: usize, change: i64) {
        if let Some(calls) = self.calls.get(kind) {
            calls.fetch_add(1, Relaxed);
        }
        if kind < 4 {
            self.bytes.fetch_add(size as u64, Relaxed);
        }
        let live = self
            .retained
            .fetch_add(change, Relaxed)
            .wrapping_add(change);
        self.peak.fetch_max(live, Relaxed);
    }

    fn clear(&self) {
        for sum in self.calls.iter().chain([&self.bytes]) {
            sum.store(0, Relaxed);
        }
        self.retained.store(0, Relaxed);
        self.peak.store(0, Relaxed);
    }

    fn counts(&self) -> Counts {
        let [allocs, zeroed, grows, shrinks, deallocs, failed] = &self.calls;
        Counts {
            allocs: allocs.load(Relaxed),
            zeroed: zeroed.load(Relaxed),
            grows: grows.load(Relaxed),
            shrinks: shrinks.load(Relaxed),
            deallocs: deallocs.load(Relaxed),
            failed: failed.load(Relaxed),
            bytes: self.bytes.load(Relaxed),
            retained_bytes: self.retained.load(Relaxed),
            peak_bytes: self.peak.load(Relaxed).max(0).unsigned_abs(),
        }
    }
}

#[expect(
    clippy::cast_possible_wrap,
    reason = "no layout is larger than `isize::MAX`"
)]
fn signed(size: usize) -> i64 {
    size as i64
}

fn seen(kind: usize, block: *mut u8, size: usize, old: usize) -> *mut u8 {
    let (kind, change) = if block.is_null() {
        (5, 0)
    } else {
        (kind, signed(size).wrapping_sub(signed(old)))
    };
    ALL.add(kind, size, change);
    if OWN.try_with(Cell::get).unwrap_or(false) {
        OWN_CALLS.add(kind, size, change);
    }
    let is_hidden = HIDDEN.try_with(Cell::get).unwrap_or(0) != 0;
    if IS_OPEN.load(Relaxed) && !is_hidden && !std::thread::panicking() {
        WINDOW.add(kind, size, change);
    }
    block
}

fn is_refused() -> bool {
    REFUSE
        .try_with(|refuse| refuse.replace(false))
        .unwrap_or(false)
}

// SAFETY: forwards to `A`, or refuses with null, as the contract allows.
unsafe impl<A: GlobalAlloc> GlobalAlloc for Shadow<A> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if is_refused() {
            return seen(0, ptr::null_mut(), layout.size(), 0);
        }
        // SAFETY: passed on from the caller.
        let block = unsafe { self.0.alloc(layout) };
        seen(0, block, layout.size(), 0)
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if is_refused() {
            return seen(1, ptr::null_mut(), layout.size(), 0);
        }
        // SAFETY: passed on from the caller.
        let block = unsafe { self.0.alloc_zeroed(layout) };
        seen(1, block, layout.size(), 0)
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let kind = if size < layout.size() { 3 } else { 2 };
        if is_refused() {
            return seen(kind, ptr::null_mut(), size, 0);
        }
        // SAFETY: passed on from the caller.
        let moved = unsafe { self.0.realloc(block, layout, size) };
        seen(kind, moved, size, layout.size())
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        seen(4, block, 0, layout.size());
        // SAFETY: passed on from the caller.
        unsafe { self.0.dealloc(block, layout) };
    }
}

/// Runs `call` as one of the program's own steps.
pub(crate) fn own<T>(call: impl FnOnce() -> T) -> T {
    let before = OWN.replace(true);
    let value = call();
    OWN.set(before);
    value
}

/// Has the call in `call` refused.
pub(crate) fn refused<T>(call: impl FnOnce() -> T) -> T {
    REFUSE.set(true);
    let value = own(call);
    REFUSE.set(false);
    value
}

/// For as long as it lives, this thread's calls are within a permit.
#[derive(Debug)]
pub(crate) struct Hidden(());

impl Hidden {
    pub(crate) fn new() -> Self {
        let _ = HIDDEN.try_with(|hidden| hidden.set(hidden.get() + 1));
        Self(())
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        let _ = HIDDEN.try_with(|hidden| hidden.set(hidden.get() - 1));
    }
}

/// Opens the window.
pub(crate) fn open() {
    WINDOW.clear();
    IS_OPEN.store(true, Relaxed);
}

/// Closes the window, if it is open.
pub(crate) fn close() {
    IS_OPEN.store(false, Relaxed);
}

/// What was counted while the window was open.
pub(crate) fn window() -> Counts {
    WINDOW.counts()
}

/// Begins to count a program's own calls.
pub(crate) fn begin_own() {
    OWN_CALLS.clear();
    WINDOW.clear();
}

/// What the program's own steps asked for.
pub(crate) fn own_calls() -> Counts {
    OWN_CALLS.counts()
}

/// Every call since the process began.
pub(crate) fn all() -> Counts {
    ALL.counts()
}
