use alloc_guard::alloc_free;

#[alloc_free]
extern "C" fn f() {}

fn main() {}
