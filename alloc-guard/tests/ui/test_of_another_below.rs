use alloc_guard::alloc_free;

#[alloc_free]
#[test_log::test]
fn f() {}

fn main() {}
