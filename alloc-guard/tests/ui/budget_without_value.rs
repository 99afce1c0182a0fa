use alloc_guard::allocates;

#[allocates(max_allocations)]
fn f() {}

fn main() {}
