use alloc_guard::alloc_free;

#[alloc_free]
#[bench]
fn f() {}

fn main() {}
