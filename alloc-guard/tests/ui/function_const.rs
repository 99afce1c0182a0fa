use alloc_guard::alloc_free;

#[alloc_free]
const fn f() {}

fn main() {}
