use alloc_guard::alloc_free;

#[alloc_free(crate = "alloc_guard")]
fn f() {}

fn main() {}
