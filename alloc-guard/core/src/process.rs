//! Owns the process-wide scope: every thread's calls are counted while it is on, except the
//! harness's. There is one, so a trial that uses it runs alone.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicPtr, AtomicU64, Ordering};

use crate::{
    record::{Recorder, Watched},
    switch,
    tally::{Call, Tally},
};

static IS_ON: AtomicBool = AtomicBool::new(false);
static RECORD_DEALLOCS: AtomicBool = AtomicBool::new(false);
static RECORDER: AtomicPtr<Recorder> = AtomicPtr::new(std::ptr::null_mut());

static CALLS: [AtomicU64; Call::COUNT] = [const { AtomicU64::new(0) }; Call::COUNT];
static BYTES: AtomicU64 = AtomicU64::new(0);
static RETAINED: AtomicI64 = AtomicI64::new(0);
static PEAK: AtomicI64 = AtomicI64::new(0);

/// Whether the process-wide scope is on.
#[inline]
pub(crate) fn is_on() -> bool {
    // Acquire: pairs with the release in `Scope::start`, so that the recorder set before is seen.
    IS_ON.load(Ordering::Acquire)
}

/// Counts and records one call of any thread.
#[cold]
#[inline(never)]
pub(crate) fn observe(call: Call, size: usize, change: i64) -> Option<Watched> {
    // Relaxed, all of them: sums, read when the threads that matter have been joined or have
    // handed over their results, which orders them.
    if let Some(calls) = CALLS.get(call as usize) {
        calls.fetch_add(1, Ordering::Relaxed);
    }
    if call.allocates() {
        BYTES.fetch_add(size as u64, Ordering::Relaxed);
    }
    let live = RETAINED
        .fetch_add(change, Ordering::Relaxed)
        .wrapping_add(change);
    PEAK.fetch_max(live, Ordering::Relaxed);
    if call == Call::Dealloc && !RECORD_DEALLOCS.load(Ordering::Relaxed) {
        return None;
    }
    let recorder = RECORDER.load(Ordering::Relaxed);
    // SAFETY: `start` was given a recorder that is never freed, because a thread may still be in
    // here when the scope ends; null before the first scope.
    unsafe { recorder.as_ref() }?.record(call, size)
}

/// The process-wide scope, while it is on.
#[derive(Debug)]
pub(crate) struct Scope {
    on: switch::On,
}

impl Scope {
    /// Starts the scope. The caller sees to it that there is no other.
    pub(crate) fn start(recorder: &'static Recorder, deallocs: bool, watch: u32) -> Self {
        // Relaxed, all of them: published by the release below.
        for calls in &CALLS {
            calls.store(0, Ordering::Relaxed);
        }
        BYTES.store(0, Ordering::Relaxed);
        RETAINED.store(0, Ordering::Relaxed);
        PEAK.store(0, Ordering::Relaxed);
        RECORD_DEALLOCS.store(deallocs, Ordering::Relaxed);
        recorder.enter(std::ptr::null(), watch);
        RECORDER.store(std::ptr::from_ref(recorder).cast_mut(), Ordering::Relaxed);
        let on = switch::On::everywhere();
        // Release: pairs with the acquire in `is_on`.
        IS_ON.store(true, Ordering::Release);
        Self { on }
    }

    /// Ends the scope.
    pub(crate) fn end(self) -> Tally {
        drop(self.on);
        // Release: keeps the sums below from being read before; pairs with `is_on`.
        IS_ON.store(false, Ordering::Release);
        let calls = |call: Call| {
            // Relaxed: see `observe`.
            CALLS
                .get(call as usize)
                .map_or(0, |calls| calls.load(Ordering::Relaxed))
        };
        Tally {
            allocs: calls(Call::Alloc),
            zeroed: calls(Call::Zeroed),
            grows: calls(Call::Grow),
            shrinks: calls(Call::Shrink),
            deallocs: calls(Call::Dealloc),
            failed: calls(Call::Failed),
            bytes: BYTES.load(Ordering::Relaxed),
            retained_bytes: RETAINED.load(Ordering::Relaxed),
            peak_bytes: PEAK.load(Ordering::Relaxed).max(0).unsigned_abs(),
        }
    }
}
