use alloc_guard::allocates;

#[allocates(max_allocations = -1)]
fn f() {}

fn main() {}
