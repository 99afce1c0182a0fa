use alloc_guard::alloc_free;

#[alloc_free(max_bytes = 64)]
fn f() {}

fn main() {}
