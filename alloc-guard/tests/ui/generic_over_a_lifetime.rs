use alloc_guard::alloc_free;

#[alloc_free]
fn f<'a>(#[init(1)] _x: &'a u8) {}

fn main() {}
