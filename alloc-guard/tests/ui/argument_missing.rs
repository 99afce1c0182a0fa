use alloc_guard::alloc_free;

#[alloc_free(, no_leaks)]
fn f() {}

fn main() {}
