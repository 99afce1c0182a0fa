use alloc_guard::alloc_free;

#[alloc_free]
unsafe fn f() {}

fn main() {}
