use alloc_guard::alloc_free;

#[alloc_free]
#[should_panic(expect = "text")]
fn f() {}

fn main() {}
