use alloc_guard::alloc_free;

#[alloc_free(deny(alloc))]
fn f() {}

fn main() {}
