use alloc_guard::alloc_free;

#[alloc_free(scope)]
fn f() {}

fn main() {}
