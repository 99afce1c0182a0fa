//! The collections of the standard library.

use std::{
    collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque},
    hint::black_box,
};

use rustc_hash::FxBuildHasher;

/// Aligned beyond what `malloc` promises.
#[derive(Clone, Copy)]
#[repr(align(64))]
struct CacheLine([u8; 64]);

/// Numbers in no order, the same each time.
fn scattered(count: u64) -> impl Iterator<Item = u64> {
    (0..black_box(count)).map(|number| number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40)
}

pub(super) fn vec_push() {
    let mut numbers = Vec::new();
    for number in scattered(1_000) {
        numbers.push(number);
    }
    black_box(numbers);
}

pub(super) fn vec_zeroed() {
    black_box(vec![0_u64; black_box(1_000)]);
}

pub(super) fn vec_zeroed_then_grown() {
    let mut numbers = vec![0_u32; black_box(100)];
    numbers.extend_from_slice(black_box(&[1; 200]));
    black_box(numbers);
}

pub(super) fn vec_zeroed_then_shrunk() {
    let mut bytes = vec![0_u8; black_box(10_000)];
    bytes.truncate(10);
    bytes.shrink_to_fit();
    black_box(bytes);
}

pub(super) fn vec_filled() {
    black_box(vec![7_u16; black_box(333)]);
}

pub(super) fn vec_with_capacity() {
    let mut numbers: Vec<u64> = Vec::with_capacity(black_box(50));
    numbers.extend(scattered(50));
    black_box(numbers);
}

pub(super) fn vec_shrink_to_fit() {
    let mut numbers: Vec<u64> = Vec::with_capacity(black_box(500));
    numbers.extend(scattered(5));
    numbers.shrink_to(100);
    numbers.shrink_to_fit();
    black_box(numbers);
}

pub(super) fn vec_shrink_to_nothing() {
    let mut numbers: Vec<u64> = Vec::with_capacity(black_box(500));
    numbers.shrink_to_fit();
    black_box(numbers);
}

pub(super) fn vec_reserve_exact() {
    let mut numbers = vec![1_u8, 2, 3];
    for _ in 0..black_box(10) {
        numbers.reserve_exact(numbers.capacity() - numbers.len() + 1);
    }
    black_box(numbers);
}

pub(super) fn vec_collect_known_length() {
    let numbers: Vec<u64> = scattered(100).collect();
    black_box(numbers);
}

pub(super) fn vec_collect_unknown_length() {
    let numbers: Vec<u64> = scattered(100).filter(|number| number % 3 == 0).collect();
    black_box(numbers);
}

pub(super) fn vec_collect_in_place() {
    let wide: Vec<u64> = scattered(101).collect();
    let narrow: Vec<[u8; 3]> = wide
        .into_iter()
        .map(|number| {
            let [a, b, c, ..] = number.to_le_bytes();
            [a, b, c]
        })
        .collect();
    black_box(narrow);
}

pub(super) fn vec_sort_stable() {
    let mut numbers: Vec<u64> = scattered(5_000).collect();
    numbers.sort_by_key(|number| number % 100);
    black_box(numbers);
}

pub(super) fn vec_sort_unstable() {
    let mut numbers: Vec<u64> = scattered(5_000).collect();
    numbers.sort_unstable();
    numbers.dedup();
    black_box(numbers);
}

pub(super) fn vec_append_and_split_off() {
    let mut numbers: Vec<u64> = scattered(30).collect();
    let mut more: Vec<u64> = scattered(50).collect();
    numbers.append(&mut more);
    black_box(numbers.split_off(20));
    black_box((numbers, more));
}

pub(super) fn vec_of_vecs() {
    let rows: Vec<Vec<u64>> = (0..black_box(20))
        .map(|row| scattered(row).collect())
        .collect();
    black_box(rows.concat());
}

pub(super) fn vec_clone() {
    let numbers: Vec<u64> = scattered(64).collect();
    let mut other = black_box(numbers.clone());
    other.clone_from(&black_box(vec![1; 100]));
    black_box((numbers, other));
}

pub(super) fn vec_leak() {
    let mut numbers: Vec<u64> = scattered(10).collect();
    numbers.push(1);
    black_box(numbers.leak());
}

pub(super) fn vec_into_boxed_slice() {
    let mut numbers: Vec<u64> = Vec::with_capacity(black_box(100));
    numbers.extend(scattered(7));
    black_box(numbers.into_boxed_slice());
}

pub(super) fn vec_overaligned_push() {
    let mut lines = Vec::new();
    for fill in 0..black_box(20) {
        lines.push(CacheLine([fill; 64]));
    }
    black_box(lines.last().map(|line| line.0[0]));
    black_box(lines);
}

pub(super) fn vec_overaligned_shrink() {
    let mut lines = Vec::with_capacity(black_box(9));
    lines.push(CacheLine([1; 64]));
    lines.shrink_to_fit();
    black_box(lines);
}

pub(super) fn slice_overaligned_zeroed() {
    black_box(Box::<[CacheLine]>::new_zeroed_slice(black_box(3)));
}

pub(super) fn slice_zeroed() {
    black_box(Box::<[u32]>::new_zeroed_slice(black_box(77)));
}

pub(super) fn slice_concat() {
    black_box([black_box(&[1_u8, 2][..]), black_box(&[3; 40][..])].concat());
}

pub(super) fn vec_deque_push_both_ends() {
    let mut queue = VecDeque::new();
    for number in scattered(100) {
        queue.push_back(number);
        queue.push_front(number);
    }
    queue.drain(..150);
    queue.shrink_to_fit();
    black_box(queue);
}

pub(super) fn vec_deque_into_vec() {
    let mut queue: VecDeque<u64> = scattered(20).collect();
    queue.rotate_left(7);
    black_box(Vec::from(queue));
}

pub(super) fn btree_map_insert_and_remove() {
    let mut map = BTreeMap::new();
    for number in scattered(500) {
        map.insert(number, number.to_string());
    }
    for number in scattered(300) {
        map.remove(&number);
    }
    black_box(map);
}

pub(super) fn btree_map_collect() {
    let map: BTreeMap<u64, u64> = scattered(200).map(|number| (number, number)).collect();
    black_box(map);
}

pub(super) fn btree_set_split_off() {
    let mut set: BTreeSet<u64> = scattered(200).collect();
    black_box(set.split_off(&8_000_000));
    black_box(set);
}

pub(super) fn binary_heap_push_and_pop() {
    let mut heap = BinaryHeap::new();
    heap.extend(scattered(90));
    for number in scattered(90) {
        heap.push(number);
        black_box(heap.pop());
    }
    black_box(heap.into_sorted_vec());
}

pub(super) fn linked_list_push() {
    let mut list = LinkedList::new();
    for number in scattered(25) {
        list.push_back(number);
    }
    black_box(list);
}

pub(super) fn hash_map_insert() {
    let mut map = HashMap::with_hasher(FxBuildHasher);
    for number in scattered(1_000) {
        map.insert(number, [number; 3]);
    }
    black_box(map);
}

pub(super) fn hash_map_shrink() {
    let mut map = HashMap::with_capacity_and_hasher(black_box(1_000), FxBuildHasher);
    map.extend(scattered(10).map(|number| (number, number)));
    map.shrink_to_fit();
    black_box(map);
}

pub(super) fn hash_set_intersection() {
    let few: HashSet<u64, FxBuildHasher> = scattered(30).collect();
    let many: HashSet<u64, FxBuildHasher> = scattered(300).collect();
    black_box(&few & &many);
}
