use alloc_guard::alloc_free;

#[alloc_free(block_on)]
async fn f() {}

fn main() {}
