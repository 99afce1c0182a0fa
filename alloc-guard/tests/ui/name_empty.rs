use alloc_guard::alloc_free;

#[alloc_free(name = "")]
fn f() {}

fn main() {}
