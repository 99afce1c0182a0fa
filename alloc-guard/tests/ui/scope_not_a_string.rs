use alloc_guard::alloc_free;

#[alloc_free(scope = process)]
fn f() {}

fn main() {}
