//! Owns the table of code addresses seen on stacks: a small number for each, and a word of what is
//! known about it. It only grows, and neither finding nor adding takes a lock.

#![expect(
    clippy::inline_always,
    reason = "the walk must be quick in a build without optimisation too, where a call costs as much as a step"
)]
#![expect(
    clippy::cast_possible_truncation,
    reason = "a place in the table has `BITS` bits, and an address was stored from a `usize`"
)]

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// A code address, by its place in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AddressId(u32);

impl AddressId {
    pub(super) const BITS: u32 = 19;

    pub(super) fn from_bits(bits: u64) -> Self {
        Self((bits & ((1 << Self::BITS) - 1)) as u32)
    }

    #[inline(always)]
    pub(super) fn bits(self) -> u64 {
        u64::from(self.0)
    }
}

const SLOTS: usize = 1 << AddressId::BITS;
/// How many are used at most, so that a search ends soon.
const MOST: u32 = (SLOTS / 4 * 3) as u32;

/// Set in the address of code that was unloaded: what comes to stand there is other code. No code
/// of a program has it.
const RETIRED: u64 = 1 << 63;

struct Slot {
    address: AtomicU64,
    note: AtomicU64,
}

/// All zero bytes are an empty table.
pub(crate) struct Addresses {
    used: AtomicU32,
    #[cfg(own_walk)]
    generation: AtomicU32,
    slots: [Slot; SLOTS],
}

impl Addresses {
    /// The number of `address`, and the word known about it (0: nothing yet). `None` if the table
    /// is full.
    #[inline(always)]
    pub(super) fn find(&self, address: usize) -> Option<(AddressId, u64)> {
        let address = address as u64;
        // Fibonacci hashing: the high bits of the product depend on all bits of the address.
        let mut index =
            (address.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - AddressId::BITS)) as usize;
        // Not `get_unchecked`, which calls what checks its arguments where nothing is optimised.
        let slots = (&raw const self.slots).cast::<Slot>();
        loop {
            // SAFETY: the product has `BITS` bits left, and the sum below is masked.
            let slot = unsafe { &*slots.wrapping_add(index) };
            // Relaxed: an address stands for itself; nothing is read because of it but the note,
            // which is one word.
            let found = slot.address.load(Ordering::Relaxed);
            if found == address {
                return Some((AddressId(index as u32), slot.note.load(Ordering::Relaxed)));
            }
            if found == 0 && self.claim(slot, address)? {
                return Some((AddressId(index as u32), 0));
            }
            index = (index + 1) & (SLOTS - 1);
        }
    }

    /// Whether the free slot is now `address`'s. `None` if the table is full.
    #[cold]
    #[inline(never)]
    fn claim(&self, slot: &Slot, address: u64) -> Option<bool> {
        // Relaxed: the bound is exact up to the number of threads that are here at once.
        if self.used.load(Ordering::Relaxed) >= MOST {
            return None;
        }
        match slot
            .address
            .compare_exchange(0, address, Ordering::Relaxed, Ordering::Relaxed)
        {
            Ok(_) => {
                self.used.fetch_add(1, Ordering::Relaxed);
                Some(true)
            }
            Err(other) => Some(other == address),
        }
    }

    /// Sets the word known about an address.
    #[cfg(own_walk)]
    pub(super) fn note(&self, id: AddressId, note: u64) {
        if let Some(slot) = self.slots.get(id.0 as usize) {
            // Relaxed: the word is all there is.
            slot.note.store(note, Ordering::Relaxed);
        }
    }

    /// The address itself.
    pub(super) fn address(&self, id: AddressId) -> usize {
        let slot = self.slots.get(id.0 as usize);
        let address = slot.map_or(0, |slot| slot.address.load(Ordering::Relaxed));
        (address & !RETIRED) as usize
    }

    /// Changes whenever what was known may no longer be so.
    #[cfg(own_walk)]
    #[inline(always)]
    pub(super) fn generation(&self) -> u32 {
        // Acquire: pairs with the release in `retire`: who sees the new number finds no old address.
        self.generation.load(Ordering::Acquire)
    }

    /// Forgets all addresses, because code was unloaded and other code may come to stand in its
    /// place. Their numbers go on to mean what they meant.
    #[cfg(own_walk)]
    pub(super) fn retire(&self) {
        for slot in &self.slots {
            // Relaxed: see the release below.
            if slot.address.load(Ordering::Relaxed) != 0 {
                slot.address.fetch_or(RETIRED, Ordering::Relaxed);
            }
        }
        // Release: pairs with the acquire in `generation`.
        self.generation.fetch_add(1, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory;

    fn table() -> &'static Addresses {
        // SAFETY: all zero bytes are an empty table.
        unsafe { memory::zeroed() }.unwrap()
    }

    #[test]
    fn an_address_has_one_number_and_keeps_it() {
        let table = table();
        let ids: Vec<_> = (1..5_000).map(|n| table.find(n * 16).unwrap().0).collect();
        for (n, id) in (1..5_000).zip(&ids) {
            assert_eq!(table.find(n * 16).unwrap().0, *id);
            assert_eq!(table.address(*id), n * 16);
            assert_eq!(AddressId::from_bits(id.bits()), *id);
        }
    }

    #[test]
    #[cfg(own_walk)]
    fn a_retired_address_is_forgotten_and_its_number_is_not() {
        let table = table();
        let (before, _) = table.find(0x1234).unwrap();
        table.note(before, 5);
        assert_eq!(table.find(0x1234), Some((before, 5)));
        let generation = table.generation();
        table.retire();
        assert_ne!(table.generation(), generation);
        let (after, note) = table.find(0x1234).unwrap();
        assert_ne!(after, before);
        assert_eq!(note, 0);
        assert_eq!(
            (table.address(before), table.address(after)),
            (0x1234, 0x1234)
        );
    }

    #[test]
    fn a_full_table_says_so_and_goes_on_finding_what_it_has() {
        let table = table();
        let (known, _) = table.find(0x1000).unwrap();
        table.used.store(MOST, Ordering::Relaxed);
        assert_eq!(table.find(0x2000), None);
        assert_eq!(table.find(0x1000), Some((known, 0)));
    }
}
