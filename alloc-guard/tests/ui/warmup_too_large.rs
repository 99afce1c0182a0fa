use alloc_guard::alloc_free;

#[alloc_free(warmup = 4_294_967_296)]
fn f() {}

fn main() {}
