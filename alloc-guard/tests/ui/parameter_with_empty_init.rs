use alloc_guard::alloc_free;

#[alloc_free]
fn f(#[init()] x: u8) {}

fn main() {}
