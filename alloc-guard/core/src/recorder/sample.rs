//! Owns the choice of calls where not all are recorded: which are drawn, and which blocks were.
//!
//! One byte is drawn of every so many, on average, at distances that no pattern of the program's can
//! be in step with: they are exponentially distributed, so that a call of `s` bytes is drawn with the
//! probability `1 − exp(−s / N)`, however the bytes before it were drawn.

use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};

use crate::memory;

/// Where a thread's next byte is drawn. All zero bytes are a new one.
#[derive(Debug)]
pub(super) struct Draw {
    /// Never 0, once it has begun.
    random: u64,
    left: f64,
}

impl Draw {
    /// Whether a call for `size` bytes is recorded, where one byte in `every` is. `seed` is what tells
    /// one thread from another, so that a run can be repeated.
    #[inline]
    #[expect(
        clippy::cast_precision_loss,
        reason = "one in 2^53 bytes makes no difference"
    )]
    pub(super) fn is_drawn(&mut self, size: usize, every: u64, seed: u32) -> bool {
        if self.random == 0 {
            self.random = (u64::from(seed) + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
            self.left = self.distance(every);
        }
        self.left -= size as f64;
        if self.left > 0.0 {
            return false;
        }
        self.left = self.distance(every);
        true
    }

    #[cold]
    #[expect(
        clippy::cast_precision_loss,
        reason = "53 bits of a random number, and a mean"
    )]
    fn distance(&mut self, every: u64) -> f64 {
        // xorshift64* (Vigna, "An experimental exploration of Marsaglia's xorshift generators, scrambled").
        self.random ^= self.random >> 12;
        self.random ^= self.random << 25;
        self.random ^= self.random >> 27;
        let bits = self.random.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11;
        let from_0_to_1 = (bits as f64 + 0.5) / (1_u64 << 53) as f64;
        -from_0_to_1.ln() * every as f64
    }
}

/// Blocks in a group: as many addresses as a line of the cache has on most processors.
const GROUP: usize = 8;
const GROUPS: usize = 1 << 16;

#[repr(align(64))]
struct Group([AtomicUsize; GROUP]);

type Table = [Group; GROUPS];

static TABLE: AtomicPtr<Table> = AtomicPtr::new(std::ptr::null_mut());

/// Reserves the table of drawn blocks; pages are mapped where they are touched.
pub(super) fn reserve() -> Option<()> {
    // SAFETY: all zero bytes are an empty table.
    let table: &'static mut Table = unsafe { memory::zeroed() }?;
    // Release: pairs with the acquire in `groups`.
    TABLE.store(table, Ordering::Release);
    Some(())
}

/// The two groups that a block may lie in.
fn groups(block: usize) -> impl Iterator<Item = &'static Group> {
    // Fibonacci hashing; the bits in the middle are those of all that was multiplied.
    let home = (block as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 48;
    // Acquire: pairs with the release in `reserve`.
    let table = TABLE.load(Ordering::Acquire);
    // SAFETY: null, or a table that is never freed.
    let table = unsafe { table.as_ref() };
    [home, home ^ 1].into_iter().filter_map(move |group| {
        let group = usize::try_from(group).ok()?;
        table?.get(group)
    })
}

/// Remembers a block that was drawn. False if there is no room.
// Relaxed, here and below: who gives a block back was given it by who asked for it, which orders them.
pub(super) fn insert(block: *mut u8) -> bool {
    let mut places = groups(block.addr()).flat_map(|group| &group.0);
    places.any(|place| {
        place.load(Ordering::Relaxed) == 0
            && place
                .compare_exchange(0, block.addr(), Ordering::Relaxed, Ordering::Relaxed)
                .is_ok()
    })
}

/// Forgets a block. False if it was not drawn.
pub(super) fn remove(block: *mut u8) -> bool {
    let mut places = groups(block.addr()).flat_map(|group| &group.0);
    let found = places.find(|place| place.load(Ordering::Relaxed) == block.addr());
    match found {
        Some(place) => {
            place.store(0, Ordering::Relaxed);
            true
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_drawn_with_the_probability_that_the_format_says() {
        for (size, every) in [(1_u32, 10_u32), (10, 10), (64, 1000), (5000, 1000)] {
            let mut draw = Draw {
                random: 0,
                left: 0.0,
            };
            let calls = 200_000;
            let drawn = (0..calls)
                .filter(|_| draw.is_drawn(size as usize, every.into(), 7))
                .count();
            let probability = 1.0 - (-f64::from(size) / f64::from(every)).exp();
            let expected = f64::from(calls) * probability;
            // Five standard deviations, of a sequence that is the same each time.
            let bound = 5.0 * (expected * (1.0 - probability)).sqrt() + 1.0;
            let drawn = f64::from(u32::try_from(drawn).unwrap());
            assert!((drawn - expected).abs() < bound, "{size}/{every}: {drawn}");
        }
    }

    #[test]
    fn threads_draw_differently_and_the_same_each_time() {
        let drawn = |seed| {
            let mut draw = Draw {
                random: 0,
                left: 0.0,
            };
            (0..64).fold(0_u64, |drawn, _| {
                drawn << 1 | u64::from(draw.is_drawn(50, 100, seed))
            })
        };
        assert_eq!(drawn(1), drawn(1));
        assert_ne!(drawn(1), drawn(2));
    }

    #[test]
    fn a_block_is_found_once_and_a_full_table_says_so() {
        reserve().unwrap();
        let block = |number: usize| std::ptr::without_provenance_mut(number * 48 + 16);
        assert!(!remove(block(1)));
        let kept = (1..2_000_000).filter(|n| insert(block(*n))).count();
        assert!(
            (GROUPS * GROUP / 2..=GROUPS * GROUP).contains(&kept),
            "{kept}"
        );
        let found = (1..2_000_000).filter(|n| remove(block(*n))).count();
        assert_eq!(found, kept);
        assert!((1..2_000_000).all(|n| !remove(block(n))));
    }
}
