use alloc_guard::alloc_free;

#[alloc_free(crate)]
fn f() {}

fn main() {}
