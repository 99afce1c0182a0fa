use alloc_guard::alloc_free;

fn drive<F>(_: F) {}

#[alloc_free(block_on = drive)]
fn f() {}

fn main() {}
