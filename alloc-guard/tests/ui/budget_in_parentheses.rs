use alloc_guard::allocates;

#[allocates(max_allocations(3))]
fn f() {}

fn main() {}
