//! Owns what is known of each thread: its mode, and what it has counted.

use std::cell::Cell;

use crate::{
    record::Recorder,
    tally::{Call, Tally},
};

/// Calls on this thread are tallied.
pub(super) const COUNT: u8 = 1;
/// Their stacks are recorded.
pub(super) const RECORD: u8 = 2;
/// Those of deallocations too.
pub(super) const RECORD_DEALLOCS: u8 = 4;
/// A permit stands between this thread and every lock outside it.
pub(super) const PERMIT: u8 = 8;
/// Inside the hook: a nested call passes through unseen.
pub(super) const BUSY: u8 = 16;

/// What is known of a thread.
pub(super) struct State {
    pub(super) mode: Cell<u8>,
    /// A harness's thread, or one that runs a trial.
    pub(super) ours: Cell<bool>,
    pub(super) recorder: Cell<*const Recorder>,
    // Apart, not one `Cell<Tally>`: copying the whole at each call costs five times as much.
    allocs: Cell<u64>,
    zeroed: Cell<u64>,
    grows: Cell<u64>,
    shrinks: Cell<u64>,
    deallocs: Cell<u64>,
    failed: Cell<u64>,
    bytes: Cell<u64>,
    retained: Cell<i64>,
    peak: Cell<i64>,
}

thread_local! {
    // `const` and without `Drop`: plain thread-local memory, readable while the thread is torn down.
    pub(super) static STATE: State = const {
        State {
            mode: Cell::new(0),
            ours: Cell::new(false),
            recorder: Cell::new(std::ptr::null()),
            allocs: Cell::new(0),
            zeroed: Cell::new(0),
            grows: Cell::new(0),
            shrinks: Cell::new(0),
            deallocs: Cell::new(0),
            failed: Cell::new(0),
            bytes: Cell::new(0),
            retained: Cell::new(0),
            peak: Cell::new(0),
        }
    };
}

#[inline]
fn add(cell: &Cell<u64>, more: u64) {
    cell.set(cell.get().wrapping_add(more));
}

impl State {
    pub(super) fn tally(&self) -> Tally {
        Tally {
            allocs: self.allocs.get(),
            zeroed: self.zeroed.get(),
            grows: self.grows.get(),
            shrinks: self.shrinks.get(),
            deallocs: self.deallocs.get(),
            failed: self.failed.get(),
            bytes: self.bytes.get(),
            retained_bytes: self.retained.get(),
            peak_bytes: self.peak.get().max(0).unsigned_abs(),
        }
    }

    pub(super) fn set_tally(&self, tally: Tally) {
        self.allocs.set(tally.allocs);
        self.zeroed.set(tally.zeroed);
        self.grows.set(tally.grows);
        self.shrinks.set(tally.shrinks);
        self.deallocs.set(tally.deallocs);
        self.failed.set(tally.failed);
        self.bytes.set(tally.bytes);
        self.retained.set(tally.retained_bytes);
        self.peak
            .set(i64::try_from(tally.peak_bytes).unwrap_or(i64::MAX));
    }

    /// One call of kind `call` that asked for `size` bytes and changed the live bytes by `change`.
    #[inline]
    pub(super) fn count(&self, call: Call, size: usize, change: i64) {
        match call {
            Call::Alloc => add(&self.allocs, 1),
            Call::Zeroed => add(&self.zeroed, 1),
            Call::Grow => add(&self.grows, 1),
            Call::Shrink => add(&self.shrinks, 1),
            Call::Dealloc => add(&self.deallocs, 1),
            Call::Failed => add(&self.failed, 1),
        }
        if call.allocates() {
            add(&self.bytes, size as u64);
        }
        let live = self.retained.get().wrapping_add(change);
        self.retained.set(live);
        if call != Call::Dealloc && live > self.peak.get() {
            self.peak.set(live);
        }
    }

    pub(super) fn leave(&self) {
        self.mode.set(self.mode.get() & !BUSY);
    }
}
