use alloc_guard::alloc_free;

#[alloc_free]
#[test_case(1)]
fn f(x: u8) {}

fn main() {}
