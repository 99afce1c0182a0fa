use alloc_guard::alloc_free;

#[alloc_free(threads)]
fn f() {}

fn main() {}
