use alloc_guard::alloc_free;

#[alloc_free(permit_site(a::b, "why"))]
fn f() {}

fn main() {}
