use alloc_guard::allocates;

#[allocates(max_allocations =, no_leaks)]
fn f() {}

fn main() {}
