use alloc_guard::alloc_free;

#[alloc_free]
unsafe extern "C" fn f(_: ...) {}

fn main() {}
