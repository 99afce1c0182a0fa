use alloc_guard::allocates;

#[allocates(max_peak_bytes = 64_usize)]
fn f() {}

fn main() {}
