use alloc_guard::alloc_free;

#[alloc_free(scope = "threads")]
fn f() {}

fn main() {}
