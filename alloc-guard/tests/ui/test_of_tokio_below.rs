use alloc_guard::alloc_free;

#[alloc_free]
#[tokio::test]
async fn f() {}

fn main() {}
