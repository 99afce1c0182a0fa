use alloc_guard::alloc_free;

#[alloc_free]
struct S;

fn main() {}
