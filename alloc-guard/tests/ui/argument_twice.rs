use alloc_guard::alloc_free;

#[alloc_free(warmup = 1, warmup = 2)]
fn f() {}

fn main() {}
