use alloc_guard::alloc_free;

#[alloc_free]
fn f<const N: usize>() {}

fn main() {}
