//! Owns the table of blocks that watched trials were given and nobody has given back yet.
//!
//! One table for the process, keyed by address, because any thread may free a block. It has a fixed
//! size; a block that finds no place is counted, and the trial says so.

use std::sync::atomic::{AtomicPtr, AtomicU32, AtomicU64, AtomicUsize, Ordering};

use crate::{memory, switch};

/// Places in the table (24 bytes each, mapped only where touched).
const PLACES: usize = 1 << 18;

/// How far from its own place a block may lie, so that a look-up is bounded.
const REACH: usize = 64;

/// Spreads addresses over the table (Fibonacci hashing: 2^bits over the golden ratio).
#[expect(
    clippy::cast_possible_truncation,
    reason = "the upper half is what 32-bit targets need"
)]
const SPREAD: usize = (0x9E37_79B9_7F4A_7C15_u64 >> (u64::BITS - usize::BITS)) as usize;

/// A place whose block was given back. No block has this address.
const GONE: usize = 1;

struct Place {
    block: AtomicUsize,
    trial_and_stack: AtomicU64,
    size: AtomicUsize,
}

type Table = [Place; PLACES];

static TABLE: AtomicPtr<Table> = AtomicPtr::new(std::ptr::null_mut());
static WATCHES: AtomicU32 = AtomicU32::new(0);
static TRIALS: AtomicU32 = AtomicU32::new(0);
static UNTRACKED: AtomicU64 = AtomicU64::new(0);

/// What is known of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) trial: u32,
    /// The stack that asked for it, in the trial's recorder.
    pub(crate) stack: u32,
    pub(crate) size: usize,
}

impl Block {
    pub(crate) fn resized(self, size: usize) -> Self {
        Self { size, ..self }
    }
}

/// Whether any trial watches its blocks.
#[inline]
pub(crate) fn is_watching() -> bool {
    // Relaxed: a trial's own thread sees its own increment, and handing a block to another thread
    // orders the rest.
    WATCHES.load(Ordering::Relaxed) != 0
}

/// The table, once a watch has reserved it.
fn table() -> Option<&'static Table> {
    // Acquire: pairs with the release in `Watch::new`.
    let table = TABLE.load(Ordering::Acquire);
    // SAFETY: null, or a table that is never freed.
    unsafe { table.as_ref() }
}

/// The places where a block may lie, its own first.
fn places(block: usize) -> impl Iterator<Item = &'static Place> {
    let home = (block >> 4).wrapping_mul(SPREAD) >> (usize::BITS - PLACES.ilog2());
    table().into_iter().flat_map(move |table| {
        (0..REACH).filter_map(move |step| table.get(home.wrapping_add(step) % PLACES))
    })
}

/// Remembers `block`.
pub(crate) fn insert(block: *mut u8, known: Block) {
    for place in places(block.addr()) {
        let found = place.block.load(Ordering::Relaxed);
        // A live block has one address, so no other place can hold this one.
        if (found == 0 || found == GONE)
            && place
                .block
                .compare_exchange(found, block.addr(), Ordering::Relaxed, Ordering::Relaxed)
                .is_ok()
        {
            place.size.store(known.size, Ordering::Relaxed);
            place.trial_and_stack.store(
                u64::from(known.trial) << 32 | u64::from(known.stack),
                Ordering::Relaxed,
            );
            return;
        }
    }
    UNTRACKED.fetch_add(1, Ordering::Relaxed);
}

/// Forgets `block`, which is about to be given back. Returns what was known of it.
pub(crate) fn remove(block: *mut u8) -> Option<Block> {
    for place in places(block.addr()) {
        let found = place.block.load(Ordering::Relaxed);
        if found == block.addr() {
            let known = read(place);
            place.block.store(GONE, Ordering::Relaxed);
            return Some(known);
        }
        if found == 0 {
            return None;
        }
    }
    None
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "two 32-bit numbers are taken out of one 64-bit number"
)]
fn read(place: &Place) -> Block {
    let both = place.trial_and_stack.load(Ordering::Relaxed);
    Block {
        trial: (both >> 32) as u32,
        stack: both as u32,
        size: place.size.load(Ordering::Relaxed),
    }
}

/// One trial's watch over its blocks, from before its lock until after its fixtures.
#[derive(Debug)]
pub(crate) struct Watch {
    trial: u32,
    untracked: u64,
    /// Deallocations must be seen after the lock too.
    _on: switch::On,
}

impl Watch {
    /// Starts a watch; `None` if the system has no memory for the table.
    pub(crate) fn new() -> Option<Self> {
        if table().is_none() {
            // SAFETY: zero bytes are free places.
            let reserved: &'static Table = unsafe { memory::zeroed() }?;
            let pointer = std::ptr::from_ref(reserved).cast_mut();
            // Release: pairs with the acquire in `table`.
            if TABLE
                .compare_exchange(
                    std::ptr::null_mut(),
                    pointer,
                    Ordering::Release,
                    Ordering::Relaxed,
                )
                .is_err()
            {
                // SAFETY: reserved above and not published: another thread was quicker.
                unsafe { memory::release(reserved) };
            }
        }
        let on = switch::On::everywhere();
        WATCHES.fetch_add(1, Ordering::Relaxed);
        let trial = TRIALS
            .fetch_add(1, Ordering::Relaxed)
            .wrapping_add(1)
            .max(1);
        Some(Self {
            trial,
            untracked: UNTRACKED.load(Ordering::Relaxed),
            _on: on,
        })
    }

    /// The number that blocks of this trial carry.
    pub(crate) fn trial(&self) -> u32 {
        self.trial
    }

    /// Ends the watch: the blocks that are still live, and how many blocks the table had no place
    /// for meanwhile.
    pub(crate) fn end(self) -> (Vec<Block>, u64) {
        let mut live = Vec::new();
        for place in table().into_iter().flatten() {
            if place.block.load(Ordering::Relaxed) > GONE {
                let known = read(place);
                if known.trial == self.trial {
                    place.block.store(GONE, Ordering::Relaxed);
                    live.push(known);
                }
            }
        }
        (
            live,
            UNTRACKED
                .load(Ordering::Relaxed)
                .wrapping_sub(self.untracked),
        )
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        WATCHES.fetch_sub(1, Ordering::Relaxed);
    }
}
