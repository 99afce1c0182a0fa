//! Maps, arenas and lists that were given their room beforehand.

use std::{
    hash::{BuildHasherDefault, DefaultHasher},
    hint::black_box,
};

use bumpalo::Bump;
use fixedbitset::FixedBitSet;
use generational_arena::Arena;
use indexmap::{IndexMap, IndexSet};
use slab::Slab;
use slotmap::SlotMap;

use super::{super::Body, stock::Stock};

/// The standard library's hash, with the same key each time.
type SipHash = BuildHasherDefault<DefaultHasher>;

type Map = hashbrown::HashMap<u64, u64, SipHash>;

pub(super) fn hashbrown_new() -> Body {
    Box::new(|| assert!(black_box(Map::default()).is_empty()))
}

pub(super) fn hashbrown_insert_within_capacity() -> Body {
    let mut stock = Stock::of(|| Map::with_capacity_and_hasher(100, SipHash::new()));
    Box::new(move || {
        let map = stock.next();
        map.extend((0..black_box(100)).map(|key| (key, key)));
        assert_eq!(map.get(&black_box(7)), Some(&7));
    })
}

pub(super) fn hashbrown_clear_and_refill() -> Body {
    let mut map = Map::with_capacity_and_hasher(100, SipHash::new());
    Box::new(move || {
        map.clear();
        map.extend((0..black_box(100)).map(|key| (key, key)));
        assert_eq!(map.len(), 100);
    })
}

/// A map with room for exactly what it holds.
fn full() -> Map {
    let mut map = Map::with_capacity_and_hasher(100, SipHash::new());
    let room = map.capacity() as u64;
    map.extend((0..room).map(|key| (key, key)));
    map
}

pub(super) fn hashbrown_replace_at_capacity() -> Body {
    let mut stock = Stock::of(full);
    Box::new(move || {
        let map = stock.next();
        let full = map.len() as u64;
        for key in 0..black_box(1_000) {
            assert_eq!(map.remove(&key), Some(key));
            map.insert(full + key, full + key);
        }
        assert_eq!(map.len() as u64, full);
    })
}

pub(super) fn hashbrown_replace_within_capacity() -> Body {
    let mut stock = Stock::of(|| {
        let mut map = Map::with_capacity_and_hasher(100, SipHash::new());
        map.extend((0..100).map(|key| (key, key)));
        map
    });
    Box::new(move || {
        let map = stock.next();
        for key in 0..black_box(1_000) {
            assert_eq!(map.remove(&key), Some(key));
            map.insert(100 + key, 100 + key);
        }
        assert_eq!(map.len(), 100);
    })
}

pub(super) fn hashbrown_replace_half_full() -> Body {
    let mut stock = Stock::of(|| {
        let mut map = Map::with_capacity_and_hasher(100, SipHash::new());
        map.extend((0..50).map(|key| (key, key)));
        map
    });
    Box::new(move || {
        let map = stock.next();
        for key in 0..black_box(1_000) {
            assert_eq!(map.remove(&key), Some(key));
            map.insert(50 + key, 50 + key);
        }
        assert_eq!(map.len(), 50);
    })
}

pub(super) fn indexmap_new() -> Body {
    Box::new(|| assert!(black_box(IndexMap::<u64, u64>::new()).is_empty()))
}

pub(super) fn indexmap_insert_within_capacity() -> Body {
    let mut stock = Stock::of(|| IndexMap::with_capacity_and_hasher(100, SipHash::new()));
    Box::new(move || {
        let map: &mut IndexMap<u64, u64, SipHash> = stock.next();
        map.extend((0..black_box(100)).map(|key| (key, key)));
        assert_eq!(map.swap_remove(&black_box(7)), Some(7));
    })
}

pub(super) fn indexmap_replace_at_capacity() -> Body {
    let mut stock = Stock::of(|| {
        let mut map = IndexMap::with_capacity_and_hasher(100, SipHash::new());
        let room = map.capacity() as u64;
        map.extend((0..room).map(|key| (key, key)));
        map
    });
    Box::new(move || {
        let map: &mut IndexMap<u64, u64, SipHash> = stock.next();
        let full = map.len() as u64;
        for key in 0..black_box(1_000) {
            assert_eq!(map.swap_remove(&key), Some(key));
            map.insert(full + key, full + key);
        }
        assert_eq!(map.len() as u64, full);
    })
}

/// A hundred keys, the last first.
fn reversed() -> IndexSet<u64, SipHash> {
    (0..100).rev().collect()
}

