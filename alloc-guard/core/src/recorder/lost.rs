//! Owns what could not be recorded, and the block that admits it.

use std::sync::atomic::{AtomicU64, Ordering};

use super::{
    encode::Short,
    file::{self, Kind},
};

// Relaxed, all of them: sums for a note.
static CALLS: AtomicU64 = AtomicU64::new(0);
static STACKS: AtomicU64 = AtomicU64::new(0);
static ADMITTED: AtomicU64 = AtomicU64::new(0);

/// A call could not be recorded.
#[cold]
pub(super) fn call() {
    CALLS.fetch_add(1, Ordering::Relaxed);
}

/// A call was recorded without its stack.
#[cold]
pub(super) fn stack() {
    STACKS.fetch_add(1, Ordering::Relaxed);
}

/// Writes both down, if they have grown since the last time.
pub(super) fn admit() {
    let calls = CALLS.load(Ordering::Relaxed);
    let stacks = STACKS.load(Ordering::Relaxed);
    let sum = calls.wrapping_add(stacks);
    if ADMITTED.swap(sum, Ordering::Relaxed) == sum {
        return;
    }
    let mut payload = Short::new();
    payload.number(calls);
    payload.number(stacks);
    file::block(Kind::Lost, [payload.bytes(), &[], &[]]);
}
