use alloc_guard::{alloc_free, allocates};

#[alloc_free]
#[allocates]
fn f() {}

fn main() {}
