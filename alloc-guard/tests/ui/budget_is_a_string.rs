use alloc_guard::allocates;

#[allocates(max_bytes = "64")]
fn f() {}

fn main() {}
