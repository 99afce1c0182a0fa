use alloc_guard::alloc_free;

struct S;

impl S {
    #[alloc_free]
    fn f(&self) {}
}

fn main() {}
