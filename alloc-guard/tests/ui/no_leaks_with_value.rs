use alloc_guard::alloc_free;

#[alloc_free(no_leaks = true)]
fn f() {}

fn main() {}
