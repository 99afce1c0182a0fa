use alloc_guard::alloc_free;

#[alloc_free(deny())]
fn f() {}

fn main() {}
