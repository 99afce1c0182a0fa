use alloc_guard::alloc_free;

#[alloc_free(permit_site("", "why"))]
fn f() {}

fn main() {}