pub(super) fn indexmap_sort_unstable() -> Body {
    let mut stock = Stock::of(reversed);
    Box::new(move || {
        let set = stock.next();
        set.sort_unstable();
        assert_eq!(set.first(), Some(&0));
    })
}

pub(super) fn indexmap_sort_stable() -> Body {
    let mut stock = Stock::of(|| (0..300).rev().collect::<IndexSet<u64, SipHash>>());
    Box::new(move || {
        let set = stock.next();
        set.sort_by(|left, right| (left % 7).cmp(&(right % 7)));
        assert_eq!(set.first(), Some(&294));
    })
}

pub(super) fn indexmap_drain_and_refill() -> Body {
    let mut set = reversed();
    Box::new(move || {
        assert_eq!(set.drain(..).count(), 100);
        set.extend(0..black_box(100));
    })
}

pub(super) fn slab_new() -> Body {
    Box::new(|| assert!(black_box(Slab::<u64>::new()).is_empty()))
}

pub(super) fn slab_within_capacity() -> Body {
    let mut stock = Stock::of(|| Slab::with_capacity(100));
    Box::new(move || {
        let slab = stock.next();
        for number in 0..black_box(100_usize) {
            assert_eq!(slab.insert(number), number);
        }
        assert_eq!(slab.try_remove(50), Some(50));
        assert_eq!(slab.try_remove(50), None);
        assert_eq!(slab.insert(7), 50);
    })
}

pub(super) fn slotmap_within_capacity() -> Body {
    let mut stock = Stock::of(|| SlotMap::with_capacity(100));
    Box::new(move || {
        let map: &mut SlotMap<slotmap::DefaultKey, u64> = stock.next();
        let key = map.insert(7);
        for number in 1..black_box(100) {
            map.insert(number);
        }
        assert_eq!(map.remove(key), Some(7));
        assert_eq!(map.get(key), None);
        map.insert(8);
        assert_eq!(map.len(), 100);
    })
}

pub(super) fn generational_arena_try_insert() -> Body {
    let mut stock = Stock::of(|| Arena::with_capacity(100));
    Box::new(move || {
        let arena = stock.next();
        for number in 0..black_box(100_u64) {
            assert!(arena.try_insert(number).is_ok());
        }
    })
}

pub(super) fn generational_arena_try_insert_full() -> Body {
    let mut arena = Arena::with_capacity(4);
    while arena.try_insert(1_u64).is_ok() {}
    Box::new(move || assert_eq!(arena.try_insert(black_box(9)), Err(9)))
}

pub(super) fn fixedbitset_count() -> Body {
    let mut even = FixedBitSet::with_capacity(1_000);
    even.extend((0..1_000).step_by(2));
    let mut third = FixedBitSet::with_capacity(1_000);
    third.extend((0..1_000).step_by(3));
    Box::new(move || {
        assert_eq!(even.union_count(black_box(&third)), 667);
        assert_eq!(even.intersection_count(black_box(&third)), 167);
        assert_eq!(even.difference_count(black_box(&third)), 333);
    })
}

pub(super) fn fixedbitset_in_place() -> Body {
    let mut even = FixedBitSet::with_capacity(1_000);
    even.extend((0..1_000).step_by(2));
    let mut bits = FixedBitSet::with_capacity(1_000);
    Box::new(move || {
        bits.clear();
        bits.insert(black_box(3));
        bits.union_with(black_box(&even));
        assert_eq!(bits.count_ones(..), 501);
        bits.toggle_range(..);
        bits.intersect_with(black_box(&even));
        assert!(bits.is_clear());
    })
}

pub(super) fn bumpalo_within_chunk() -> Body {
    let mut bump = Bump::with_capacity(1_000);
    Box::new(move || {
        bump.reset();
        let text = bump.alloc_str(black_box("in the chunk"));
        let numbers = bump.alloc_slice_fill_with(black_box(50), |index| index as u64);
        assert_eq!((text.len(), numbers.len()), (12, 50));
    })
}

pub(super) fn bumpalo_limit() -> Body {
    let mut bump = Bump::with_capacity(64);
    bump.set_allocation_limit(Some(bump.allocated_bytes()));
    Box::new(move || {
        bump.reset();
        assert!(bump.try_alloc(black_box([1_u8; 40])).is_ok());
        assert!(
            bump.try_alloc_slice_fill_copy(black_box(4_000), 1_u8)
                .is_err()
        );
    })
}
