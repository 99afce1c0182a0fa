use alloc_guard::alloc_free;

#[alloc_free]
fn f(#[init(1)] x: impl Copy) {}

fn main() {}
