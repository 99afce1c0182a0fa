use alloc_guard::alloc_free;

#[alloc_free]
fn f<T>() {}

fn main() {}
