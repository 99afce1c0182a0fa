use alloc_guard::allocates;

#[allocates(max_allocation = 1)]
fn f() {}

fn main() {}
