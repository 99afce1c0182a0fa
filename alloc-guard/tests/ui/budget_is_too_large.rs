use alloc_guard::allocates;

#[allocates(max_bytes = 18_446_744_073_709_551_616)]
fn f() {}

fn main() {}
