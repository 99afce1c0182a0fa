use alloc_guard::alloc_free;

#[alloc_free(warm_up = 1)]
fn f() {}

fn main() {}
