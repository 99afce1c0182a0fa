use alloc_guard::alloc_free;

#[alloc_free(warmup = true)]
fn f() {}

fn main() {}
