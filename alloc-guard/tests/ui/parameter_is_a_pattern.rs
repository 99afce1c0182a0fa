use alloc_guard::alloc_free;

#[alloc_free]
fn f(#[init((1, 2))] (a, b): (u8, u8)) {}

fn main() {}
