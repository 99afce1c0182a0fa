use alloc_guard::alloc_free;

#[alloc_free]
fn f(x: &[u8]) {}

fn main() {}
