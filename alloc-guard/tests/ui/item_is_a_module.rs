use alloc_guard::alloc_free;

#[alloc_free]
pub mod m {}

fn main() {}
