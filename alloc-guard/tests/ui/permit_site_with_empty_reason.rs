use alloc_guard::alloc_free;

#[alloc_free(permit_site("a::b", " "))]
fn f() {}

fn main() {}
