use alloc_guard::alloc_free;

#[alloc_free(name = f)]
fn f() {}

fn main() {}
