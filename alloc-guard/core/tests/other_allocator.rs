//! A binary that ships with mimalloc is tested with mimalloc.

use std::hint::black_box;

use alloc_guard_core::{Guard, alloc_free, allocates, measure};

#[global_allocator]
static GLOBAL: Guard<mimalloc::MiMalloc> = Guard::new(mimalloc::MiMalloc);

#[alloc_free]
fn reads(#[init(vec![3_u8; 64])] data: &[u8]) {
    black_box(data.iter().max());
}

#[allocates(exact_allocations = 2, max_bytes = 48)]
fn grows_once() {
    let mut block = Vec::with_capacity(16);
    block.extend_from_slice(&[1_u8; 16]);
    block.reserve_exact(black_box(16));
    drop(black_box(block));
}

#[test]
fn counts_are_the_requests_whatever_answers_them() {
    let (block, tally) = measure(|| black_box(vec![0_u64; 4]));
    assert_eq!((tally.zeroed, tally.bytes, block.len()), (1, 32, 4));
}
