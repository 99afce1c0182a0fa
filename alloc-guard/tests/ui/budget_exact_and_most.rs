use alloc_guard::allocates;

#[allocates(max_allocations = 2, exact_allocations = 2)]
fn f() {}

fn main() {}
